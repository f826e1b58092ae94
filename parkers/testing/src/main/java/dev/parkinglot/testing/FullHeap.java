package dev.parkinglot.testing;

/** Fills the heap of a JVM that a test has started for this, and empties it again. Nothing here allocates meanwhile. */
public final class FullHeap {
    private static final Object[] HOG = new Object[1_000_000];

    private FullHeap() {}

    /** Leaves not even room for the smallest of objects. */
    public static void fill() {
        int count = 0;
        int size = 1 << 20;
        while (size >= 0) {
            try {
                HOG[count] = new byte[size];
                count++;
            } catch (OutOfMemoryError e) {
                size = size == 0 ? -1 : size / 2;
            }
        }
    }

    /** Gives all of it back. */
    public static void empty() {
        for (int i = 0; i < HOG.length && HOG[i] != null; i++) {
            HOG[i] = null;
        }
    }
}

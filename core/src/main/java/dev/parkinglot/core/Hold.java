package dev.parkinglot.core;

import java.util.function.BiFunction;

/**
 * One hold of one thread, as it is recorded. It is also the function that ends it in the map of {@link Holds}, which so
 * needs no memory.
 */
final class Hold implements BiFunction<Object, KeyHolds, KeyHolds> {
    static final long UNTIMED = 0L;

    final Holds.Key key;
    final HoldMode mode;
    final HeldByThread by;

    /** Where it began; null if that is not noted. */
    final Throwable place;

    /** When it began, in terms of {@link System#nanoTime()}; {@link #UNTIMED} if nobody wanted to know. */
    final long sinceNanos;

    /** Neighbours among the holds of the key; guarded by the entry of the map. */
    Hold previousOfKey;

    Hold nextOfKey;

    /** The hold of the same thread that began before; guarded by {@link #by}. */
    Hold nextOfThread;

    /** Whether it has been reported that its thread has ended. Touched by the thread that reports only. */
    boolean reported;

    Hold(Holds.Key key, HoldMode mode, HeldByThread by, Throwable place, long sinceNanos) {
        this.key = key;
        this.mode = mode;
        this.by = by;
        this.place = place;
        this.sinceNanos = sinceNanos;
    }

    boolean isOf(Object base, long offset, HoldMode wanted) {
        return key.base() == base && key.offset() == offset && mode == wanted;
    }

    @Override
    public KeyHolds apply(Object same, KeyHolds holds) {
        holds.remove(this);
        return holds.orNull();
    }
}

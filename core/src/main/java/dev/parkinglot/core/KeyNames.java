package dev.parkinglot.core;

import java.util.Objects;

/**
 * Names of locks and of other synchronizers, for people: they stand in thread dumps of the lot, in reports of
 * deadlocks, in events and in statistics, and in the {@code toString} of locks.
 *
 * <p>Names are kept beside the locks and not in them, so a lock without a name is not a byte larger. They are looked up
 * only when somebody asks for a text about a lock, or when an observed wait ends. An object that has a name is held
 * weakly: when nobody else uses it any more, its name is forgotten.
 *
 * <p>Cost: a name takes about a hundred bytes. To look one up takes some ten nanoseconds. Safe for any number of
 * threads.
 */
public final class KeyNames {
    /** Of objects, under the offset 0, for all of their queues that are not among {@link #KEYS}. */
    private static final WeakKeyMap<String> OBJECTS = new WeakKeyMap<>();

    private static final WeakKeyMap<String> KEYS = new WeakKeyMap<>();

    private KeyNames() {}

    // ---- giving names

    /**
     * Names an object, and so all queues of which it is the key's object and that have no name of their own: a lock, a
     * condition variable, a synchronizer of your own. Meant for the line in which the object is made:
     *
     * <pre>{@code
     * private final Mutex accounts = KeyNames.name(new Mutex(), "accounts");
     * }</pre>
     *
     * @param <T> the type of the object
     * @param object what to name; not a view, such as a read lock or a condition of a lock, but what it belongs to
     * @param name the name, which need not be unique; null takes the name away
     * @return the object
     */
    public static <T> T name(T object, String name) {
        put(OBJECTS, Objects.requireNonNull(object, "object"), 0L, name);
        return object;
    }

    /**
     * Names one key. For a lock in a field, in a buffer or outside the heap, where the object alone does not say which
     * lock is meant. The name of a key outside the heap is kept until it is taken away.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param name the name, which need not be unique; null takes the name away
     */
    public static void name(Object base, long offset, String name) {
        put(KEYS, base, offset, name);
    }

    private static void put(WeakKeyMap<String> names, Object base, long offset, String name) {
        if (name == null) {
            names.remove(base, offset);
        } else {
            names.put(base, offset, name);
        }
    }

    // ---- asking for names

    /**
     * The name of a key, or else of its object.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return null if it has none
     */
    public static String nameOf(Object base, long offset) {
        String name = KEYS.get(base, offset);
        return name != null ? name : OBJECTS.get(base, 0L);
    }

    /**
     * A key for people: the class of its object, its identity, its offset unless that is 0, and its name if it has one.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return such as {@code Gate@1b2c "front door"}, or {@code address+1024}
     */
    public static String describe(Object base, long offset) {
        String object = base == null
                ? "address"
                : base.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(base));
        return appendTo(offset == 0L ? object : object + "+" + offset, base, offset);
    }

    /**
     * Appends the name of a key, in quotes, to a text about it.
     *
     * @param text the text, such as {@code Object.toString} gives
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @return the same text if the key has no name
     */
    public static String appendTo(String text, Object base, long offset) {
        String name = nameOf(base, offset);
        return name == null ? text : text + " \"" + name + "\"";
    }

    static int count() {
        return OBJECTS.size() + KEYS.size();
    }
}

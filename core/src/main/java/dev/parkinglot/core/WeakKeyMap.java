package dev.parkinglot.core;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A map from keys of the lot that holds their objects weakly and tells them apart by identity. A key outside the heap
 * is held until it is removed.
 */
final class WeakKeyMap<V> {
    /** Takes one entry. */
    interface Visitor<V> {
        void visit(Object base, long offset, V value);
    }

    /** Stands for the memory outside the heap, where a key has no object. */
    private static final Object NO_OBJECT = new Object();

    private final ConcurrentHashMap<Object, V> map = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> forgotten = new ReferenceQueue<>();

    /** Told of each value that is forgotten since its object has gone; null if nobody is. */
    private final Consumer<? super V> whenForgotten;

    WeakKeyMap() {
        this(null);
    }

    WeakKeyMap(Consumer<? super V> whenForgotten) {
        this.whenForgotten = whenForgotten;
    }

    void put(Object base, long offset, V value) {
        forget();
        map.put(new WeakKey(base, offset, forgotten), value);
    }

    void remove(Object base, long offset) {
        forget();
        map.remove(new Probe(orNoObject(base), offset));
    }

    /** Null if it is not there. */
    V get(Object base, long offset) {
        return map.isEmpty() ? null : map.get(new Probe(orNoObject(base), offset));
    }

    V computeIfAbsent(Object base, long offset, Supplier<V> made) {
        V found = get(base, offset);
        if (found != null) {
            return found;
        }
        forget();
        return map.computeIfAbsent(new WeakKey(base, offset, forgotten), key -> made.get());
    }

    void forEach(Visitor<V> visitor) {
        map.forEach((key, value) -> {
            WeakKey weak = (WeakKey) key;
            Object base = weak.get();
            if (base != null) {
                visitor.visit(base == NO_OBJECT ? null : base, weak.offset, value);
            }
        });
    }

    int size() {
        forget();
        return map.size();
    }

    /** Takes out what objects that have gone have left. Done in passing by whatever adds or removes. */
    void forget() {
        for (Object gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
            V value = map.remove(gone);
            if (value != null && whenForgotten != null) {
                whenForgotten.accept(value);
            }
        }
    }

    private static Object orNoObject(Object base) {
        return base == null ? NO_OBJECT : base;
    }

    private static int hash(Object object, long offset) {
        return System.identityHashCode(object) * 31 + Long.hashCode(offset);
    }

    /** In the map. Equal to another of the same living object, and once that has gone, only to itself. */
    private static final class WeakKey extends WeakReference<Object> {
        private final int hash;
        final long offset;

        WeakKey(Object base, long offset, ReferenceQueue<Object> forgotten) {
            super(orNoObject(base), forgotten);
            this.hash = hash(orNoObject(base), offset);
            this.offset = offset;
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Object object = get();
            return object != null && other instanceof WeakKey key && key.offset == offset && key.refersTo(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** To look for a {@link WeakKey}, without the cost of a reference that the collector must know. */
    private record Probe(Object object, long offset) {
        @Override
        public boolean equals(Object other) {
            return other instanceof WeakKey key && key.offset == offset && key.refersTo(object);
        }

        @Override
        public int hashCode() {
            return hash(object, offset);
        }
    }
}

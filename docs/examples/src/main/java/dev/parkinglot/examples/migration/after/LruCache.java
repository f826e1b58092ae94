package dev.parkinglot.examples.migration.after;

import dev.parkinglot.examples.migration.Cache;
import dev.parkinglot.locks.ReentrantReadWriteLock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A map with a readers-writer lock. A hit needs the lock for reading only: that it was used is noted in the entry.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values, none of them null
 */
public final class LruCache<K, V> implements Cache<K, V> {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<K, Entry<V>> entries = new HashMap<>(); // guarded by the lock
    private final AtomicLong clock = new AtomicLong();
    private final int capacity;

    private static final class Entry<V> {
        final V value;
        volatile long lastUsed;

        Entry(V value) {
            this.value = value;
        }
    }

    /** Makes an empty cache. */
    public LruCache(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public V get(K key, Function<? super K, ? extends V> load) {
        lock.readLock().lock();
        try {
            Entry<V> entry = entries.get(key);
            if (entry != null) {
                return use(entry);
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            Entry<V> entry = entries.get(key); // another thread may have been faster
            if (entry == null) {
                entry = new Entry<>(load.apply(key));
                if (size() == capacity) { // reads, while this thread writes
                    forgetOldest();
                }
                entries.put(key, entry);
            }
            return use(entry);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public int size() {
        lock.readLock().lock();
        try {
            return entries.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    private V use(Entry<V> entry) {
        entry.lastUsed = clock.incrementAndGet();
        return entry.value;
    }

    private void forgetOldest() {
        entries.entrySet().stream()
                .min(Comparator.comparingLong(candidate -> candidate.getValue().lastUsed))
                .ifPresent(oldest -> entries.remove(oldest.getKey()));
    }
}

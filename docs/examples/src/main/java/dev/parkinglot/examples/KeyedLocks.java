package dev.parkinglot.examples;

import dev.parkinglot.locks.BufferMutex;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A lock for each key, in four bytes a key: a table of a million takes 4 MB, in one allocation.
 *
 * <p>Striped locks map keys to a few locks by hash, so strangers wait for each other, and a thread that holds the locks
 * of two keys may deadlock with itself if they are one. Here a key gets a number when it is first seen, and the number
 * is the lock's place: equal keys have one lock, and different keys different ones.
 *
 * @param <K> the type of the keys
 */
public final class KeyedLocks<K> {
    private static final int BYTES = Integer.BYTES;

    private final AtomicBuffer locks;
    private final ConcurrentMap<K, Integer> places = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();

    /** Makes the table, all of it free. */
    public KeyedLocks(int maxKeys) {
        locks = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.multiplyExact(maxKeys, BYTES)));
    }

    /**
     * Computes something while no other thread holds the lock of the key. Throws if there are more keys than places.
     */
    public <T> T withLock(K key, Supplier<T> action) {
        int place = places.computeIfAbsent(key, unseen -> taken.getAndIncrement());
        BufferMutex.lock(locks, place * BYTES);
        try {
            return action.get();
        } finally {
            BufferMutex.unlock(locks, place * BYTES);
        }
    }
}

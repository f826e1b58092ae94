package dev.parkinglot.locks;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes locks for the suites of {@link Mutex} and {@link RwLock}, each in an array of its own: so whoever is parked in
 * its queue has that array for a blocker.
 */
final class InBuffer {
    private static final int INDEX = 8;

    private InBuffer() {}

    private static AtomicBuffer newBuffer() {
        return new UnsafeBuffer(new byte[64], 4, 60); // so that address, array offset and index all differ
    }

    static BufferMutex newMutex() {
        return new BufferMutex(newBuffer(), INDEX);
    }

    static BufferRwLock newRwLock() {
        return new BufferRwLock(newBuffer(), INDEX);
    }
}

package dev.parkinglot.locks;

/** The model of {@link RwLock}, with a lock in a buffer. */
class BufferRwLockPropertyTest extends RwLockPropertyTest {
    @Override
    ReadersWriterLock newLock() {
        return InBuffer.newRwLock();
    }
}

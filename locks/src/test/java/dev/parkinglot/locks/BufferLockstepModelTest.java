package dev.parkinglot.locks;

/** The model of {@link Mutex}, with a lock in a buffer. */
class BufferLockstepModelTest extends LockstepModelTest {
    @Override
    MutualExclusionLock newMutex() {
        return InBuffer.newMutex();
    }
}

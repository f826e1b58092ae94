package dev.parkinglot.locks;

/** The model of {@link Mutex}, with a mutex in two bits of a field. */
class FieldLockstepModelTest extends LockstepModelTest {
    @Override
    MutualExclusionLock newMutex() {
        return InField.newMutex();
    }
}

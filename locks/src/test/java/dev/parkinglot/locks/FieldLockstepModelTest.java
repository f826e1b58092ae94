package dev.parkinglot.locks;

/** The model of {@link Mutex}, with a mutex in two bits of a field. */
class FieldLockstepModelTest extends LockstepModelTest {
    @Override
    Mutex newMutex() {
        return InField.newMutex();
    }
}

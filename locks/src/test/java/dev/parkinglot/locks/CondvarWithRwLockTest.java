package dev.parkinglot.locks;

class CondvarWithRwLockTest extends CondvarContract {
    @Override
    RwLock newMutex() {
        return new RwLock();
    }
}

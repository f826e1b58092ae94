package dev.parkinglot.locks;

class CondvarTest extends CondvarContract {
    @Override
    MutualExclusionLock newMutex() {
        return new Mutex();
    }
}

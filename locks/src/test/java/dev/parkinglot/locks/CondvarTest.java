package dev.parkinglot.locks;

class CondvarTest extends CondvarContract {
    @Override
    Mutex newMutex() {
        return new Mutex();
    }
}

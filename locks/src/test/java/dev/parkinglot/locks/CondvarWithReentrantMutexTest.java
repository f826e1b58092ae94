package dev.parkinglot.locks;

class CondvarWithReentrantMutexTest extends CondvarContract {
    @Override
    ReentrantMutex newMutex() {
        return new ReentrantMutex();
    }
}

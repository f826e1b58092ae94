package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;

class ReentrantMutexConditionTest extends ConditionContract {
    @Override
    ReentrantMutex newMutex() {
        return new ReentrantMutex();
    }

    @Override
    Condition newCondition() {
        return ((ReentrantMutex) mutex).newCondition();
    }
}

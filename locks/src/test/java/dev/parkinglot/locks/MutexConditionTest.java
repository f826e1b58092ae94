package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;

class MutexConditionTest extends ConditionContract {
    @Override
    Mutex newMutex() {
        return new Mutex();
    }

    @Override
    Condition newCondition() {
        return ((Mutex) mutex).newCondition();
    }
}

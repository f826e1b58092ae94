package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;

class MutexConditionTest extends ConditionContract {
    @Override
    MutualExclusionLock newMutex() {
        return new Mutex();
    }

    @Override
    Condition newCondition() {
        return ((MutualExclusionLock) mutex).newCondition();
    }
}

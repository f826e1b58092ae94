package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;

class WriteLockConditionTest extends ConditionContract {
    @Override
    RwLock newMutex() {
        return new RwLock();
    }

    @Override
    Condition newCondition() {
        return ((RwLock) mutex).writeLock().newCondition();
    }
}

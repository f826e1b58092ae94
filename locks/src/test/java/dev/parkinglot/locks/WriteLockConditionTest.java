package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;

class WriteLockConditionTest extends ConditionContract {
    @Override
    ReadersWriterLock newMutex() {
        return new RwLock();
    }

    @Override
    Condition newCondition() {
        return ((ReadersWriterLock) mutex).writeLock().newCondition();
    }
}

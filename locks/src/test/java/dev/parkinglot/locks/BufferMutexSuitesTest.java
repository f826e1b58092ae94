package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Nested;

/** The suites of {@link Mutex} and {@link Condvar}, with a mutex in a buffer. */
class BufferMutexSuitesTest {
    @Nested
    class Contract extends MutexContract {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class CondvarRegressions extends CondvarRegressionsTest {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Regressions extends RegressionsTest {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Waiting extends MutexWaitingTest {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class OverlookedWaiter extends OverlookedWaiterTest {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Stress extends LocksStressTest {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class WithCondvar extends CondvarContract {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class WithCondition extends ConditionContract {
        @Override
        MutualExclusionLock newMutex() {
            return InBuffer.newMutex();
        }

        @Override
        Condition newCondition() {
            return ((MutualExclusionLock) mutex).newCondition();
        }
    }
}

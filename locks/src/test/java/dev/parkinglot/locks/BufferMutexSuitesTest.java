package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Nested;

/** The suites of {@link Mutex} and {@link Condvar}, with a mutex in a buffer. */
class BufferMutexSuitesTest {
    @Nested
    class Contract extends MutexContract {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Regressions extends RegressionsTest {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Waiting extends MutexWaitingTest {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class OverlookedWaiter extends OverlookedWaiterTest {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class Stress extends LocksStressTest {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class WithCondvar extends CondvarContract {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }
    }

    @Nested
    class WithCondition extends ConditionContract {
        @Override
        Mutex newMutex() {
            return InBuffer.newMutex();
        }

        @Override
        Condition newCondition() {
            return ((Mutex) mutex).newCondition();
        }
    }
}

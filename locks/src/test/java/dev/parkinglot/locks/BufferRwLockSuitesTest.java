package dev.parkinglot.locks;

import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Nested;

/** The suites of {@link RwLock}, with a lock in a buffer. */
class BufferRwLockSuitesTest {
    @Nested
    class Acquiring extends RwLockAcquiringTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class HandingOver extends RwLockHandOverTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Scopes extends RwLockScopesTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Draining extends RwLockDrainRegressionsTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Conditions extends RwLockConditionTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Regressions extends RwLockRegressionsTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Stress extends RwLockStressTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Sentences extends RwLockTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Transitions extends RwLockTransitionsTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class Upstream extends RwLockUpstreamTest {
        @Override
        ReadersWriterLock newLock() {
            return InBuffer.newRwLock();
        }
    }

    @Nested
    class AsCondition extends ConditionContract {
        @Override
        ReadersWriterLock newMutex() {
            return InBuffer.newRwLock();
        }

        @Override
        Condition newCondition() {
            return ((ReadersWriterLock) mutex).writeLock().newCondition();
        }
    }
}

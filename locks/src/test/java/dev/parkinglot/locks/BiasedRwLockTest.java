package dev.parkinglot.locks;

import org.junit.jupiter.api.Nested;

/** All that is true of a readers-writer lock is true of one whose readers do not write to its state. */
class BiasedRwLockTest {
    @Nested
    class Acquiring extends RwLockAcquiringTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Behaviour extends RwLockTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Conditions extends RwLockConditionTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Regressions extends RwLockRegressionsTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Transitions extends RwLockTransitionsTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Upstream extends RwLockUpstreamTest {
        @Override
        RwLock newLock() {
            return RwProbe.biased();
        }
    }
}

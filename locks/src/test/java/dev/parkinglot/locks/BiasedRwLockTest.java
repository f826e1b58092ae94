package dev.parkinglot.locks;

import org.junit.jupiter.api.Nested;

/** All that is true of a readers-writer lock is true of one whose readers do not write to its state. */
class BiasedRwLockTest {
    @Nested
    class Acquiring extends RwLockAcquiringTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Behaviour extends RwLockTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class HandingOver extends RwLockHandOverTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Scopes extends RwLockScopesTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Draining extends RwLockDrainRegressionsTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Conditions extends RwLockConditionTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Regressions extends RwLockRegressionsTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Transitions extends RwLockTransitionsTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }

    @Nested
    class Upstream extends RwLockUpstreamTest {
        @Override
        ReadersWriterLock newLock() {
            return RwProbe.biased();
        }
    }
}

package dev.parkinglot.locks;

/** The locks that a {@link Condvar} works with: one value for each, so that a test over all values forgets none. */
enum LockKind {
    MUTEX {
        @Override
        CondvarLock newLock() {
            return new Mutex();
        }
    },
    FAIR_MUTEX {
        @Override
        CondvarLock newLock() {
            return new FairMutex();
        }
    },
    BUFFER_MUTEX {
        @Override
        CondvarLock newLock() {
            return InBuffer.newMutex();
        }
    },
    REENTRANT_MUTEX {
        @Override
        CondvarLock newLock() {
            return new ReentrantMutex();
        }
    },
    RW_LOCK {
        @Override
        CondvarLock newLock() {
            return new RwLock();
        }
    },
    BUFFER_RW_LOCK {
        @Override
        CondvarLock newLock() {
            return InBuffer.newRwLock();
        }
    };

    abstract CondvarLock newLock();
}

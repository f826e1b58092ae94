package dev.parkinglot.locks;

import java.util.function.Supplier;

/** The locks that a {@link Condvar} works with: one value for each, so that a test over all values forgets none. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
enum LockKind {
    MUTEX(Mutex::new),
    FAIR_MUTEX(FairMutex::new),
    FIELD_MUTEX(InField::newMutex),
    BUFFER_MUTEX(InBuffer::newMutex),
    REENTRANT_MUTEX(ReentrantMutex::new),
    RW_LOCK(RwLock::new),
    BUFFER_RW_LOCK(InBuffer::newRwLock);

    private final Supplier<CondvarLock> body;

    LockKind(Supplier<CondvarLock> body) {
        this.body = body;
    }

    CondvarLock newLock() {
        return body.get();
    }
}

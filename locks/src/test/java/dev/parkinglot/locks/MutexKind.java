package dev.parkinglot.locks;

import java.util.function.Supplier;

/** The mutexes of which everything is true that is true of a {@link Mutex}. */
@SuppressWarnings("ImmutableEnumChecker") // suppliers without state
enum MutexKind {
    PLAIN(Mutex::new),
    ASYNC(AsyncMutex::new),
    IN_FIELD(InField::newMutex),
    IN_BUFFER(InBuffer::newMutex);

    private final Supplier<MutualExclusionLock> maker;

    MutexKind(Supplier<MutualExclusionLock> maker) {
        this.maker = maker;
    }

    MutualExclusionLock newMutex() {
        return maker.get();
    }
}

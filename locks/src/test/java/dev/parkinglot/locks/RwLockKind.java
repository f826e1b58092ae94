package dev.parkinglot.locks;

import java.util.function.Supplier;

/** The locks of which everything is true that is true of a {@link RwLock}. */
@SuppressWarnings("ImmutableEnumChecker") // suppliers without state
enum RwLockKind {
    PLAIN(RwLock::new),
    /** One whose readers do not write to its state. */
    BIASED(RwProbe::biased),
    IN_BUFFER(InBuffer::newRwLock);

    private final Supplier<ReadersWriterLock> maker;

    RwLockKind(Supplier<ReadersWriterLock> maker) {
        this.maker = maker;
    }

    ReadersWriterLock newLock() {
        return maker.get();
    }
}

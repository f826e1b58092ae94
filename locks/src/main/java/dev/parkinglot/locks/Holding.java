package dev.parkinglot.locks;

import dev.parkinglot.core.HoldMode;

/**
 * The ways to hold a lock, as they are recorded for the deadlock detector. The holds of a readers-writer lock that keep
 * everybody out, or all but readers, are recorded under the key of its main queue; read holds under that of the queue
 * in which a writer waits for the readers to leave.
 */
enum Holding implements HoldMode {
    /** Of a lock that only one thread can hold. */
    EXCLUSIVE(CondvarLock.QUEUE, ""),
    READ(RwWord.DRAIN, "for reading"),
    /** Readers wait for it only as long as a woken writer has not told them that they need not. */
    UPGRADABLE(RwWord.MAIN, "upgradably") {
        @Override
        public boolean keepsWaiting(long parkToken) {
            return (parkToken & (RwWord.WRITER | RwWord.UPGRADABLE)) != 0;
        }
    },
    WRITE(RwWord.MAIN, "for writing"),
    /**
     * A writer or an upgrader sleeps until the readers have left, and keeps newcomers out; but not recursive readers,
     * which are admitted while there are readers.
     */
    CLAIM(RwWord.MAIN, "with a claim to write") {
        @Override
        public boolean keepsWaiting(long parkToken) {
            return !RwReleasing.isRecursive(parkToken);
        }
    };

    private final long queue;
    private final String purpose;

    Holding(long queue, String purpose) {
        this.queue = queue;
        this.purpose = purpose;
    }

    /** Under which of a lock's keys it is recorded. */
    long queue() {
        return queue;
    }

    @Override
    public boolean keepsWaiting(long parkToken) {
        return true;
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public long lockOffset(long offset) {
        return offset - queue;
    }
}

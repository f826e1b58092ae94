package dev.parkinglot.locks;

import dev.parkinglot.core.ParkCallbacks;

/** The ways to hold a readers-writer lock, seen from the queue of those who cannot be admitted. */
enum Access implements ParkCallbacks<RwReleasing> {
    READ("read", Holding.READ, RwWord.ONE_READER, RwWord.WRITER, RwWord.PARKED),
    READ_RECURSIVE("recursive read", Holding.READ, RwWord.ONE_READER, RwWord.WRITER, RwWord.PARKED | RwWord.RECURSIVE),
    UPGRADABLE(
            "upgradable", Holding.UPGRADABLE, RwWord.UPGRADABLE_HOLD, RwWord.WRITER | RwWord.UPGRADABLE, RwWord.PARKED),
    /** Only the claim; the readers must be drained afterwards. */
    WRITE("write", Holding.WRITE, RwWord.WRITER, RwWord.WRITER | RwWord.UPGRADABLE, RwWord.PARKED);

    /** What it is called in messages. */
    final String title;

    /** How a holder in this mode is recorded. */
    final Holding holding;

    /** What a holder in this mode adds to the state. */
    final int hold;

    /** The bits of which none may be set when it is admitted; recursive readers are also admitted beside others. */
    final int excluded;

    /** The bits that must be set while a thread of this mode is parked. */
    final int announcement;

    Access(String title, Holding holding, int hold, int excluded, int announcement) {
        this.title = title;
        this.holding = holding;
        this.hold = hold;
        this.excluded = excluded;
        this.announcement = announcement;
    }

    boolean isAdmitted(int state) {
        return (state & excluded) == 0 || (this == READ_RECURSIVE && (state & RwWord.READERS) != 0);
    }

    /** The hold, and RECURSIVE if that is announced: what a release needs to know of a parked thread. */
    long parkToken() {
        return hold | (announcement & RwWord.RECURSIVE);
    }

    @Override
    public boolean validate(RwReleasing lock, long parkToken) {
        int now = lock.stateVolatile();
        return (now & announcement) == announcement && !isAdmitted(now);
    }

    @Override
    public void timedOut(RwReleasing lock, Object base, long offset, boolean wasLastThread) {
        if (wasLastThread) {
            lock.clearParked();
        }
    }

    @Override
    public void wakeLost(RwReleasing lock, long unparkToken, Throwable failure) {
        lock.forwardWake(hold, unparkToken);
    }
}

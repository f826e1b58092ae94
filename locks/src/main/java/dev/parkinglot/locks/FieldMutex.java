package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.util.Objects;

/** The lock that a {@link LockField} is for one object. */
final class FieldMutex extends MutualExclusionLock {
    /* Overview.
     *
     * The protocol is that of MutexProtocol, with two bits instead of three bytes.
     *
     *   locked  is FREE if the lower bit is 0. If it is 1, the view adds what kind of hold it is, as far as it has seen
     *           that.
     *   WAKE    is the higher bit: the next unlock must see to the queue. Here PARKED is not known apart from it.
     *
     * WOKEN and SPINNING are promises: a thread is awake, which will see to it that those who are parked are not
     * forgotten. So when one of them is set, WAKE is cleared; and when one is taken back, WAKE is set again, on behalf
     * of all who may be left in the queue: legal even if nobody is. So WAKE may be clear while threads are parked, as
     * long as one with a promise is awake. It is a little more often set than with all flags, if two threads with a
     * promise are awake and one takes it back; which costs a look at the queue. And unlockFair, which hands over to
     * whoever is parked, has to look at the queue in any case.
     *
     * SHARED is not needed: unlocking changes the word atomically, and so the look at it that follows is fenced. For
     * the same reason no waiter is ever overlooked, and none looks again. TIMED and BRIEF have no place: holds are not
     * measured. So every wake after the lock was freed is followed by a yield.
     */

    private static final Spare<FieldMutex> SPARE = new Spare<>(new FieldMutex());

    /** Something to rehearse with. */
    private static final class Word {
        @SuppressWarnings("unused") // through the lock field
        private int word;

        static LockField newLock() {
            return LockField.of(Fields.handle(MethodHandles.lookup(), "word", int.class), 0b11);
        }
    }

    /** Called when the first lock field is made, lest this class is first needed in somebody's wait. */
    static void prepare() {
        new FieldMutex(Word.newLock(), new Word()).rehearse();
    }

    /** These two change in the spare view only. */
    private LockField field;

    private Object object;

    /** HELD, or the stamp of the guard that holds the lock through this view. Guarded by the lock. */
    private byte hold = HELD;

    /** The stamp of the guard that was last made with this view. Guarded by the lock. */
    private byte lastStamp;

    private FieldMutex() {}

    FieldMutex(LockField field, Object object) {
        this.field = field;
        this.object = Objects.requireNonNull(object);
    }

    static FieldMutex borrowSpare(LockField field, Object object) {
        FieldMutex view = SPARE.borrow();
        view.field = field;
        view.object = object;
        view.hold = HELD;
        return view;
    }

    static void giveBack(FieldMutex view) {
        if (SPARE.isLent(view)) {
            view.field = null;
            view.object = null;
            SPARE.giveBack();
        }
    }

    @Override
    void release() {
        releaseSlow(false);
    }

    // ---- where the state is

    @Override
    Object base() {
        return object;
    }

    @Override
    long offset() {
        return field.queue();
    }

    @Override
    boolean mayOverlookWaiters() {
        return false;
    }

    @Override
    boolean mayHaveParked(int flags) {
        return true;
    }

    @Override
    byte lockedOpaque() {
        return (field.wordOpaque(object) & field.lockedBit()) == 0L ? FREE : hold;
    }

    @Override
    byte lockedVolatile() {
        return (field.wordVolatile(object) & field.lockedBit()) == 0L ? FREE : hold;
    }

    /** Tells one kind of hold from another. */
    @Override
    void setLockedOpaque(byte value) {
        hold = value;
    }

    @Override
    void setLockedRelease(byte free) {
        setLockedVolatile(free);
    }

    /** Frees the lock: whoever holds it never stores anything else in this way. */
    @Override
    void setLockedVolatile(byte free) {
        hold = HELD; // for the next holder
        change(field.lockedBit(), 0L);
    }

    @Override
    boolean casLocked(byte free, byte held) {
        if (!field.tryAcquire(object)) {
            return false;
        }
        hold = held;
        return true;
    }

    @Override
    int flagsOpaque() {
        return flags(field.wordOpaque(object));
    }

    @Override
    int flagsVolatile() {
        return flags(field.wordVolatile(object));
    }

    private int flags(long word) {
        return (word & field.parkedBit()) == 0L ? 0 : PARKED | WAKE;
    }

    @Override
    boolean casFlags(int expected, int value) {
        throw new AssertionError("the flags change by changeFlags only");
    }

    @Override
    byte heldSince() {
        return 0; // holds are not measured
    }

    @Override
    void setHeldSince(byte stamp) {}

    @Override
    byte lastStamp() {
        return lastStamp;
    }

    @Override
    void setLastStamp(byte stamp) {
        lastStamp = stamp;
    }

    @Override
    void changeFlags(int set, int clear) {
        if ((set & (WOKEN | SPINNING)) != 0) {
            change(field.parkedBit(), 0L);
        } else if ((set & PARKED) != 0 || (clear & (WOKEN | SPINNING)) != 0) {
            change(0L, field.parkedBit());
        } else if ((clear & PARKED) != 0) {
            change(field.parkedBit(), 0L);
        }
    }

    private void change(long bitsToClear, long bitsToSet) {
        long now;
        do {
            now = field.wordOpaque(object);
        } while (!field.casWord(object, now, (now & ~bitsToClear) | bitsToSet));
    }
}

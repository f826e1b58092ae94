package dev.parkinglot.locks;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.stream.Stream;

/**
 * The state and the protocol of the drop-in {@link ReentrantReadWriteLock}: {@link RwLock}'s, and who holds it how
 * often. It has no public members, so that the drop-in has none but those of the class that it replaces.
 */
abstract sealed class ReentrantRwProtocol extends RwAcquiring permits RecordedRwProtocol {
    /* Overview.
     *
     * The state counts the threads that read, not their holds: reading again never touches it, so a reader that comes
     * back can neither be kept out by a writer that waits nor run into one. Who reads how often:
     *
     *   first   the entry (see ReadHolds) of the thread whose reading began when nobody read: written by the thread
     *           that made READERS 1 from 0, and by that thread until it clears it, before it gives its hold back. So
     *           there is never more than one writer of the field, and a thread that reads alone pays nothing for being
     *           known.
     *   others  the entries of all others.
     *   owner   the thread that holds the lock for writing, null if none does, or not yet, or no longer.
     *   again   how often the owner has locked for writing beyond the first time.
     *
     * The owner may read. Its read holds are in `first`, which is vacant since nobody else reads, and not in the state,
     * which says WRITER. If it has some when it gives up writing, WRITER becomes one reader, in one step.
     *
     * Fair. A fair lock hands over whenever WRITER is cleared, in the step that clears it, to all readers at the front
     * of the queue and the first writer, which sets WRITER again. So as long as somebody is queued, WRITER is set, and
     * that alone keeps everybody out who comes: nothing needs to be checked when locking. (The exception is tryLock for
     * reading, which asks only whether somebody writes.) Exchanges that clear WRITER go the same way.
     */

    private static final VarHandle STATE = Fields.handle(MethodHandles.lookup(), "state", int.class);
    private static final VarHandle OWNER = Fields.handle(MethodHandles.lookup(), "owner", Thread.class);
    private static final VarHandle FIRST = Fields.handle(MethodHandles.lookup(), "first", long.class);
    private static final VarHandle OTHERS = Fields.handle(MethodHandles.lookup(), "others", ReadHolds.class);

    /** At most so many calls lie between acquiring a hold and having noted it. */
    private static final int CALLS_TO_NOTE = 6;

    /** As many as the lock of JDK 17 allows. */
    private static final int MAX_WRITES = 65_535;

    @SuppressWarnings("unused") // through STATE
    private int state;

    private boolean fair;

    @SuppressWarnings("unused") // through OWNER
    private Thread owner;

    private int again;

    @SuppressWarnings("unused") // through FIRST
    private long first;

    @SuppressWarnings("unused") // through OTHERS
    private ReadHolds others;

    /** Makes a free lock that is not fair. Also for deserialization, which needs such a constructor. */
    ReentrantRwProtocol() {
        this(false);
    }

    ReentrantRwProtocol(boolean fair) {
        this.fair = fair;
    }

    final boolean handsOver() {
        return fair;
    }

    /** Only before anybody else knows the lock. */
    final void makeFair() {
        fair = true;
    }

    // ---- read or write

    void lockInterruptibly(Access access) throws InterruptedException {
        if (!tryUnlessInterrupted(access)) {
            acquireHold(access, Patience.INTERRUPTIBLE).orThrow();
        }
    }

    boolean tryLock(Access access, long nanos) throws InterruptedException {
        return tryUnlessInterrupted(access)
                || (nanos > 0L
                        && acquireHold(access, Patience.interruptiblyUntil(Deadlines.after(nanos)))
                                .orThrow());
    }

    private boolean tryUnlessInterrupted(Access access) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return access == Access.WRITE ? tryWriteAtOnce() : tryReadAtOnce(currentId(), access);
    }

    /** Waits, and notes whose hold it is. */
    private WaitOutcome acquireHold(Access access, Patience patience) {
        Thread current = Thread.currentThread();
        long thread = currentId();
        WaitOutcome outcome = acquireSlow(access, patience);
        if (outcome == WaitOutcome.SUCCESS && access == Access.WRITE) {
            owner = current;
            forgetManyReaders();
        } else if (outcome == WaitOutcome.SUCCESS) {
            enter(thread);
        }
        return outcome;
    }

    // ---- read

    void lockRead() {
        if (!tryReadAtOnce(currentId(), Access.READ)) {
            acquireHold(Access.READ, Patience.ENDLESS);
        }
    }

    boolean tryLockRead() {
        return tryReadAtOnce(currentId(), Access.READ_RECURSIVE);
    }

    /** Reads if that needs no waiting. As a recursive reader: even if a writer waits, as long as it only waits. */
    private boolean tryReadAtOnce(long thread, Access access) {
        if (tryReadFirst(thread) || tryReadAgain(thread)) {
            return true;
        }
        // Noting a hold, or giving it back, may take more stack than acquiring it, which may be compiled.
        ParkingLot.requireStack(CALLS_TO_NOTE);
        if (!tryAcquire(access)) {
            return false;
        }
        enter(thread);
        return true;
    }

    private boolean tryReadFirst(long thread) {
        int now = stateOpaque();
        long entry = ReadHolds.entry(thread, 1);
        if ((now & (WRITER | READERS)) != 0 || !casState(now, now + ONE_READER)) {
            return false;
        }
        first = entry;
        return true;
    }

    private boolean tryReadAgain(long thread) {
        long entry = firstOpaque();
        if (ReadHolds.isOf(entry, thread)) {
            setFirstOpaque(ReadHolds.oneMore(entry));
            return true;
        }
        ReadHolds table = othersAcquire();
        if (table != null && table.enterAgain(thread)) {
            return true;
        }
        if (!isWrittenHere()) {
            return false;
        }
        setFirstOpaque(ReadHolds.entry(thread, 1));
        return true;
    }

    /** Notes who it is that has just begun to read beside others. */
    private void enter(long thread) {
        try {
            ReadHolds table = othersAcquire();
            if (table == null) {
                casOthers(null, new ReadHolds());
                table = othersAcquire();
            }
            table.enter(thread);
        } catch (OutOfMemoryError | StackOverflowError e) {
            giveBackRead();
            throw e;
        }
    }

    void unlockRead() {
        long thread = currentId();
        long entry = firstOpaque();
        if (ReadHolds.isOf(entry, thread)) {
            unlockReadFirst(entry);
        } else {
            unlockReadOther(thread);
        }
    }

    private void unlockReadFirst(long entry) {
        if (ReadHolds.holdsOf(entry) > 1) {
            setFirstOpaque(entry - 1);
            return;
        }
        boolean writes = isWrittenHere();
        first = 0L;
        try {
            if (!writes) {
                releaseRead();
            }
        } catch (StackOverflowError e) {
            first = entry; // the hold is still there; without a call, for which there may be no stack
            throw e;
        }
    }

    private void unlockReadOther(long thread) {
        ReadHolds table = othersAcquire();
        int holds = table == null ? 0 : table.leave(thread);
        if (holds == 0) {
            throw new IllegalMonitorStateException(
                    "this thread does not hold the read lock: lock it before you unlock");
        }
        if (holds > 1) {
            return;
        }
        try {
            releaseRead();
        } catch (StackOverflowError e) {
            table.enter(thread); // the hold is still there; it needs no more stack than leaving has taken
            throw e;
        }
    }

    final int readHoldsHere() {
        long thread = currentId();
        long entry = firstOpaque();
        if (ReadHolds.isOf(entry, thread)) {
            return ReadHolds.holdsOf(entry);
        }
        ReadHolds table = othersAcquire();
        return table == null ? 0 : table.holds(thread);
    }

    final int totalReadHolds() {
        ReadHolds table = othersAcquire();
        return ReadHolds.holdsOf(firstOpaque()) + (table == null ? 0 : table.total());
    }

    // ---- write

    void lockWrite() {
        if (!tryWriteAtOnce()) {
            acquireHold(Access.WRITE, Patience.ENDLESS);
        }
    }

    final boolean tryWriteAtOnce() {
        if (isWrittenHere()) {
            if (again == MAX_WRITES - 1) {
                throw new Error(
                        "Maximum lock count exceeded: this thread holds the write lock " + MAX_WRITES + " times");
            }
            again++;
            return true;
        }
        Thread current = Thread.currentThread();
        if (!casState(0, WRITER) && !tryAcquireWrite()) {
            return false;
        }
        owner = current;
        forgetManyReaders();
        return true;
    }

    /** By the writer. Inlined up to a read; what it does besides is optional. */
    private void forgetManyReaders() {
        ReadHolds table = others;
        if (table == null) {
            return;
        }
        try {
            if (table.hasGrown()) {
                setOthersOpaque(null); // nobody reads, so it is empty; so many readers may not come again
            }
        } catch (StackOverflowError e) {
            // then later
        }
    }

    void unlockWrite() {
        requireHeld();
        if (again != 0) {
            again--;
            return;
        }
        Thread current = Thread.currentThread();
        owner = null;
        try {
            if (firstOpaque() != 0L) {
                exchange(WRITER, ONE_READER);
            } else if (!casState(WRITER, 0)) {
                release(WRITER, fair);
            }
        } catch (StackOverflowError e) {
            owner = current; // it still holds the lock; without a call, for which there may be no stack
            throw e;
        }
    }

    private boolean isWrittenHere() {
        return ownerOpaque() == Thread.currentThread();
    }

    final int writeHolds() {
        return isWrittenHere() ? again + 1 : 0;
    }

    /** Of whichever thread: perhaps stale. */
    final int totalWriteHolds() {
        return isWrite(stateOpaque()) ? again + 1 : 0;
    }

    /** In one step even if threads are parked: a thread that the next writer signals must not be woken by this one. */
    @Override
    final void exchange(int hold, int weaker) {
        release(hold - weaker, fair);
    }

    // ---- for Condvar: the write hold, and the read holds beside it

    @Override
    final void requireHeld() {
        if (!isWrittenHere()) {
            throw new IllegalMonitorStateException(
                    "this thread does not hold the write lock: lock it before you unlock, await or signal");
        }
    }

    @Override
    final long prepareAwait() {
        requireHeld();
        return (long) ReadHolds.holdsOf(firstOpaque()) << 32 | again;
    }

    @Override
    void releaseForAwait() {
        Thread current = Thread.currentThread();
        int writes = again;
        long reads = firstOpaque();
        again = 0;
        first = 0L;
        owner = null;
        try {
            release(WRITER, fair);
        } catch (StackOverflowError e) {
            owner = current;
            first = reads;
            again = writes;
            throw e;
        }
    }

    @Override
    void resume(long hold, long token) {
        super.resume(hold, token);
        owner = Thread.currentThread();
        forgetManyReaders();
        again = (int) hold;
        int reads = (int) (hold >>> 32);
        if (reads != 0) {
            setFirstOpaque(ReadHolds.entry(currentId(), reads));
        }
    }

    // ---- monitoring

    @Override
    final List<Thread> blockers(long queue) {
        Thread writer = ownerOpaque();
        return writer == null || queue == DRAIN ? super.blockers(queue) : List.of(writer);
    }

    final List<Thread> queued() {
        return threadsOf(parkedThreads());
    }

    final List<Thread> queuedReaders() {
        return threadsOf(parkedThreads().filter(ReentrantRwProtocol::isReader));
    }

    final List<Thread> queuedWriters() {
        return threadsOf(parkedThreads().filter(parked -> !isReader(parked)));
    }

    private static List<Thread> threadsOf(Stream<ParkedThread> parked) {
        return parked.map(ParkedThread::thread).toList();
    }

    private static boolean isReader(ParkedThread parked) {
        return parked.parkToken() == Access.READ.parkToken();
    }

    private static long currentId() {
        return ThreadIds.current();
    }

    // ---- first use

    @Override
    final void rehearseOrFail() {
        super.rehearseOrFail();
        ownerOpaque();
        setFirstOpaque(firstOpaque());
        setOthersOpaque(othersAcquire());
        new ReadHolds().rehearse(currentId());
    }

    // ---- access

    @Override
    final int stateOpaque() {
        return (int) STATE.getOpaque(this);
    }

    @Override
    final int stateVolatile() {
        return (int) STATE.getVolatile(this);
    }

    @Override
    final boolean casState(int expected, int value) {
        return STATE.compareAndSet(this, expected, value);
    }

    @Override
    final void set(int bits) {
        STATE.getAndBitwiseOr(this, bits);
    }

    @Override
    final void clear(int bits) {
        STATE.getAndBitwiseAnd(this, ~bits);
    }

    final Thread ownerOpaque() {
        return (Thread) OWNER.getOpaque(this);
    }

    private long firstOpaque() {
        return (long) FIRST.getOpaque(this);
    }

    private void setFirstOpaque(long value) {
        FIRST.setOpaque(this, value);
    }

    private ReadHolds othersAcquire() {
        return (ReadHolds) OTHERS.getAcquire(this);
    }

    private void setOthersOpaque(ReadHolds value) {
        OTHERS.setOpaque(this, value);
    }

    private void casOthers(ReadHolds expected, ReadHolds value) {
        OTHERS.compareAndSet(this, expected, value);
    }
}

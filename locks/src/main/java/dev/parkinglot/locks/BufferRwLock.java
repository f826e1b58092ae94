package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;

/**
 * A {@link dev.parkinglot.locks.RwLock} in four bytes of a buffer, on the heap or off it.
 *
 * <pre>{@code
 * BufferRwLock.lockRead(locks, 4 * i);
 * try {
 *     ...
 * } finally {
 *     BufferRwLock.unlockRead(locks, 4 * i);
 * }
 * }</pre>
 *
 * <p>The static operations need no object, and allocate none where nobody else is in the way. The object is a
 * flyweight, in the manner of Agrona: {@link #wrap} points it at a lock, and then it is that lock, with everything that
 * an {@code RwLock} can do: timeouts, interrupts, fair releases, conditions, guards. Each thread has its own
 * flyweight, and does not wrap it anew while it still holds a lock through it that it means to release through it.
 * Modes, conditions and guards that came from a flyweight stay with the lock that they were made for. Flyweights of one
 * lock, and the static operations on it, may be mixed.
 *
 * <p><b>Layout</b> of the four bytes, in the native byte order of the machine:
 *
 * <table>
 *   <caption>The bits of a readers-writer lock</caption>
 *   <tr><th>bits</th><th>meaning</th></tr>
 *   <tr><td>0</td><td>threads are parked, or are about to be</td></tr>
 *   <tr><td>1</td><td>the writer that waits for the readers to leave is parked, or is about to be</td></tr>
 *   <tr><td>2</td><td>a recursive reader is parked, or is about to be</td></tr>
 *   <tr><td>3</td><td>one of the readers holds the lock upgradably</td></tr>
 *   <tr><td>4</td><td>a writer holds the lock, or waits for the readers to leave</td></tr>
 *   <tr><td>5 to 28</td><td>the number of readers</td></tr>
 *   <tr><td>29</td><td>a writer has been woken and is on its way</td></tr>
 *   <tr><td>30, 31</td><td>0</td></tr>
 * </table>
 *
 * <p>Four zero bytes are a free lock. Once the process has ended, bits 0 to 2 and 29 are wrong: reset the lock.
 *
 * <p>What {@link BufferMutex} says of Agrona, of other processes, of files and of which lock it is holds here, too.
 *
 * <p>All that take an index throw {@code IllegalArgumentException} if the memory there is not aligned to 4 bytes, and
 * {@code IndexOutOfBoundsException} if it is not within the buffer, even if Agrona was told not to check that; nothing
 * is changed. Those that release or convert a hold throw {@code IllegalMonitorStateException} if nobody has it; nothing
 * is changed.
 *
 * <p><b>Cost.</b> 4 bytes. Uncontended, one compare-and-set to lock and one to unlock, in every mode.
 */
@SuppressWarnings("exports") // whoever uses this class has Agrona, which is optional for the module
public final class BufferRwLock extends ReadersWriterLock {
    /** Keeps the memory alive. */
    private AtomicBuffer buffer;

    private byte[] base;
    private long address;

    private static final Spare<BufferRwLock> SPARE = new Spare<>(new BufferRwLock());

    static {
        new BufferRwLock(Words.newBuffer(), 0).rehearse();
    }

    private BufferRwLock() {}

    /**
     * Makes a flyweight for the lock at an index of a buffer.
     *
     * @param buffer the buffer
     * @param index where in the buffer; aligned to 4 in memory
     */
    public BufferRwLock(AtomicBuffer buffer, int index) {
        point(buffer, Words.address(buffer, index));
    }

    private BufferRwLock(BufferRwLock other) {
        buffer = other.buffer;
        base = other.base;
        address = other.address;
    }

    /**
     * Points this flyweight at the lock at an index of a buffer. The memory is not changed.
     *
     * @param buffer the buffer
     * @param index where in the buffer; aligned to 4 in memory
     * @return this
     */
    public BufferRwLock wrap(AtomicBuffer buffer, int index) {
        point(buffer, Words.address(buffer, index));
        return this;
    }

    private void point(AtomicBuffer newBuffer, long newAddress) {
        buffer = newBuffer;
        base = newBuffer.byteArray();
        address = newAddress;
    }

    // ---- without an object

    /**
     * As {@link #lockRead()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockRead(AtomicBuffer buffer, int index) {
        if (!tryAdd(buffer, index, ONE_READER)) {
            new BufferRwLock(buffer, index).lockRead();
        }
    }

    /**
     * {@return whether the caller now has the hold; as {@link #tryLockRead()} of the lock at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryLockRead(AtomicBuffer buffer, int index) {
        return tryAdd(buffer, index, ONE_READER) || new BufferRwLock(buffer, index).tryLockRead();
    }

    /**
     * As {@link #lockReadRecursive()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockReadRecursive(AtomicBuffer buffer, int index) {
        if (!tryAdd(buffer, index, ONE_READER)) {
            new BufferRwLock(buffer, index).lockReadRecursive();
        }
    }

    /**
     * {@return whether the caller now has the hold; as {@link #tryLockReadRecursive()} of the lock at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryLockReadRecursive(AtomicBuffer buffer, int index) {
        return tryAdd(buffer, index, ONE_READER) || new BufferRwLock(buffer, index).tryLockReadRecursive();
    }

    /**
     * As {@link #unlockRead()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void unlockRead(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        if (now == 0 || !hasOnlyReaders(now) || !cas(buffer, address, now, now - ONE_READER)) {
            inAnyCase(buffer, index, UNLOCK_READ);
        }
    }

    /**
     * As {@link #lockUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockUpgradable(AtomicBuffer buffer, int index) {
        if (!tryAdd(buffer, index, UPGRADABLE_HOLD)) {
            new BufferRwLock(buffer, index).lockUpgradable();
        }
    }

    /**
     * {@return whether the caller now has the hold; as {@link #tryLockUpgradable()} of the lock at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryLockUpgradable(AtomicBuffer buffer, int index) {
        return tryAdd(buffer, index, UPGRADABLE_HOLD) || new BufferRwLock(buffer, index).tryLockUpgradable();
    }

    /**
     * As {@link #unlockUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void unlockUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_HOLD, 0)) {
            inAnyCase(buffer, index, UNLOCK_UPGRADABLE);
        }
    }

    /**
     * As {@link #upgrade()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void upgrade(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_HOLD, WRITER)) {
            new BufferRwLock(buffer, index).upgrade();
        }
    }

    /**
     * {@return whether the caller now has the hold; as {@link #tryUpgrade()} of the lock at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryUpgrade(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (now == UPGRADABLE_HOLD && cas(buffer, address, now, WRITER))
                || new BufferRwLock(buffer, index).tryUpgrade();
    }

    /**
     * As {@link #lockWrite()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockWrite(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), 0, WRITER)) {
            new BufferRwLock(buffer, index).lockWrite();
        }
    }

    /**
     * {@return whether the caller now has the hold; as {@link #tryLockWrite()} of the lock at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryLockWrite(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (now == 0 && cas(buffer, address, now, WRITER)) || new BufferRwLock(buffer, index).tryLockWrite();
    }

    /**
     * As {@link #unlockWrite()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void unlockWrite(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITER, 0)) {
            inAnyCase(buffer, index, UNLOCK_WRITE);
        }
    }

    /**
     * As {@link #downgrade()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgrade(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITER, ONE_READER)) {
            inAnyCase(buffer, index, DOWNGRADE);
        }
    }

    /**
     * As {@link #downgradeToUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgradeToUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITER, UPGRADABLE_HOLD)) {
            inAnyCase(buffer, index, DOWNGRADE_TO_UPGRADABLE);
        }
    }

    /**
     * As {@link #downgradeUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgradeUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_HOLD, ONE_READER)) {
            inAnyCase(buffer, index, DOWNGRADE_UPGRADABLE);
        }
    }

    /**
     * {@return as {@link #isLocked()} of the lock at an index; the answer may be stale when it is looked at}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean isLocked(AtomicBuffer buffer, int index) {
        return new BufferRwLock(buffer, index).isLocked();
    }

    /**
     * {@return as {@link #isWriteLocked()} of the lock at an index; the answer may be stale when it is looked at}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean isWriteLocked(AtomicBuffer buffer, int index) {
        return new BufferRwLock(buffer, index).isWriteLocked();
    }

    /**
     * Makes a lock that nobody has used out of four bytes, whatever they were: for memory that outlives those who used
     * it, such as a mapped file. No thread may use the lock meanwhile.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @throws IllegalStateException if threads of this process wait for the lock; nothing is changed
     */
    public static void reset(AtomicBuffer buffer, int index) {
        Words.reset(buffer, index);
    }

    /** Adds a hold, if there are readers or nobody, none of them upgradable, and nobody waits. */
    private static boolean tryAdd(AtomicBuffer buffer, int index, int hold) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return hasOnlyReaders(now) && cas(buffer, address, now, now + hold);
    }

    private static int get(AtomicBuffer buffer, long address) {
        return UnsafeApi.getIntOpaque(buffer.byteArray(), address);
    }

    /** Always fails if holders are recorded: then no operation is done without an object. */
    private static boolean cas(AtomicBuffer buffer, long address, int expected, int value) {
        return !RECORDED && UnsafeApi.compareAndSetInt(buffer.byteArray(), address, expected, value);
    }

    /** Whether there are readers or nobody, none of them upgradable, and nobody waits. */
    private static boolean hasOnlyReaders(int state) {
        return (state & ~READERS) == 0 && countOf(state) < MAX_READERS;
    }

    // What may be done with a hold in any case. Numbers, since a lambda or an enum would have to be loaded first.
    private static final int UNLOCK_READ = 0;
    private static final int UNLOCK_UPGRADABLE = 1;
    private static final int UNLOCK_WRITE = 2;
    private static final int DOWNGRADE = 3;
    private static final int DOWNGRADE_TO_UPGRADABLE = 4;
    private static final int DOWNGRADE_UPGRADABLE = 5;

    /** For what must not fail for want of memory with the hold still there. */
    private static void inAnyCase(AtomicBuffer buffer, int index, int what) {
        BufferRwLock lock = newOrSpare(buffer, index);
        try {
            switch (what) {
                case UNLOCK_READ -> lock.unlockRead();
                case UNLOCK_UPGRADABLE -> lock.unlockUpgradable();
                case UNLOCK_WRITE -> lock.unlockWrite();
                case DOWNGRADE -> lock.downgrade();
                case DOWNGRADE_TO_UPGRADABLE -> lock.downgradeToUpgradable();
                default -> lock.downgradeUpgradable();
            }
        } finally {
            if (SPARE.isLent(lock)) {
                lock.buffer = null;
                lock.base = null;
                SPARE.giveBack();
            }
        }
    }

    private static BufferRwLock newOrSpare(AtomicBuffer buffer, int index) {
        try {
            return new BufferRwLock(buffer, index);
        } catch (OutOfMemoryError e) {
            return SPARE.borrow().wrap(buffer, index);
        }
    }

    // ---- where the state is

    @Override
    Object base() {
        return base;
    }

    @Override
    long offset() {
        return address;
    }

    @Override
    BufferRwLock atFixedPlace() {
        return new BufferRwLock(this);
    }

    @Override
    int stateOpaque() {
        return UnsafeApi.getIntOpaque(base, address);
    }

    @Override
    int stateVolatile() {
        return UnsafeApi.getIntVolatile(base, address);
    }

    @Override
    boolean casState(int expected, int value) {
        return UnsafeApi.compareAndSetInt(base, address, expected, value);
    }

    @Override
    void set(int bits) {
        UnsafeApi.getAndBitwiseOrInt(base, address, bits);
    }

    @Override
    void clear(int bits) {
        UnsafeApi.getAndBitwiseAndInt(base, address, ~bits);
    }
}

package dev.parkinglot.locks;

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
 * an {@code RwLock} can do: timeouts, interrupts, fair releases, views, conditions, guards. Each thread has its own
 * flyweight, and does not wrap it anew while it still holds a lock through it that it means to release through it.
 * Views, conditions and guards that came from a flyweight stay with the lock that they were made for. Flyweights of one
 * lock, and the static operations on it, may be mixed.
 *
 * <p>Four zero bytes are a free lock. Their layout is that of {@link DetachedRwLock}. What
 * {@link BufferMutex} says of Agrona, of other processes, of files and of which lock it is holds here, too.
 *
 * <p>All static operations throw {@code IllegalArgumentException} if the memory at the index is not aligned to 4 bytes,
 * and {@code IndexOutOfBoundsException} if it is not within the buffer, even if Agrona was told not to check that;
 * nothing is changed. Those that release or convert a hold throw {@code IllegalMonitorStateException} if nobody has it;
 * nothing is changed.
 *
 * <p><b>Cost.</b> 4 bytes. Uncontended, one compare-and-set to lock and one to unlock, in every mode.
 */
@SuppressWarnings("exports") // whoever uses this class has Agrona, which is optional for the module
public final class BufferRwLock extends DetachedRwLock {
    /** Keeps the memory alive. */
    private AtomicBuffer buffer;

    private byte[] base;
    private long address;

    /**
     * Makes a flyweight for the lock at an index of a buffer.
     *
     * @param buffer the buffer
     * @param index where in the buffer; aligned to 4 in memory
     * @throws IllegalArgumentException if it is not aligned
     * @throws IndexOutOfBoundsException if it is not within the buffer
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
     * @throws IllegalArgumentException if it is not aligned; the flyweight is as before
     * @throws IndexOutOfBoundsException if it is not within the buffer; the flyweight is as before
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
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        if (!hasOnlyReaders(now) || !cas(buffer, address, now, now + READ_HOLD)) {
            new BufferRwLock(buffer, index).lockRead();
        }
    }

    /**
     * As {@link #tryLockRead()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return whether the caller now has the hold
     */
    public static boolean tryLockRead(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (hasOnlyReaders(now) && cas(buffer, address, now, now + READ_HOLD))
                || new BufferRwLock(buffer, index).tryLockRead();
    }

    /**
     * As {@link #lockReadRecursive()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockReadRecursive(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        if (!hasOnlyReaders(now) || !cas(buffer, address, now, now + READ_HOLD)) {
            new BufferRwLock(buffer, index).lockReadRecursive();
        }
    }

    /**
     * As {@link #tryLockReadRecursive()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return whether the caller now has the hold
     */
    public static boolean tryLockReadRecursive(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (hasOnlyReaders(now) && cas(buffer, address, now, now + READ_HOLD))
                || new BufferRwLock(buffer, index).tryLockReadRecursive();
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
        if (now == 0 || !hasOnlyReaders(now) || !cas(buffer, address, now, now - READ_HOLD)) {
            new BufferRwLock(buffer, index).unlockRead();
        }
    }

    /**
     * As {@link #lockUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockUpgradable(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        if (!hasOnlyReaders(now) || !cas(buffer, address, now, now + UPGRADABLE_READ_HOLD)) {
            new BufferRwLock(buffer, index).lockUpgradable();
        }
    }

    /**
     * As {@link #tryLockUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return whether the caller now has the hold
     */
    public static boolean tryLockUpgradable(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (hasOnlyReaders(now) && cas(buffer, address, now, now + UPGRADABLE_READ_HOLD))
                || new BufferRwLock(buffer, index).tryLockUpgradable();
    }

    /**
     * As {@link #unlockUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void unlockUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_READ_HOLD, 0)) {
            new BufferRwLock(buffer, index).unlockUpgradable();
        }
    }

    /**
     * As {@link #upgrade()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void upgrade(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_READ_HOLD, WRITE_HOLD)) {
            new BufferRwLock(buffer, index).upgrade();
        }
    }

    /**
     * As {@link #tryUpgrade()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return whether the caller now has the hold
     */
    public static boolean tryUpgrade(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (now == UPGRADABLE_READ_HOLD && cas(buffer, address, now, WRITE_HOLD))
                || new BufferRwLock(buffer, index).tryUpgrade();
    }

    /**
     * As {@link #lockWrite()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lockWrite(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), 0, WRITE_HOLD)) {
            new BufferRwLock(buffer, index).lockWrite();
        }
    }

    /**
     * As {@link #tryLockWrite()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return whether the caller now has the hold
     */
    public static boolean tryLockWrite(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        int now = get(buffer, address);
        return (now == 0 && cas(buffer, address, now, WRITE_HOLD)) || new BufferRwLock(buffer, index).tryLockWrite();
    }

    /**
     * As {@link #unlockWrite()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void unlockWrite(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITE_HOLD, 0)) {
            new BufferRwLock(buffer, index).unlockWrite();
        }
    }

    /**
     * As {@link #downgrade()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgrade(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITE_HOLD, READ_HOLD)) {
            new BufferRwLock(buffer, index).downgrade();
        }
    }

    /**
     * As {@link #downgradeToUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgradeToUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), WRITE_HOLD, UPGRADABLE_READ_HOLD)) {
            new BufferRwLock(buffer, index).downgradeToUpgradable();
        }
    }

    /**
     * As {@link #downgradeUpgradable()} of the lock at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void downgradeUpgradable(AtomicBuffer buffer, int index) {
        if (!cas(buffer, Words.address(buffer, index), UPGRADABLE_READ_HOLD, READ_HOLD)) {
            new BufferRwLock(buffer, index).downgradeUpgradable();
        }
    }

    /**
     * Whether the lock at an index is held in any mode, or drained.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return a value that may be stale when it is looked at
     */
    public static boolean isLocked(AtomicBuffer buffer, int index) {
        return new BufferRwLock(buffer, index).isLocked();
    }

    /**
     * Whether the lock at an index is held for writing, or drained in order to.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @return a value that may be stale when it is looked at
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
        long address = Words.address(buffer, index);
        Words.requireNobodyWaits(buffer.byteArray(), address);
        UnsafeApi.putIntVolatile(buffer.byteArray(), address, 0);
    }

    private static int get(AtomicBuffer buffer, long address) {
        return UnsafeApi.getIntOpaque(buffer.byteArray(), address);
    }

    private static boolean cas(AtomicBuffer buffer, long address, int expected, int value) {
        return UnsafeApi.compareAndSetInt(buffer.byteArray(), address, expected, value);
    }

    // ---- where the state is

    @Override
    protected Object base() {
        return base;
    }

    @Override
    protected long offset() {
        return address;
    }

    @Override
    protected BufferRwLock settled() {
        return new BufferRwLock(this);
    }

    @Override
    protected int wordOpaque() {
        return UnsafeApi.getIntOpaque(base, address);
    }

    @Override
    protected int wordVolatile() {
        return UnsafeApi.getIntVolatile(base, address);
    }

    @Override
    protected boolean casWord(int expected, int value) {
        return UnsafeApi.compareAndSetInt(base, address, expected, value);
    }

    @Override
    protected void setBits(int bits) {
        UnsafeApi.getAndBitwiseOrInt(base, address, bits);
    }

    @Override
    protected void clearBits(int bits) {
        UnsafeApi.getAndBitwiseAndInt(base, address, ~bits);
    }
}

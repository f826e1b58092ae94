package dev.parkinglot.locks;

import static dev.parkinglot.locks.Holders.RECORDED;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;

/**
 * A {@link Mutex} in four bytes of a buffer: a million of them in 4 MB, on the heap or off it.
 *
 * <pre>{@code
 * AtomicBuffer locks = new UnsafeBuffer(ByteBuffer.allocateDirect(4 * 1_000_000));
 *
 * BufferMutex.lock(locks, 4 * i);
 * try {
 *     ...
 * } finally {
 *     BufferMutex.unlock(locks, 4 * i);
 * }
 * }</pre>
 *
 * <p>The static operations need no object, and allocate none where nobody else is in the way. The object is a
 * flyweight, in the manner of Agrona: {@link #wrap} points it at a mutex, and then it is that mutex, with everything
 * that a {@code Mutex} can do: timeouts, interrupts, conditions, guards. Flyweights are not thread-safe in one respect:
 * each thread has its own, and does not wrap it anew while it still holds a mutex through it that it means to unlock
 * through it. Conditions and guards that came from a flyweight stay with the mutex that they were made for. Flyweights
 * of one mutex, and the static operations on it, may be mixed.
 *
 * <p><b>Layout</b>, the same on every machine, since the bytes may be kept in a file:
 *
 * <table>
 *   <caption>The four bytes of a mutex</caption>
 *   <tr><th>byte</th><th>value</th><th>meaning</th></tr>
 *   <tr><td>0</td><td>0</td><td>free</td></tr>
 *   <tr><td></td><td>1</td><td>locked</td></tr>
 *   <tr><td></td><td>2 to 127</td><td>locked by a guard; the guard's stamp</td></tr>
 *   <tr><td>1</td><td>bits 0 to 3</td><td>who is parked, who is awake, whether an unlock must wake somebody</td></tr>
 *   <tr><td></td><td>bit 4</td><td>a {@link Condvar} has been used with the mutex: its unlock takes a fence</td></tr>
 *   <tr><td></td><td>bits 6 and 7</td><td>how long the mutex is usually held</td></tr>
 *   <tr><td>2</td><td>0 to 127</td><td>the stamp of the last guard</td></tr>
 *   <tr><td>3</td><td>any</td><td>when the holder began to measure its hold</td></tr>
 * </table>
 *
 * Four zero bytes are a free mutex that nobody has used.
 *
 * <p><b>Agrona</b> is an optional dependency of this module: add {@code org.agrona:agrona} to yours. Agrona itself
 * needs the JVM to be started with {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}, or {@code =org.agrona}
 * if it is on the module path.
 *
 * <p><b>Not between processes.</b> The bytes may lie in memory that other processes map too, but the queues of those
 * who wait lie in this JVM. Locks that several processes use exclude nobody reliably and wake nobody in the other
 * process. One process at a time may use them.
 *
 * <p><b>Which lock is it?</b> The memory decides, not the buffer: two buffers over the same memory, wrapped at
 * different offsets, see the same lock at the same bytes. While a thread uses a lock, its buffer must not be wrapped
 * around other memory, and the memory not unmapped or freed: Agrona does not check that.
 *
 * <p><b>Locks that outlive the process.</b> Zero bytes are free locks, so fresh memory and fresh files are full of
 * them. A file that is closed while a lock in it is held keeps it held, by nobody: the next process would wait for
 * ever. A free one may still bear marks of threads that waited in the old process; one of them says that a thread is on
 * its way to the lock, and as long as it stands, an unlock wakes nobody. So whoever opens such a file calls {@code
 * reset} for each lock, or fills its bytes with zeros, before any thread uses it; whether the data that a held lock
 * guarded is whole, is for the program to find out.
 *
 * <p>All that take an index throw {@code IllegalArgumentException} if the memory there is not aligned to 4 bytes, and
 * {@code IndexOutOfBoundsException} if it is not within the buffer, even if Agrona was told not to check that; nothing
 * is changed.
 *
 * <p><b>Cost.</b> 4 bytes. Uncontended, as {@code Mutex}: one compare-and-set to lock, one release store to unlock.
 *
 * <p>Idea: the lock of one byte anywhere in memory is WebKit's and {@code parking_lot}'s.
 */
@SuppressWarnings("exports") // whoever uses this class has Agrona, which is optional for the module
public final class BufferMutex extends MutualExclusionLock {
    private static final int LOCKED = 0;
    private static final int FLAGS = 1;
    private static final int LAST_STAMP = 2;
    private static final int HELD_SINCE = 3;

    /** Keeps the memory alive. */
    private AtomicBuffer buffer;

    private byte[] base;
    private long address;

    private static final Spare<BufferMutex> SPARE = new Spare<>(new BufferMutex());

    static {
        new BufferMutex(Words.newBuffer(), 0).rehearse();
    }

    private BufferMutex() {}

    /**
     * Makes a flyweight for the mutex at an index of a buffer.
     *
     * @param buffer the buffer
     * @param index where in the buffer; aligned to 4 in memory
     */
    public BufferMutex(AtomicBuffer buffer, int index) {
        point(buffer, Words.address(buffer, index));
    }

    private BufferMutex(BufferMutex other) {
        buffer = other.buffer;
        base = other.base;
        address = other.address;
    }

    /**
     * Points this flyweight at the mutex at an index of a buffer. The memory is not changed.
     *
     * @param buffer the buffer
     * @param index where in the buffer; aligned to 4 in memory
     * @return this
     */
    public BufferMutex wrap(AtomicBuffer buffer, int index) {
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
     * As {@link #lock()} of the mutex at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static void lock(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        if (RECORDED || !UnsafeApi.compareAndSetByte(buffer.byteArray(), address + LOCKED, FREE, HELD)) {
            new BufferMutex(buffer, index).lock();
        }
    }

    /**
     * {@return whether the lock is now held by the caller; as {@link #tryLock()} of the mutex at an index}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean tryLock(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        byte[] base = buffer.byteArray();
        if (RECORDED) {
            return new BufferMutex(buffer, index).tryLock();
        }
        return UnsafeApi.getByteOpaque(base, address + LOCKED) == FREE
                && UnsafeApi.compareAndSetByte(base, address + LOCKED, FREE, HELD);
    }

    /**
     * As {@link #unlock()} of the mutex at an index.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    public static void unlock(AtomicBuffer buffer, int index) {
        long address = Words.address(buffer, index);
        byte[] base = buffer.byteArray();
        byte hold = UnsafeApi.getByteOpaque(base, address + LOCKED);
        if (RECORDED || hold == FREE || (UnsafeApi.getByteOpaque(base, address + FLAGS) & SLOW_EXIT) != 0) {
            unlockSlow(buffer, index);
            return;
        }
        UnsafeApi.putByteRelease(base, address + LOCKED, FREE); // the 1-0 exit, see MutexProtocol
        try {
            if ((UnsafeApi.getByteOpaque(base, address + FLAGS) & SLOW_EXIT) != 0) {
                wakeSlow(buffer, index);
            }
        } catch (StackOverflowError e) {
            // As in release: if nobody else has the lock by now, it has not been released.
            boolean isHeld = false;
            try {
                isHeld = UnsafeApi.compareAndSetByte(base, address + LOCKED, FREE, hold);
            } catch (StackOverflowError second) {
                // released, and the queue overlooked
            }
            if (isHeld) {
                throw e;
            }
        }
    }

    private static void unlockSlow(AtomicBuffer buffer, int index) {
        BufferMutex mutex = newOrSpare(buffer, index);
        try {
            mutex.unlock();
        } finally {
            giveBack(mutex);
        }
    }

    private static void wakeSlow(AtomicBuffer buffer, int index) {
        BufferMutex mutex = newOrSpare(buffer, index);
        try {
            mutex.wakeOne();
        } finally {
            giveBack(mutex);
        }
    }

    /** Never fails for want of memory: an unlock that has begun goes on. */
    private static BufferMutex newOrSpare(AtomicBuffer buffer, int index) {
        try {
            return new BufferMutex(buffer, index);
        } catch (OutOfMemoryError e) {
            return SPARE.borrow().wrap(buffer, index);
        }
    }

    private static void giveBack(BufferMutex mutex) {
        if (SPARE.isLent(mutex)) {
            mutex.buffer = null;
            mutex.base = null;
            SPARE.giveBack();
        }
    }

    /**
     * {@return as {@link #isLocked()} of the mutex at an index; the answer may be stale when it is looked at}
     *
     * @param buffer the buffer
     * @param index where in the buffer
     */
    public static boolean isLocked(AtomicBuffer buffer, int index) {
        return UnsafeApi.getByteOpaque(buffer.byteArray(), Words.address(buffer, index) + LOCKED) != FREE;
    }

    /**
     * Makes a mutex that nobody has used out of four bytes, whatever they were: for memory that outlives those who used
     * it, such as a mapped file. No thread may use the mutex meanwhile.
     *
     * @param buffer the buffer
     * @param index where in the buffer
     * @throws IllegalStateException if threads of this process wait for the mutex; nothing is changed
     */
    public static void reset(AtomicBuffer buffer, int index) {
        Words.reset(buffer, index);
    }

    // ---- with an object

    @Override
    void release() {
        if ((flagsOpaque() & SLOW_EXIT) != 0) {
            releaseSlow(false);
            return;
        }
        byte hold = lockedPlain();
        setLockedRelease(FREE);
        try {
            if ((flagsOpaque() & SLOW_EXIT) != 0) {
                wakeOne();
            }
        } catch (StackOverflowError e) {
            boolean isHeld = false;
            try {
                isHeld = casLocked(FREE, hold);
            } catch (StackOverflowError second) {
                // released, and the queue overlooked
            }
            if (isHeld) {
                throw e;
            }
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
    BufferMutex atFixedPlace() {
        return new BufferMutex(this);
    }

    // ---- access

    @Override
    byte lockedOpaque() {
        return UnsafeApi.getByteOpaque(base, address + LOCKED);
    }

    @Override
    byte lockedVolatile() {
        return UnsafeApi.getByteVolatile(base, address + LOCKED);
    }

    @Override
    void setLockedOpaque(byte value) {
        UnsafeApi.putByteOpaque(base, address + LOCKED, value);
    }

    @Override
    void setLockedRelease(byte value) {
        UnsafeApi.putByteRelease(base, address + LOCKED, value);
    }

    @Override
    void setLockedVolatile(byte value) {
        UnsafeApi.putByteVolatile(base, address + LOCKED, value);
    }

    @Override
    boolean casLocked(byte expected, byte value) {
        return UnsafeApi.compareAndSetByte(base, address + LOCKED, expected, value);
    }

    @Override
    int flagsOpaque() {
        return UnsafeApi.getByteOpaque(base, address + FLAGS);
    }

    @Override
    int flagsVolatile() {
        return UnsafeApi.getByteVolatile(base, address + FLAGS);
    }

    @Override
    boolean casFlags(int expected, int value) {
        return UnsafeApi.compareAndSetByte(base, address + FLAGS, (byte) expected, (byte) value);
    }

    @Override
    byte heldSince() {
        return UnsafeApi.getByteOpaque(base, address + HELD_SINCE);
    }

    @Override
    void setHeldSince(byte stamp) {
        UnsafeApi.putByteOpaque(base, address + HELD_SINCE, stamp);
    }

    @Override
    byte lastStamp() {
        return UnsafeApi.getByteOpaque(base, address + LAST_STAMP);
    }

    @Override
    void setLastStamp(byte stamp) {
        UnsafeApi.putByteOpaque(base, address + LAST_STAMP, stamp);
    }
}

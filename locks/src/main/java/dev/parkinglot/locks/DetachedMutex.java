package dev.parkinglot.locks;

/**
 * A {@link Mutex} whose state is not in the object, but in four bytes elsewhere. What {@link BufferMutex} is, apart
 * from where its bytes are.
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
 * Four zero bytes are a free mutex that nobody has used. Once the process has ended, byte 1 is wrong: reset the mutex.
 */
public abstract sealed class DetachedMutex extends Mutex permits BufferMutex {
    private static final int LOCKED = 0;
    private static final int FLAGS = 1;
    private static final int LAST_STAMP = 2;
    private static final int HELD_SINCE = 3;

    /** The bits of byte 1 with which an unlock has more to do than to free the mutex. */
    protected static final int FLAGS_OF_SLOW_EXIT = SLOW_EXIT;

    /** For the class that knows where. */
    protected DetachedMutex() {}

    // ---- where the state is

    /**
     * The object that the bytes are in.
     *
     * @return the array, or null for memory outside of the heap
     */
    @Override
    protected abstract Object base();

    /**
     * Where the bytes are.
     *
     * @return the offset in the array, or the address; divisible by 4
     */
    @Override
    protected abstract long offset();

    /**
     * The same mutex as a new object that nobody points elsewhere.
     *
     * @return a copy
     */
    @Override
    protected abstract DetachedMutex settled();

    /**
     * Reads one of the four bytes, with opaque semantics.
     *
     * @param index 0 to 3
     * @return the byte
     */
    protected abstract byte byteOpaque(int index);

    /**
     * Reads one of the four bytes, with volatile semantics.
     *
     * @param index 0 to 3
     * @return the byte
     */
    protected abstract byte byteVolatile(int index);

    /**
     * Writes one of the four bytes, with opaque semantics.
     *
     * @param index 0 to 3
     * @param value the byte
     */
    protected abstract void setByteOpaque(int index, byte value);

    /**
     * Writes one of the four bytes, with release semantics.
     *
     * @param index 0 to 3
     * @param value the byte
     */
    protected abstract void setByteRelease(int index, byte value);

    /**
     * Writes one of the four bytes, with volatile semantics.
     *
     * @param index 0 to 3
     * @param value the byte
     */
    protected abstract void setByteVolatile(int index, byte value);

    /**
     * Replaces one of the four bytes if it is as expected, with volatile semantics.
     *
     * @param index 0 to 3
     * @param expected what it should be
     * @param value what it shall be
     * @return whether it was
     */
    protected abstract boolean casByte(int index, byte expected, byte value);

    // ---- access

    @Override
    final byte lockedOpaque() {
        return byteOpaque(LOCKED);
    }

    @Override
    final byte lockedPlain() {
        return byteOpaque(LOCKED);
    }

    @Override
    final byte lockedVolatile() {
        return byteVolatile(LOCKED);
    }

    @Override
    final void setLockedOpaque(byte value) {
        setByteOpaque(LOCKED, value);
    }

    @Override
    final void setLockedRelease(byte value) {
        setByteRelease(LOCKED, value);
    }

    @Override
    final void setLockedVolatile(byte value) {
        setByteVolatile(LOCKED, value);
    }

    @Override
    final boolean casLocked(byte expected, byte value) {
        return casByte(LOCKED, expected, value);
    }

    @Override
    final int flagsOpaque() {
        return byteOpaque(FLAGS);
    }

    @Override
    final int flagsVolatile() {
        return byteVolatile(FLAGS);
    }

    @Override
    final boolean casFlags(int expected, int value) {
        return casByte(FLAGS, (byte) expected, (byte) value);
    }

    @Override
    final byte heldSince() {
        return byteOpaque(HELD_SINCE);
    }

    @Override
    final void setHeldSince(byte stamp) {
        setByteOpaque(HELD_SINCE, stamp);
    }

    @Override
    final byte lastStamp() {
        return byteOpaque(LAST_STAMP);
    }

    @Override
    final void setLastStamp(byte stamp) {
        setByteOpaque(LAST_STAMP, stamp);
    }
}

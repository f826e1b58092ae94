package dev.parkinglot.locks;

/**
 * An {@link RwLock} whose state is not in the object, but in an int elsewhere. What {@link BufferRwLock} is, apart from
 * where its int is.
 *
 * <p><b>Layout</b> of the int, in the native byte order of the machine:
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
 * 0 is a free lock. Once the process has ended, bits 0 to 2 and 29 are wrong: reset the lock.
 */
public abstract sealed class DetachedRwLock extends RwLock permits BufferRwLock {
    /** What a reader adds to the state. */
    protected static final int READ_HOLD = ONE_READER;

    /** What the upgradable holder adds to the state. */
    protected static final int UPGRADABLE_READ_HOLD = UPGRADABLE_HOLD;

    /** What a writer adds to the state. */
    protected static final int WRITE_HOLD = WRITER;

    /** For the class that knows where. */
    protected DetachedRwLock() {}

    // ---- where the state is

    /**
     * The object that the int is in.
     *
     * @return the array, or null for memory outside of the heap
     */
    @Override
    protected abstract Object base();

    /** A row would belong to one flyweight, and the lock has many. */
    @Override
    final boolean readersMayShareNothing() {
        return false;
    }

    /**
     * Where the int is.
     *
     * @return the offset in the array, or the address; divisible by 4
     */
    @Override
    protected abstract long offset();

    /**
     * The same lock as a new object that nobody points elsewhere.
     *
     * @return a copy
     */
    @Override
    protected abstract DetachedRwLock settled();

    /**
     * Reads the int, with opaque semantics.
     *
     * @return the state
     */
    protected abstract int wordOpaque();

    /**
     * Reads the int, with volatile semantics.
     *
     * @return the state
     */
    protected abstract int wordVolatile();

    /**
     * Replaces the int if it is as expected, with volatile semantics.
     *
     * @param expected what it should be
     * @param value what it shall be
     * @return whether it was
     */
    protected abstract boolean casWord(int expected, int value);

    /**
     * Sets bits of the int atomically, with volatile semantics.
     *
     * @param bits the bits to set
     */
    protected abstract void setBits(int bits);

    /**
     * Clears bits of the int atomically, with volatile semantics.
     *
     * @param bits the bits to clear
     */
    protected abstract void clearBits(int bits);

    /**
     * Whether there are readers or nobody, none of them upgradable, and nobody waits.
     *
     * @param state the state of a lock
     * @return whether one more reader is admitted, upgradable or not, and leaving takes no look at the queues
     */
    protected static boolean hasOnlyReaders(int state) {
        return (state & ~READERS) == 0 && (state >>> 5) < MAX_READERS;
    }

    // ---- access

    @Override
    final int stateOpaque() {
        return wordOpaque();
    }

    @Override
    final int stateVolatile() {
        return wordVolatile();
    }

    @Override
    final boolean casState(int expected, int value) {
        return casWord(expected, value);
    }

    @Override
    final void set(int bits) {
        setBits(bits);
    }

    @Override
    final void clear(int bits) {
        clearBits(bits);
    }
}

package dev.parkinglot.locks;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A mutex in two bits of an {@code int} or {@code long} field that you have anyway; the other bits stay yours. One
 * {@code LockField} serves all objects of the class:
 *
 * <pre>{@code
 * final class Node {
 *     private static final VarHandle STATE = MethodHandles.lookup().findVarHandle(Node.class, "state", int.class);
 *     private static final LockField LOCK = LockField.of(STATE, 0b11);
 *     private static final int ONE_REFERENCE = 0b100;
 *
 *     private int state = ONE_REFERENCE; // a reference count, and a lock, in one word
 *
 *     void retain() {
 *         STATE.getAndAdd(this, ONE_REFERENCE); // whoever holds the lock
 *     }
 *
 *     void update() {
 *         LOCK.lock(this);
 *         try {
 *             ...
 *         } finally {
 *             LOCK.unlock(this);
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>The lower bit of the mask says that the lock is held, the higher that threads wait. Change the field in no other
 * way than by atomic operations that leave these two as they are; with or without holding the lock. Both are 0 in a
 * free lock.
 *
 * <p><b>Keep it in a {@code static final} field</b>, for the JIT compiler to see through it, and <b>make one for each
 * pair of bits</b>: its number is part of the key under which threads wait, so two instances for the same bits do not
 * see each other's waiters.
 *
 * <p>Semantics and memory effects are those of {@link Mutex}. What is missing here (timeouts, interrupts, conditions,
 * guards) has the view that {@link #mutex} makes.
 *
 * <p><b>Cost.</b> Uncontended, one compare-and-set to lock and another to unlock: one more than {@code Mutex}, since an
 * unlock by a plain store would overwrite what others do to the other bits meanwhile. No allocation until a thread has
 * to wait or wakes one.
 *
 * <p>Idea: upstream's advice to put a lock beside other data into one word.
 *
 * @param field access to the field; made by {@link #of}
 * @param mask the two bits
 * @param queue the offset of the key {@code (object, queue)} under which threads wait; negative, which no other lock
 *     here uses
 */
@SuppressWarnings("exports") // a record, for its trusted fields, that only this class can make
public record LockField(FieldWord field, long mask, long queue) {
    private static final AtomicLong LAST_QUEUE = new AtomicLong();

    static {
        FieldMutex.prepare();
    }

    /**
     * For {@link #of}.
     *
     * @param field access to the field
     * @param mask the two bits
     * @param queue the offset of the key
     * @throws IllegalArgumentException if the queue is not negative
     */
    public LockField {
        Objects.requireNonNull(field, "field");
        if (queue >= 0L) {
            throw new IllegalArgumentException("the queue must be negative, but is " + queue + ": use LockField.of");
        }
    }

    /**
     * Makes a lock field.
     *
     * @param field a handle of an {@code int} or {@code long} field of an object
     * @param mask the two bits of the field that are the lock: the lower says that it is held, the higher that threads
     *     wait
     * @return a lock field with a key of its own
     * @throws IllegalArgumentException if the handle is for something else, or the mask has not two bits
     */
    public static LockField of(VarHandle field, long mask) {
        Class<?> type = field.varType();
        if (field.coordinateTypes().size() != 1 || (type != int.class && type != long.class)) {
            throw new IllegalArgumentException("a lock field is an int or long field of an object, not " + field);
        }
        if (Long.bitCount(mask) != 2 || (type == int.class && mask >>> Integer.SIZE != 0L)) {
            throw new IllegalArgumentException(
                    "the mask must have two bits of the field, but is 0x" + Long.toHexString(mask));
        }
        return new LockField(FieldWord.of(field), mask, LAST_QUEUE.decrementAndGet());
    }

    // ---- the lock of an object

    /**
     * As {@link Mutex#lock()} of an object's lock.
     *
     * @param object the object that has the field
     */
    public void lock(Object object) {
        if (Holders.RECORDED || !tryAcquire(object)) {
            mutex(object).lock();
        }
    }

    /**
     * As {@link Mutex#tryLock()} of an object's lock.
     *
     * @param object the object that has the field
     * @return whether the lock is now held by the caller
     */
    public boolean tryLock(Object object) {
        return Holders.RECORDED ? mutex(object).tryLock() : tryAcquire(object);
    }

    boolean tryAcquire(Object object) {
        while (true) {
            long now = wordOpaque(object);
            if ((now & lockedBit()) != 0L) {
                return false;
            }
            if (casWord(object, now, now | lockedBit())) {
                return true;
            }
        }
    }

    /**
     * As {@link Mutex#unlock()} of an object's lock.
     *
     * @param object the object that has the field
     * @throws IllegalMonitorStateException if the lock is free; nothing is changed
     */
    public void unlock(Object object) {
        while (true) {
            long now = wordOpaque(object);
            if (Holders.RECORDED || (now & mask) != lockedBit()) {
                unlockSlow(object);
                return;
            }
            if (casWord(object, now, now & ~lockedBit())) {
                return;
            }
        }
    }

    /** Never fails for want of memory: an unlock that has begun goes on. */
    private void unlockSlow(Object object) {
        FieldMutex view = newOrSpare(object);
        try {
            view.unlock();
        } finally {
            FieldMutex.giveBack(view);
        }
    }

    private FieldMutex newOrSpare(Object object) {
        try {
            return new FieldMutex(this, object);
        } catch (OutOfMemoryError e) {
            return FieldMutex.borrowSpare(this, object);
        }
    }

    /**
     * As {@link Mutex#isLocked()} of an object's lock.
     *
     * @param object the object that has the field
     * @return a value that may be stale when it is looked at
     */
    public boolean isLocked(Object object) {
        return (wordOpaque(object) & lockedBit()) != 0L;
    }

    /**
     * The lock of an object, with everything that a {@link Mutex} can do. All views of a lock are
     * interchangeable, and with the methods of this class, but for one thing: a guard that is closed after its hold was
     * ended in another way takes the hold of another view for its own. {@code unlockFair} looks at the queue in any
     * case, also if nobody waits. {@code bump} does not see those who are parked while another thread spins, or
     * has just been woken.
     *
     * @param object the object that has the field
     * @return a small new object
     */
    public MutualExclusionLock mutex(Object object) {
        return new FieldMutex(this, object);
    }

    // ---- access

    long lockedBit() {
        return Long.lowestOneBit(mask);
    }

    long parkedBit() {
        return Long.highestOneBit(mask);
    }

    long wordOpaque(Object object) {
        return field.readOpaque(object);
    }

    long wordVolatile(Object object) {
        return field.readVolatile(object);
    }

    boolean casWord(Object object, long expected, long value) {
        return field.cas(object, expected, value);
    }
}

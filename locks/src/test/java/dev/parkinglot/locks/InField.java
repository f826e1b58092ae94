package dev.parkinglot.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * Makes mutexes for the suites of {@link Mutex}, each in two bits of the field of an object of its own, between bits of
 * others.
 */
final class InField {
    private static final VarHandle WORD;

    /** The highest bits of the word are used, so that a lost or a spread sign would show. */
    static final LockField LOCK;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(InField.class, "word", int.class);
            LOCK = LockField.of(WORD, 1L << 31 | 1L << 15);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through WORD
    private int word = 0x7777_7777;

    private InField() {}

    static MutualExclusionLock newMutex() {
        return LOCK.mutex(new InField());
    }

    /** The same, of which a view is not made until somebody has to wait. */
    static Lock newLock() {
        return new WithoutView();
    }

    private static final class WithoutView implements Lock {
        private final InField object = new InField();

        @Override
        public void lock() {
            LOCK.lock(object);
        }

        @Override
        public void unlock() {
            LOCK.unlock(object);
        }

        @Override
        public boolean tryLock() {
            return LOCK.tryLock(object);
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return LOCK.mutex(object).tryLock(time, unit);
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            LOCK.mutex(object).lockInterruptibly();
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException();
        }
    }
}

package dev.parkinglot.locks;

import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The ways to come to a hold of a {@link RwLock}, each with all its forms, for tests that run over all of them. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
enum RwKind {
    READ(
            RwProbe.ONE_READER,
            ReadersWriterLock::lockRead,
            ReadersWriterLock::lockReadInterruptibly,
            ReadersWriterLock::tryLockRead,
            ReadersWriterLock::tryLockReadFor,
            ReadersWriterLock::tryLockReadUntil,
            ReadersWriterLock::unlockRead,
            ReadersWriterLock::read,
            ReadersWriterLock::readLock),
    READ_RECURSIVE(
            RwProbe.ONE_READER,
            ReadersWriterLock::lockReadRecursive,
            ReadersWriterLock::lockReadRecursiveInterruptibly,
            ReadersWriterLock::tryLockReadRecursive,
            ReadersWriterLock::tryLockReadRecursiveFor,
            ReadersWriterLock::tryLockReadRecursiveUntil,
            ReadersWriterLock::unlockRead,
            ReadersWriterLock::readRecursive,
            lock -> null),
    UPGRADABLE(
            RwProbe.ONE_READER | RwProbe.UPGRADABLE,
            ReadersWriterLock::lockUpgradable,
            ReadersWriterLock::lockUpgradableInterruptibly,
            ReadersWriterLock::tryLockUpgradable,
            ReadersWriterLock::tryLockUpgradableFor,
            ReadersWriterLock::tryLockUpgradableUntil,
            ReadersWriterLock::unlockUpgradable,
            ReadersWriterLock::upgradable,
            ReadersWriterLock::upgradable),
    WRITE(
            RwProbe.WRITER,
            ReadersWriterLock::lockWrite,
            ReadersWriterLock::lockWriteInterruptibly,
            ReadersWriterLock::tryLockWrite,
            ReadersWriterLock::tryLockWriteFor,
            ReadersWriterLock::tryLockWriteUntil,
            ReadersWriterLock::unlockWrite,
            ReadersWriterLock::write,
            ReadersWriterLock::writeLock),
    /** From an upgradable hold, which {@link #prepare} takes and {@link #giveUp} releases, to a write hold. */
    UPGRADE(
            RwProbe.WRITER,
            ReadersWriterLock::upgrade,
            ReadersWriterLock::upgradeInterruptibly,
            ReadersWriterLock::tryUpgrade,
            ReadersWriterLock::tryUpgradeFor,
            ReadersWriterLock::tryUpgradeUntil,
            ReadersWriterLock::unlockWrite,
            lock -> null,
            lock -> null) {
        @Override
        void prepare(ReadersWriterLock lock) {
            lock.lockUpgradable();
        }

        @Override
        void giveUp(ReadersWriterLock lock) {
            lock.unlockUpgradable();
        }
    };

    /** What the hold is in the state of the lock. */
    final int hold;

    private interface Interruptible {
        void lock(ReadersWriterLock lock) throws InterruptedException;
    }

    private final Consumer<ReadersWriterLock> lock;
    private final Interruptible lockInterruptibly;
    private final Predicate<ReadersWriterLock> tryLock;
    private final BiPredicate<ReadersWriterLock, Duration> tryLockFor;
    private final BiPredicate<ReadersWriterLock, Long> tryLockUntil;
    private final Consumer<ReadersWriterLock> unlock;
    private final Function<ReadersWriterLock, RwLockMode> mode;
    private final Function<ReadersWriterLock, Lock> view;

    RwKind(
            int hold,
            Consumer<ReadersWriterLock> lock,
            Interruptible lockInterruptibly,
            Predicate<ReadersWriterLock> tryLock,
            BiPredicate<ReadersWriterLock, Duration> tryLockFor,
            BiPredicate<ReadersWriterLock, Long> tryLockUntil,
            Consumer<ReadersWriterLock> unlock,
            Function<ReadersWriterLock, RwLockMode> mode,
            Function<ReadersWriterLock, Lock> view) {
        this.hold = hold;
        this.lock = lock;
        this.lockInterruptibly = lockInterruptibly;
        this.tryLock = tryLock;
        this.tryLockFor = tryLockFor;
        this.tryLockUntil = tryLockUntil;
        this.unlock = unlock;
        this.mode = mode;
        this.view = view;
    }

    /** What a thread must do before it can ask for this. */
    void prepare(ReadersWriterLock lock) {}

    /** Undoes {@link #prepare} when the hold was not acquired. */
    void giveUp(ReadersWriterLock lock) {}

    void lock(ReadersWriterLock lock) {
        this.lock.accept(lock);
    }

    void lockInterruptibly(ReadersWriterLock lock) throws InterruptedException {
        lockInterruptibly.lock(lock);
    }

    boolean tryLock(ReadersWriterLock lock) {
        return tryLock.test(lock);
    }

    boolean tryLockFor(ReadersWriterLock lock, Duration timeout) {
        return tryLockFor.test(lock, timeout);
    }

    boolean tryLockUntil(ReadersWriterLock lock, long deadlineNanos) {
        return tryLockUntil.test(lock, deadlineNanos);
    }

    RwLockGuard guard(ReadersWriterLock lock) {
        return mode.apply(lock).guard();
    }

    /** The same as a {@link Lock}; null if there is none. */
    Lock view(ReadersWriterLock lock) {
        return view.apply(lock);
    }

    void unlock(ReadersWriterLock lock) {
        unlock.accept(lock);
    }
}

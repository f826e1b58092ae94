package dev.parkinglot.locks;

import dev.parkinglot.testing.Delays;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One way to lock a lock of the family, for tests that run over several. */
record LockWay(String name, Attempt attempt) {
    interface Attempt {
        boolean run(ScopedLock<?> lock) throws InterruptedException;
    }

    /** As near to 292 years as a deadline may lie. */
    static final long FAR_NANOS = Long.MAX_VALUE - TimeUnit.DAYS.toNanos(1);

    private static final LockWay LOCK = new LockWay("lock", lock -> {
        lock.lock();
        return true;
    });

    private static final LockWay LOCK_INTERRUPTIBLY = new LockWay("lockInterruptibly", lock -> {
        lock.lockInterruptibly();
        return true;
    });

    private static LockWay tryLock(long time, TimeUnit unit) {
        return new LockWay("tryLock(" + time + ", " + unit + ")", lock -> lock.tryLock(time, unit));
    }

    private static LockWay tryLockFor(Duration timeout) {
        return new LockWay("tryLockFor(" + timeout + ")", lock -> lock.tryLockFor(timeout));
    }

    private static LockWay tryLockUntil(long nanosFromNow) {
        return new LockWay(
                "tryLockUntil(now + " + nanosFromNow + ")",
                lock -> lock.tryLockUntil(System.nanoTime() + nanosFromNow));
    }

    boolean lock(ScopedLock<?> lock) throws InterruptedException {
        return attempt.run(lock);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Those that go on waiting until the lock is theirs, as far as a test can see. */
    static Stream<LockWay> endless() {
        return Stream.of(
                LOCK,
                LOCK_INTERRUPTIBLY,
                tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS),
                tryLock(Long.MAX_VALUE, TimeUnit.DAYS),
                tryLockFor(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L)),
                tryLockUntil(FAR_NANOS));
    }

    static Stream<LockWay> brief() {
        long nanos = Delays.SHORT_DELAY.toNanos();
        return Stream.of(tryLock(nanos, TimeUnit.NANOSECONDS), tryLockFor(Delays.SHORT_DELAY), tryLockUntil(nanos));
    }

    static Stream<LockWay> immediate() {
        return Stream.of(
                new LockWay("tryLock", ScopedLock::tryLock),
                tryLock(0L, TimeUnit.SECONDS),
                tryLock(-1L, TimeUnit.NANOSECONDS),
                tryLock(Long.MIN_VALUE, TimeUnit.DAYS),
                tryLockFor(Duration.ZERO),
                tryLockFor(Duration.ofNanos(-1L)),
                tryLockFor(Duration.ofSeconds(Long.MIN_VALUE)),
                tryLockUntil(0L),
                tryLockUntil(-1L),
                tryLockUntil(-FAR_NANOS));
    }

    static Stream<LockWay> all() {
        return Stream.of(endless(), brief(), immediate()).flatMap(ways -> ways);
    }

    static Stream<LockWay> interruptible() {
        return Stream.of(LOCK_INTERRUPTIBLY, tryLock(Long.MAX_VALUE, TimeUnit.DAYS));
    }

    static Stream<LockWay> uninterruptible() {
        return Stream.of(LOCK, tryLockFor(Delays.LONG_DELAY), tryLockUntil(Delays.LONG_DELAY.toNanos()));
    }
}

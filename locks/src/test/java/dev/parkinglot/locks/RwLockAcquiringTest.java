package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All forms of acquiring a {@link RwLock}, in all modes, each against whatever it can have to wait for. */
class RwLockAcquiringTest extends RwLockFixture {
    private interface Attempt {
        boolean run(ReadersWriterLock lock) throws InterruptedException;
    }

    /** One form of acquiring in one mode. */
    private record Way(RwKind kind, String name, boolean interruptible, Attempt attempt) {
        @Override
        public String toString() {
            return kind + " by " + name;
        }
    }

    /** A form and what it has to wait for. */
    private record Trial(Way way, RwKind blocker) {
        RwKind kind() {
            return way.kind;
        }

        boolean acquire(ReadersWriterLock lock) throws InterruptedException {
            return way.attempt.run(lock);
        }

        /** In which queue it waits. */
        long queue() {
            return blocker == RwKind.READ ? RwProbe.DRAIN : RwProbe.MAIN;
        }

        /** The mark of that queue. */
        int mark() {
            return queue() == RwProbe.DRAIN ? RwProbe.DRAINING : RwProbe.PARKED;
        }

        void set(ReadersWriterLock lock) {
            kind().prepare(lock);
            blocker.lock(lock);
        }

        /** In this order, so that a reader who blocked is the last to leave, and takes the mark away. */
        void undo(ReadersWriterLock lock) {
            kind().giveUp(lock);
            blocker.unlock(lock);
        }

        /** Of the test's own hold: to upgrade it is to end it. */
        void assumeThatAnotherThreadMay() {
            if (kind() == RwKind.UPGRADE) {
                Checks.assumeThatAnyThreadMayUnlock();
            }
        }

        @Override
        public String toString() {
            return way + " against " + blocker;
        }
    }

    private static Way until(RwKind kind, long nanosFromNow) {
        return new Way(
                kind,
                "tryLockUntil(now + " + nanosFromNow + ")",
                false,
                lock -> kind.tryLockUntil(lock, System.nanoTime() + nanosFromNow));
    }

    private static Way within(RwKind kind, Duration timeout) {
        return new Way(kind, "tryLockFor(" + timeout + ")", false, lock -> kind.tryLockFor(lock, timeout));
    }

    private static List<Way> endless(RwKind kind) {
        List<Way> ways = new ArrayList<>();
        ways.add(new Way(kind, "lock", false, lock -> {
            kind.lock(lock);
            return true;
        }));
        ways.add(new Way(kind, "lockInterruptibly", true, lock -> {
            kind.lockInterruptibly(lock);
            return true;
        }));
        ways.add(within(kind, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999L)));
        ways.add(within(kind, Duration.ofNanos(Long.MAX_VALUE)));
        ways.add(within(kind, Delays.LONG_DELAY));
        ways.add(until(kind, LockWay.FAR_NANOS));
        if (hasView(kind)) {
            ways.add(new Way(kind, "view.lock", false, lock -> {
                kind.view(lock).lock();
                return true;
            }));
            ways.add(new Way(kind, "view.lockInterruptibly", true, lock -> {
                kind.view(lock).lockInterruptibly();
                return true;
            }));
            ways.add(viewTryLock(kind, Long.MAX_VALUE, TimeUnit.NANOSECONDS));
            ways.add(viewTryLock(kind, Long.MAX_VALUE, TimeUnit.DAYS));
        }
        return ways;
    }

    private static List<Way> brief(RwKind kind) {
        List<Way> ways = new ArrayList<>();
        ways.add(within(kind, Delays.SHORT_DELAY));
        ways.add(until(kind, Delays.SHORT_DELAY.toNanos()));
        if (hasView(kind)) {
            ways.add(viewTryLock(kind, Delays.SHORT_DELAY.toNanos(), TimeUnit.NANOSECONDS));
        }
        return ways;
    }

    private static List<Way> immediate(RwKind kind) {
        List<Way> ways = new ArrayList<>();
        ways.add(new Way(kind, "tryLock", false, kind::tryLock));
        ways.add(within(kind, Duration.ZERO));
        ways.add(within(kind, Duration.ofNanos(-1L)));
        ways.add(within(kind, Duration.ofSeconds(Long.MIN_VALUE)));
        ways.add(until(kind, 0L));
        ways.add(until(kind, -1L));
        ways.add(until(kind, -LockWay.FAR_NANOS));
        if (hasView(kind)) {
            ways.add(
                    new Way(kind, "view.tryLock", false, lock -> kind.view(lock).tryLock()));
            ways.add(viewTryLock(kind, 0L, TimeUnit.SECONDS));
            ways.add(viewTryLock(kind, -1L, TimeUnit.NANOSECONDS));
            ways.add(viewTryLock(kind, Long.MIN_VALUE, TimeUnit.DAYS));
        }
        return ways;
    }

    private static Way viewTryLock(RwKind kind, long time, TimeUnit unit) {
        return new Way(
                kind,
                "view.tryLock(" + time + ", " + unit + ")",
                true,
                lock -> kind.view(lock).tryLock(time, unit));
    }

    private static boolean hasView(RwKind kind) {
        return kind.view(new RwLock()) != null;
    }

    private static Stream<Trial> trials(Way way) {
        List<RwKind> blockers = switch (way.kind) {
            case READ, READ_RECURSIVE -> List.of(RwKind.WRITE);
            case UPGRADABLE -> List.of(RwKind.WRITE, RwKind.UPGRADABLE);
            case WRITE -> List.of(RwKind.WRITE, RwKind.UPGRADABLE, RwKind.READ);
            case UPGRADE -> List.of(RwKind.READ);
        };
        return blockers.stream().map(blocker -> new Trial(way, blocker));
    }

    private static Stream<Way> kinds(Function<RwKind, List<Way>> ways) {
        return Arrays.stream(RwKind.values()).flatMap(kind -> ways.apply(kind).stream());
    }

    static Stream<Way> allWays() {
        return Stream.of(
                        kinds(RwLockAcquiringTest::endless),
                        kinds(RwLockAcquiringTest::brief),
                        kinds(RwLockAcquiringTest::immediate))
                .flatMap(ways -> ways);
    }

    static Stream<Way> interruptibleWays() {
        return allWays().filter(Way::interruptible);
    }

    static Stream<Way> uninterruptibleWays() {
        return allWays().filter(way -> !way.interruptible());
    }

    static Stream<Trial> endlessTrials() {
        return kinds(RwLockAcquiringTest::endless).flatMap(RwLockAcquiringTest::trials);
    }

    static Stream<Trial> interruptibleTrials() {
        return endlessTrials().filter(trial -> trial.way.interruptible());
    }

    static Stream<Trial> uninterruptibleTrials() {
        return endlessTrials().filter(trial -> !trial.way.interruptible());
    }

    static Stream<Trial> briefTrials() {
        return kinds(RwLockAcquiringTest::brief).flatMap(RwLockAcquiringTest::trials);
    }

    static Stream<Trial> immediateTrials() {
        return kinds(RwLockAcquiringTest::immediate).flatMap(RwLockAcquiringTest::trials);
    }

    // ---- free, or held by others

    @ParameterizedTest
    @MethodSource("allWays")
    void aFreeLockIsAcquiredAtOnce(Way way) throws InterruptedException {
        way.kind.prepare(lock);
        assertTrue(way.attempt.run(lock));
        assertEquals(way.kind.hold, RwProbe.state(lock));
        way.kind.unlock(lock);
    }

    @ParameterizedTest
    @MethodSource("immediateTrials")
    void aHeldLockIsRefusedAtOnceWithoutSpinningOrParking(Trial trial) throws InterruptedException {
        trial.set(lock);
        // Only the slow path spins, and it always ends in the lot, which would take the mark away.
        RwProbe.mark(lock, trial.mark());
        int before = RwProbe.state(lock);
        assertFalse(trial.acquire(lock));
        assertEquals(before, RwProbe.state(lock));
        trial.undo(lock);
    }

    @ParameterizedTest
    @MethodSource("briefTrials")
    void aTimeoutIsNotEarlyAndLeavesTheLockAsItWas(Trial trial) throws InterruptedException {
        trial.set(lock);
        int before = RwProbe.state(lock);
        long deadline = System.nanoTime() + Delays.SHORT_DELAY.toNanos();
        assertFalse(trial.acquire(lock));
        assertTrue(System.nanoTime() - deadline >= 0L, "too early");
        assertEquals(before, RwProbe.state(lock), "what was announced or claimed is taken back");
        trial.undo(lock);
    }

    @ParameterizedTest
    @MethodSource("endlessTrials")
    void aWaiterGetsTheLockWhenTheWayIsFree(Trial trial) {
        trial.assumeThatAnotherThreadMay();
        for (ThreadKind threadKind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(threadKind)) {
                AtomicBoolean free = new AtomicBoolean();
                trial.set(lock);
                RwProbe.startQueued(threads, lock, trial.queue(), "waiter", () -> {
                    assertTrue(trial.acquire(lock));
                    assertTrue(free.get(), "acquired too early");
                    assertEquals(trial.kind().hold, RwProbe.state(lock));
                    trial.kind().unlock(lock);
                });
                free.set(true);
                trial.blocker.unlock(lock);
            }
            RwProbe.assertIdle(lock);
        }
    }

    @ParameterizedTest
    @EnumSource(RwKind.class)
    void timeoutsAndUnitsMustBeGiven(RwKind kind) {
        kind.prepare(lock);
        int before = RwProbe.state(lock);
        assertThrows(NullPointerException.class, () -> kind.tryLockFor(lock, null));
        if (hasView(kind)) {
            assertThrows(NullPointerException.class, () -> kind.view(lock).tryLock(1L, null));
        }
        assertEquals(before, RwProbe.state(lock));
        kind.giveUp(lock);
    }

    @Test
    void theBlockerOfAWaiterIsTheLock(TestThreads threads) {
        lock.lockRead();
        Thread drainer = RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "drainer", () -> lock.runWrite(() -> {}));
        Thread reader = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "reader", () -> lock.runRead(() -> {}));
        TestThreads.await("the blocker of the drainer", () -> Blockers.isBlocker(drainer, lock.base()));
        TestThreads.await("the blocker of the reader", () -> Blockers.isBlocker(reader, lock.base()));
        lock.unlockRead();
    }

    @Test
    void aWokenThreadThatIsKeptOutReturnsToTheFrontWithItsAge(TestThreads threads) {
        lock.lockWrite();
        Thread first = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "first", () -> lock.runWrite(() -> {}));
        Thread second = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "second", () -> lock.runRead(() -> {}));
        long parkedBefore = System.nanoTime();
        lock.unparkOne(lock, RwProbe.MAIN, (context, parkToken, result) -> CondvarLock.RETRY);
        RwProbe.awaitQueue(lock, RwProbe.MAIN, first, second);
        ParkedThread front = lock.parkedThreads().findFirst().orElseThrow();
        assertTrue(front.sinceNanos() - parkedBefore <= 0L);
        lock.unlockWrite();
    }

    // ---- interrupts

    @ParameterizedTest
    @MethodSource("interruptibleWays")
    void aPendingInterruptPreventsAnInterruptibleFormEvenIfTheLockIsFree(Way way) {
        way.kind.prepare(lock);
        int before = RwProbe.state(lock);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> way.attempt.run(lock));
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(before, RwProbe.state(lock));
        way.kind.giveUp(lock);
    }

    @ParameterizedTest
    @MethodSource("interruptibleTrials")
    void aPendingInterruptIsSeenBeforeTheQueue(Trial trial) {
        trial.set(lock);
        RwProbe.mark(lock, trial.mark());
        int before = RwProbe.state(lock);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> trial.acquire(lock));
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(before, RwProbe.state(lock), "a park that gives up would have taken the mark away");
        trial.undo(lock);
    }

    @ParameterizedTest
    @MethodSource("interruptibleTrials")
    void anInterruptEndsAnInterruptibleWaitAndLeavesTheLockAsItWas(Trial trial) {
        for (ThreadKind threadKind : ThreadKind.available()) {
            try (TestThreads threads = new TestThreads(threadKind)) {
                trial.set(lock);
                int before = RwProbe.state(lock);
                Thread waiter = RwProbe.startQueued(threads, lock, trial.queue(), "waiter", () -> {
                    assertThrows(InterruptedException.class, () -> trial.acquire(lock));
                    assertFalse(Thread.currentThread().isInterrupted());
                });
                waiter.interrupt();
                TestThreads.join(waiter);
                assertEquals(before, RwProbe.state(lock), "what was announced or claimed is taken back");
                trial.undo(lock);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleWays")
    void aPendingInterruptStaysPendingInAnUninterruptibleForm(Way way) throws InterruptedException {
        way.kind.prepare(lock);
        Thread.currentThread().interrupt();
        assertTrue(way.attempt.run(lock));
        assertTrue(Thread.interrupted());
        way.kind.unlock(lock);
    }

    @ParameterizedTest
    @MethodSource("uninterruptibleTrials")
    void anInterruptNeitherEndsAnUninterruptibleWaitNorIsItLost(Trial trial) {
        trial.assumeThatAnotherThreadMay();
        for (ThreadKind threadKind : ThreadKind.available()) {
            for (boolean pendingBefore : new boolean[] {true, false}) {
                try (TestThreads threads = new TestThreads(threadKind)) {
                    AtomicBoolean free = new AtomicBoolean();
                    trial.set(lock);
                    Thread waiter = RwProbe.startQueued(threads, lock, trial.queue(), "waiter", () -> {
                        if (pendingBefore) {
                            Thread.currentThread().interrupt();
                        }
                        assertTrue(trial.acquire(lock));
                        assertTrue(free.get(), "acquired too early");
                        assertTrue(Thread.currentThread().isInterrupted());
                        trial.kind().unlock(lock);
                    });
                    if (!pendingBefore) {
                        waiter.interrupt();
                    }
                    // The parker takes the flag away in order to sleep, and gives it back when it leaves.
                    TestThreads.awaitInterruptNoticed(waiter);
                    RwProbe.awaitQueue(lock, trial.queue(), waiter);
                    free.set(true);
                    trial.blocker.unlock(lock);
                }
                RwProbe.assertIdle(lock);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("briefTrials")
    void anUninterruptibleWaitThatTimesOutKeepsTheInterruptPending(Trial trial) throws InterruptedException {
        if (trial.way.interruptible) {
            return;
        }
        trial.set(lock);
        Thread.currentThread().interrupt();
        assertFalse(trial.acquire(lock));
        assertTrue(Thread.interrupted());
        trial.undo(lock);
    }
}

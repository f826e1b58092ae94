package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may hold a {@link RwLock} together, who waits where, and who is woken by what. */
class RwLockTransitionsTest extends RwLockFixture {
    // ---- who may hold it together, and who waits where

    private enum Standing {
        READ,
        UPGRADABLE,
        CLAIMED_BY_WRITER,
        CLAIMED_BY_UPGRADER,
        WRITE
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Standing.values())
                .flatMap(standing -> Stream.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)
                        .map(wanted -> Arguments.of(standing, wanted)));
    }

    private static boolean isAdmitted(Standing standing, RwKind wanted) {
        return switch (standing) {
            case READ -> wanted != RwKind.WRITE;
            case UPGRADABLE -> wanted == RwKind.READ || wanted == RwKind.READ_RECURSIVE;
            case CLAIMED_BY_WRITER, CLAIMED_BY_UPGRADER -> wanted == RwKind.READ_RECURSIVE;
            case WRITE -> false;
        };
    }

    private void set(Standing standing, TestThreads threads) {
        switch (standing) {
            case READ -> lock.lockRead();
            case UPGRADABLE -> lock.lockUpgradable();
            case WRITE -> lock.lockWrite();
            case CLAIMED_BY_WRITER -> {
                lock.lockRead();
                RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "claimer", () -> lock.runWrite(() -> {}));
            }
            case CLAIMED_BY_UPGRADER -> {
                lock.lockRead();
                RwProbe.startQueued(threads, lock, RwProbe.DRAIN, "claimer", () -> {
                    lock.lockUpgradable();
                    lock.upgrade();
                    lock.unlockWrite();
                });
            }
        }
    }

    private void undo(Standing standing) {
        switch (standing) {
            case READ, CLAIMED_BY_WRITER, CLAIMED_BY_UPGRADER -> lock.unlockRead();
            case UPGRADABLE -> lock.unlockUpgradable();
            case WRITE -> lock.unlockWrite();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void eachPairOfModesIsAdmittedTogetherOrWaitsInItsQueue(Standing standing, RwKind wanted, TestThreads threads) {
        boolean isAdmitted = isAdmitted(standing, wanted);
        set(standing, threads);
        int before = RwProbe.state(lock);
        assertEquals(isAdmitted, wanted.tryLock(lock));
        if (isAdmitted) {
            assertEquals(before + wanted.hold, RwProbe.state(lock));
            wanted.unlock(lock);
        } else {
            assertEquals(before, RwProbe.state(lock));
            long queue = standing == Standing.READ ? RwProbe.DRAIN : RwProbe.MAIN;
            Thread waiter = RwProbe.startQueued(threads, lock, queue, "waiter", () -> {
                wanted.lock(lock);
                wanted.unlock(lock);
            });
            RwProbe.awaitQueue(lock, queue, waiter);
        }
        undo(standing);
    }

    // ---- one wake at a time

    /** A writer that was woken and is on its way wakes the others when it leaves, so nobody else need. */
    @Test
    void aReleaseWakesNobodyWhileAWriterThatWasWokenIsOnItsWay(TestThreads threads) {
        lock.lockWrite();
        Thread waiter = RwProbe.startQueued(threads, lock, RwProbe.MAIN, "waiter", () -> lock.runWrite(() -> {}));
        RwProbe.mark(lock, RwProbe.WOKEN); // as if there were one
        lock.unlockWrite();
        assertEquals(List.of(waiter), RwProbe.queueOf(lock, RwProbe.MAIN));
        lock.lockWrite();
        Access.WRITE.wakeLost(lock, CondvarLock.RETRY, new Error("it could not come"));
        lock.unlockWrite();
    }

    @Test
    void aWakeThatIsLostIsPassedOnAndAHandOverReleased(TestThreads threads) {
        for (Access mode : Access.values()) {
            lock.lockWrite();
            RwProbe.startQueued(threads, lock, RwProbe.MAIN, "waiter", () -> lock.runUpgradable(() -> {}));
            RwProbe.setState(lock, mode.hold | RwProbe.PARKED); // handed over to a thread that cannot go on
            mode.wakeLost(lock, CondvarLock.HANDOFF, new Error("it cannot go on"));
            if (mode.hold == RwProbe.ONE_READER) {
                mode.wakeLost(lock, CondvarLock.RETRY, new Error("nor can this one"));
            }
            threads.join();
            RwProbe.assertIdle(lock);
        }
    }

    // ---- who is woken by what

    /** What ends or weakens a hold, or gives up a claim. */
    private enum Event {
        UNLOCK_WRITE,
        UNLOCK_WRITE_FAIR,
        DOWNGRADE,
        DOWNGRADE_TO_UPGRADABLE,
        UNLOCK_UPGRADABLE,
        UNLOCK_UPGRADABLE_FAIR,
        DOWNGRADE_UPGRADABLE,
        WRITER_INTERRUPTED,
        WRITER_TIMED_OUT,
        UPGRADER_INTERRUPTED,
        UPGRADER_TIMED_OUT,
        READER_BUT_NOT_THE_LAST,
        LAST_READER;

        boolean handsOver() {
            return this == UNLOCK_WRITE_FAIR || this == UNLOCK_UPGRADABLE_FAIR;
        }

        /** Whether another thread has claimed the lock before, beside a reader, which is the test itself. */
        boolean needsClaimer() {
            return switch (this) {
                case WRITER_INTERRUPTED,
                        WRITER_TIMED_OUT,
                        UPGRADER_INTERRUPTED,
                        UPGRADER_TIMED_OUT,
                        READER_BUT_NOT_THE_LAST,
                        LAST_READER -> true;
                default -> false;
            };
        }

        /** Whether what happens is that the claimer gives up, which is no unlock. */
        boolean isGivenUp() {
            return isTimeout() || this == WRITER_INTERRUPTED || this == UPGRADER_INTERRUPTED;
        }

        boolean isTimeout() {
            return this == WRITER_TIMED_OUT || this == UPGRADER_TIMED_OUT;
        }
    }

    /**
     * An event and the main queue before it: R for a reader, C for a recursive one, U for upgradable, W for a writer.
     * In upper case those who are woken, in lower case those who stay.
     */
    private record Row(Event event, String queue) {
        /** Whether those who are woken cannot all have the lock together, so that some may come back to the queue. */
        boolean isContended() {
            return !event.handsOver() && queue.contains("W") && (queue.contains("R") || queue.contains("C"));
        }

        @Override
        public String toString() {
            return event + " " + queue;
        }
    }

    static Stream<Row> rows() {
        List<Row> rows = new ArrayList<>();
        // All readers up to the first writer, that writer, and at most one upgradable; who waits for that one keeps
        // nobody out.
        String[] all = {
            "R", "C", "U", "W", "RRCR", "RW", "RWr", "RCWurw", "Wr", "Ww", "Wu", "Uw", "Uu", "UwR", "UuwRC", "RUwuRwC"
        };
        for (String queue : all) {
            rows.add(new Row(Event.UNLOCK_WRITE, queue));
            rows.add(new Row(Event.UNLOCK_WRITE_FAIR, queue));
            rows.add(new Row(Event.DOWNGRADE, queue));
        }
        // A writer that claims the lock beside readers wakes the recursive ones behind it.
        for (String queue : new String[] {"RWC", "RWrC", "CWuCwrC"}) {
            rows.add(new Row(Event.UNLOCK_WRITE_FAIR, queue));
            rows.add(new Row(Event.DOWNGRADE, queue));
        }
        rows.add(new Row(Event.DOWNGRADE, "WC"));
        rows.add(new Row(Event.DOWNGRADE, "WrCC"));
        for (String queue : new String[] {"R", "C", "u", "w", "wu", "RRCR", "wR", "uR", "RuCwRwC"}) {
            rows.add(new Row(Event.DOWNGRADE_TO_UPGRADABLE, queue));
        }
        for (String queue : new String[] {"U", "W", "Uu", "Uw", "Uwuw", "Wu", "Wwu"}) {
            rows.add(new Row(Event.UNLOCK_UPGRADABLE, queue));
            rows.add(new Row(Event.UNLOCK_UPGRADABLE_FAIR, queue));
            rows.add(new Row(Event.DOWNGRADE_UPGRADABLE, queue));
        }
        for (String queue : new String[] {"R", "U", "W", "RR", "RW", "RRWr", "Wr", "Wwr", "Uw", "UwR", "RUwuR"}) {
            rows.add(new Row(Event.WRITER_INTERRUPTED, queue));
            rows.add(new Row(Event.WRITER_TIMED_OUT, queue));
        }
        for (String queue : new String[] {"R", "u", "w", "RR", "wR", "uwRwuR"}) {
            rows.add(new Row(Event.UPGRADER_INTERRUPTED, queue));
            rows.add(new Row(Event.UPGRADER_TIMED_OUT, queue));
        }
        for (String queue : new String[] {"", "r", "u", "w", "ruw"}) {
            rows.add(new Row(Event.READER_BUT_NOT_THE_LAST, queue));
            rows.add(new Row(Event.LAST_READER, queue));
        }
        return rows.stream();
    }

    /** The lock and all who have to do with it, for one row. */
    private static final class Scene implements AutoCloseable {
        private final Row row;
        private final ReadersWriterLock lock;
        private final Duration claimerTimeout;
        private final TestThreads threads = new TestThreads();
        private final CountDownLatch over = new CountDownLatch(1);
        private final List<Waiter> waiters = new ArrayList<>();
        private volatile boolean hasGivenUp;
        private Thread claimer;

        Scene(Row row, ReadersWriterLock lock, Duration claimerTimeout) {
            this.row = row;
            this.lock = lock;
            this.claimerTimeout = claimerTimeout;
        }

        private final class Waiter {
            final RwKind kind;
            final boolean stays;
            final Thread thread;
            volatile boolean holds;

            Waiter(char letter) {
                this.kind = kindOf(letter);
                this.stays = Character.isLowerCase(letter);
                this.thread = threads.start(letter + "-" + waiters.size(), () -> {
                    kind.lock(lock);
                    holds = true;
                    over.await();
                    kind.unlock(lock);
                });
            }

            boolean isIn(long queue) {
                return RwProbe.queueOf(lock, queue).contains(thread);
            }

            boolean isSettled() {
                return holds || isIn(RwProbe.MAIN) || isIn(RwProbe.DRAIN);
            }
        }

        private static RwKind kindOf(char letter) {
            return switch (Character.toUpperCase(letter)) {
                case 'R' -> RwKind.READ;
                case 'C' -> RwKind.READ_RECURSIVE;
                case 'U' -> RwKind.UPGRADABLE;
                default -> RwKind.WRITE;
            };
        }

        /** Whether all are in their places; false if the claimer's time was over too soon. */
        boolean setUp() {
            switch (row.event) {
                case UNLOCK_WRITE, UNLOCK_WRITE_FAIR, DOWNGRADE, DOWNGRADE_TO_UPGRADABLE -> lock.lockWrite();
                case UNLOCK_UPGRADABLE, UNLOCK_UPGRADABLE_FAIR, DOWNGRADE_UPGRADABLE -> lock.lockUpgradable();
                default -> {
                    lock.lockRead();
                    if (row.event == Event.READER_BUT_NOT_THE_LAST) {
                        lock.lockRead();
                    }
                    claimer = threads.start("claimer", this::claim);
                    TestThreads.await(
                            "the claimer waits, or has waited",
                            () -> hasGivenUp
                                    || RwProbe.queueOf(lock, RwProbe.DRAIN).contains(claimer));
                }
            }
            for (char letter : row.queue.toCharArray()) {
                Waiter waiter = new Waiter(letter);
                waiters.add(waiter);
                TestThreads.await(waiter.thread + " is settled", waiter::isSettled);
            }
            return !row.event.isTimeout()
                    || RwProbe.queueOf(lock, RwProbe.DRAIN).contains(claimer);
        }

        private void claim() throws InterruptedException {
            boolean upgrades = row.event == Event.UPGRADER_INTERRUPTED || row.event == Event.UPGRADER_TIMED_OUT;
            RwKind kind = upgrades ? RwKind.UPGRADE : RwKind.WRITE;
            kind.prepare(lock);
            switch (row.event) {
                case WRITER_TIMED_OUT, UPGRADER_TIMED_OUT -> assertFalse(kind.tryLockFor(lock, claimerTimeout));
                case WRITER_INTERRUPTED, UPGRADER_INTERRUPTED ->
                    assertThrows(InterruptedException.class, () -> kind.lockInterruptibly(lock));
                default -> {
                    lock.lockWrite();
                    hasGivenUp = true; // or rather the contrary
                    over.await();
                    lock.unlockWrite();
                    return;
                }
            }
            hasGivenUp = true;
            over.await();
            kind.giveUp(lock);
        }

        /** On a thread of its own, since it must not wait, and should be found out if it does. */
        void happen() {
            TestThreads.join(threads.start("event", this::happenHere));
        }

        private void happenHere() {
            switch (row.event) {
                case UNLOCK_WRITE -> lock.unlockWrite();
                case UNLOCK_WRITE_FAIR -> lock.unlockWriteFair();
                case DOWNGRADE -> lock.downgrade();
                case DOWNGRADE_TO_UPGRADABLE -> lock.downgradeToUpgradable();
                case UNLOCK_UPGRADABLE -> lock.unlockUpgradable();
                case UNLOCK_UPGRADABLE_FAIR -> lock.unlockUpgradableFair();
                case DOWNGRADE_UPGRADABLE -> lock.downgradeUpgradable();
                case WRITER_INTERRUPTED, UPGRADER_INTERRUPTED -> claimer.interrupt();
                case WRITER_TIMED_OUT, UPGRADER_TIMED_OUT -> {
                    // comes by itself
                }
                case READER_BUT_NOT_THE_LAST, LAST_READER -> lock.unlockRead();
            }
        }

        void check() {
            if (row.event == Event.READER_BUT_NOT_THE_LAST) {
                RwProbe.awaitQueue(lock, RwProbe.DRAIN, claimer);
            } else if (row.event.needsClaimer()) {
                TestThreads.await("the claimer is through", () -> hasGivenUp);
            }
            for (Waiter waiter : waiters) {
                TestThreads.await(waiter.thread + " is settled", waiter::isSettled);
            }
            List<Thread> staying = waiters.stream()
                    .filter(waiter -> waiter.stays)
                    .map(waiter -> waiter.thread)
                    .toList();
            List<Thread> queue = RwProbe.queueOf(lock, RwProbe.MAIN);
            // One that was woken and lost the race returns to the front.
            assertEquals(staying, queue.stream().filter(staying::contains).toList(), "left in the queue, in order");
            if (!row.isContended()) {
                assertEquals(staying, queue, "left in the queue");
                for (Waiter waiter : waiters) {
                    boolean drains = !waiter.stays && waiter.kind == RwKind.WRITE && waiter.isIn(RwProbe.DRAIN);
                    assertEquals(!waiter.stays, waiter.holds || drains, () -> waiter.thread + " holds or drains");
                }
            }
        }

        /** All leave. That all come to their hold before is what this is about. */
        @Override
        public void close() {
            over.countDown();
            switch (row.event) {
                case DOWNGRADE, DOWNGRADE_UPGRADABLE -> lock.unlockRead();
                case DOWNGRADE_TO_UPGRADABLE -> lock.unlockUpgradable();
                case WRITER_INTERRUPTED, WRITER_TIMED_OUT, UPGRADER_INTERRUPTED, UPGRADER_TIMED_OUT ->
                    lock.unlockRead();
                case READER_BUT_NOT_THE_LAST -> lock.unlockRead();
                default -> {
                    // nothing is left to release
                }
            }
            threads.close();
            for (Waiter waiter : waiters) {
                assertTrue(waiter.holds, () -> waiter.thread + " never had its turn");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyEventWakesWhomItMust(Row row) {
        if (!row.event.isGivenUp()) {
            Checks.assumeThatAnyThreadMayUnlock();
        }
        boolean done = false;
        // A timeout may be over before all are in their places: then again, with more time.
        for (int attempt = 1; !done; attempt++) {
            try (Scene scene = new Scene(row, lock, Delays.SHORT_DELAY.multipliedBy((long) attempt * attempt))) {
                done = scene.setUp();
                if (done) {
                    scene.happen();
                    scene.check();
                }
            }
            RwProbe.assertIdle(lock);
        }
    }
}

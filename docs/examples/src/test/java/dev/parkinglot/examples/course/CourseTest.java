package dev.parkinglot.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.Scenario;
import dev.parkinglot.testkit.Schedules;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each lock of the course gets right, and what the one before it gets wrong. */
class CourseTest {
    /** Every step is a stop, and every kind of waiting is a stop that ends when the condition holds. */
    // region:driven
    private record Driven(DrivenLot lot) implements Steps {
        @Override
        public void step(String where) {
            lot.stop(where);
        }

        @Override
        public void spin(BooleanSupplier untilThen) {
            lot.stopUntil("spins", untilThen);
        }

        @Override
        public void giveWay(BooleanSupplier untilThen) {
            lot.stopUntil("yields", untilThen);
        }

        @Override
        public void sleep(BooleanSupplier woken) {
            lot.stopUntil("sleeps", woken);
        }
    }
    // end

    // region:inTurn
    /** So many threads lock once each; never are two inside, and all come to their end. */
    private static Scenario inTurn(int threads, Supplier<CourseLock> kind) {
        return lot -> {
            CourseLock lock = kind.get();
            lock.steps = new Driven(lot);
            AtomicInteger inside = new AtomicInteger();
            for (int i = 0; i < threads; i++) {
                lot.thread("T" + i, () -> {
                    lock.lock();
                    assertEquals(1, inside.incrementAndGet(), "threads inside");
                    lot.stop("inside");
                    inside.decrementAndGet();
                    lock.unlock();
                });
            }
            return () -> Schedules.requireAllEnded(lot);
        };
    }
    // end

    // region:behind
    /** One is inside, and so many wait behind it: what can happen from there on. */
    private static Scenario behind(int waiters, Supplier<CourseLock> kind) {
        return lot -> {
            CourseLock lock = kind.get();
            lock.steps = new Driven(lot);
            lot.thread("holder", () -> {
                        lock.lock();
                        lot.stop("inside");
                        lock.unlock();
                    })
                    .step();
            for (int i = 0; i < waiters; i++) {
                lot.start("waiter " + i, () -> {
                    lock.lock();
                    lock.unlock();
                });
            }
            return () -> Schedules.requireAllEnded(lot);
        };
    }
    // end

    /** Two are inside, or somebody is left waiting; a scenario that has too many orders, or no end, does not count. */
    private static void assertFails(Scenario scenario) {
        AssertionError error = assertThrows(AssertionError.class, () -> Schedules.all(scenario));
        assertNotNull(error.getCause(), error::toString);
        assertFalse(error.getCause().getMessage().contains("without end"), error::toString);
    }

    static Stream<Arguments> locks() {
        List<Supplier<CourseLock>> kinds = List.of(
                SpinLock::new,
                TicketLock::new,
                YieldLock::new,
                ParkLock::new,
                FutexMutex::new,
                WordQueueLock::new,
                LotMutex::new,
                () -> new OneZeroMutex(new OneZeroMutex.Real()));
        return kinds.stream()
                .flatMap(kind -> ThreadKind.available().stream().map(threads -> Arguments.of(kind, threads)));
    }

    @ParameterizedTest
    @MethodSource("locks")
    void allOfThemAreLocks(Supplier<CourseLock> kind, ThreadKind threadKind) {
        CourseLock lock = kind.get();
        long[] count = new long[1];
        try (TestThreads threads = new TestThreads(threadKind)) {
            threads.start(3, "locker", () -> {
                for (int i = 0; i < 300; i++) {
                    lock.lock();
                    count[0]++;
                    lock.unlock();
                    if (i % 10 == 0) {
                        TestThreads.letOthersRun();
                    }
                }
            });
        }
        assertEquals(900L, count[0]);
    }

    // ---- 1. spin

    // region:checkSpin
    @Test
    void lookingAndTakingMustBeOneStep() {
        assertFails(inTurn(2, BrokenLock::new));
        Schedules.all(inTurn(2, SpinLock::new));
    }
    // end

    // ---- 2. ticket

    // region:checkTicket
    /** One waits; another comes later, twice. Who is inside how often before the one that waits? */
    private static int passedBy(CourseLock lock) {
        try (DrivenLot lot = new DrivenLot()) {
            lock.steps = new Driven(lot);
            AtomicInteger passes = new AtomicInteger();
            DrivenThread holder = lot.thread("holder", () -> {
                lock.lock();
                lot.stop("inside");
                lock.unlock();
            });
            holder.step();
            DrivenThread waiter = lot.start("waiter", lock::lock);
            holder.run();
            DrivenThread passer = lot.start("passer", () -> {
                for (int i = 0; i < 2; i++) {
                    lock.lock();
                    passes.incrementAndGet();
                    lock.unlock();
                }
            });
            assertEquals(passer.hasEnded(), passes.get() == 2);
            assertTrue(waiter.canRun() || passes.get() == 0);
            return passes.get();
        }
    }

    @Test
    void whoeverDrawsANumberIsNotPassedBy() {
        Schedules.all(inTurn(2, TicketLock::new));
        assertEquals(2, passedBy(new SpinLock()));
        assertEquals(0, passedBy(new TicketLock()));
    }
    // end

    // region:solutionTicket
    @Test
    void aFreeTicketLockIsNotForWhoeverWantsIt() {
        try (DrivenLot lot = new DrivenLot()) {
            TicketLock lock = new TicketLock();
            lock.steps = new Driven(lot);
            DrivenThread holder = lot.thread("holder", () -> {
                lock.lock();
                lot.stop("inside");
                lock.unlock();
            });
            holder.step();
            DrivenThread slow = lot.start("slow", lock::lock); // draws a number, and waits
            DrivenThread third = lot.start("third", lock::lock); // draws the next one
            holder.run(); // unlocks: now nobody holds the lock
            assertTrue(slow.canRun()); // its number is called, but it is not let go
            assertFalse(third.canRun());
        }
    }
    // end

    // ---- 3. yield

    // region:checkYield
    /** How often a thread looks at a lock that another one holds. */
    private static int looks(CourseLock lock, int enough) {
        AtomicInteger looks = new AtomicInteger();
        lock.lock();
        lock.steps = new Steps() {
            @Override
            public void spin(BooleanSupplier untilThen) {
                looks.incrementAndGet();
            }

            @Override
            public void giveWay(BooleanSupplier untilThen) {
                looks.incrementAndGet();
                Thread.yield();
            }

            @Override
            public void sleep(BooleanSupplier woken) {
                looks.incrementAndGet();
                Steps.super.sleep(woken);
            }
        };
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", lock::lock);
            TestThreads.await("it has looked often, or sleeps", () -> {
                return looks.get() >= enough || waiter.getState() == Thread.State.WAITING;
            });
            lock.unlock();
        }
        return looks.get();
    }

    @Test
    void onlyWhoeverSleepsDoesNotLookAgainAndAgain() {
        Schedules.all(inTurn(2, YieldLock::new));
        assertTrue(looks(new SpinLock(), 100_000) >= 100_000);
        assertTrue(looks(new YieldLock(), 100_000) >= 100_000);
        assertEquals(1, looks(new ParkLock(), 100_000));
    }
    // end

    // ---- 4. park

    // region:checkPark
    @Test
    void whoeverGoesToBedLooksOnceMore() {
        assertFails(inTurn(2, ForgetfulParkLock::new));
        Schedules.all(behind(2, ParkLock::new));
        Schedules.all(inTurn(2, ParkLock::new));
    }
    // end

    // ---- 5. futex

    // region:forgetfulFutex
    /** One that forgets that others may sleep, too. */
    private static final class ForgetfulFutexMutex extends FutexMutex {
        @Override
        int markAfterSleep() {
            return HELD;
        }
    }
    // end

    // region:checkFutex
    @Test
    void whoeverHasSleptTakesTheLockAsAwaited() {
        assertFails(behind(2, ForgetfulFutexMutex::new));
        Schedules.all(behind(2, FutexMutex::new));
        Schedules.all(inTurn(2, FutexMutex::new));
    }
    // end

    // ---- 6. a queue in a word

    // region:blind
    /** One that pushes without looking whether the word has changed. */
    private static final class BlindWordQueueLock extends WordQueueLock {
        @Override
        boolean push(Waiter top, Waiter me) {
            word.set(me);
            return true;
        }
    }
    // end

    // region:checkWord
    @Test
    void aPushLooksWhetherTheWordHasChanged() {
        assertFails(inTurn(2, BlindWordQueueLock::new));
        Schedules.all(behind(2, WordQueueLock::new));
        Schedules.all(inTurn(2, WordQueueLock::new));
    }
    // end

    // ---- 7. the parking lot

    // region:deaf
    /** One that sleeps because it has decided so, whatever has happened since. */
    private static final class DeafLotMutex extends LotMutex {
        @Override
        boolean mustSleep() {
            return true;
        }
    }
    // end

    // region:checkMutex
    @Test
    void theLotAsksBeforeAThreadSleeps() {
        assertFails(inTurn(2, DeafLotMutex::new));
        Schedules.all(behind(2, LotMutex::new));
        Schedules.all(inTurn(2, LotMutex::new));
    }
    // end

    // ---- 8. condition variables

    // region:hasty
    /** One that releases the mutex before it is in the queue. */
    private static final class HastyCondition extends LotCondition {
        HastyCondition(LotMutex mutex) {
            super(mutex);
        }

        @Override
        void await() {
            mutex.unlock();
            ParkingLot.park(this, 0, () -> true);
            mutex.lock();
        }
    }

    /** One that moves threads and does not tell the mutex. */
    private static final class SilentCondition extends LotCondition {
        SilentCondition(LotMutex mutex) {
            super(mutex);
        }

        @Override
        boolean mayMoveAll() {
            return true;
        }
    }
    // end

    // region:waitUntilDone
    /** So many threads wait until a thing is done, and another one does it and tells all. */
    private static Scenario waitUntilDone(int waiters, Function<LotMutex, LotCondition> kind) {
        return lot -> {
            LotMutex mutex = new LotMutex();
            LotCondition condition = kind.apply(mutex);
            boolean[] done = new boolean[1];
            for (int i = 0; i < waiters; i++) {
                lot.thread("waiter " + i, () -> {
                    mutex.lock();
                    while (!done[0]) {
                        condition.await();
                    }
                    mutex.unlock();
                });
            }
            lot.thread("signaller", () -> {
                mutex.lock();
                done[0] = true;
                condition.signalAll();
                mutex.unlock();
            });
            return () -> Schedules.requireAllEnded(lot);
        };
    }
    // end

    // region:checkCondition
    @Test
    void aWaiterIsInTheQueueBeforeItLetsGoOfTheMutex() {
        assertFails(waitUntilDone(1, HastyCondition::new));
        Schedules.all(waitUntilDone(1, LotCondition::new));
    }

    @Test
    void whoeverIsMovedIsFoundByTheHolder() {
        assertFails(waitUntilDone(1, SilentCondition::new));
        Schedules.all(waitUntilDone(1, LotCondition::new));
    }

    @Test
    void whoeverIsMovedSleepsOnUntilTheMutexIsFree() {
        try (DrivenLot lot = new DrivenLot()) {
            LotMutex mutex = new LotMutex();
            LotCondition condition = new LotCondition(mutex);
            for (int i = 0; i < 3; i++) {
                lot.start("waiter " + i, () -> {
                    mutex.lock();
                    condition.await();
                    mutex.unlock();
                });
            }
            mutex.lock();
            condition.signalAll();
            assertEquals(3, lot.runAll().size()); // all asleep still
            mutex.unlock();
            assertEquals(1L, lot.threads().stream().filter(DrivenThread::canRun).count());
            assertEquals(0, lot.runAll().size());
        }
    }
    // end

    // ---- 9. the 1-0 exit

    // region:leaveAndCome
    /** One holds the mutex and leaves, another comes; the release may become visible at any later moment. */
    private static Scenario leaveAndCome(Function<StoreBuffer, OneZeroMutex> kind) {
        return lot -> {
            StoreBuffer memory = new StoreBuffer();
            OneZeroMutex mutex = kind.apply(memory);
            mutex.steps = new Driven(lot);
            memory.acquire();
            lot.thread("holder", mutex::unlock);
            memory.drainIn(lot);
            lot.thread("waiter", mutex::lock);
            return () -> assertTrue(lot.threads().get(2).hasEnded(), "the waiter is stranded");
        };
    }
    // end

    // region:endless
    private static class Endless extends OneZeroMutex {
        Endless(Memory memory) {
            super(memory);
        }

        @Override
        Patience patience() {
            return Patience.ENDLESS;
        }
    }

    private static final class Fenced extends Endless {
        Fenced(Memory memory) {
            super(memory);
        }

        @Override
        void fenceOrNone() {
            memory.fence();
        }
    }
    // end

    // region:checkOneZero
    @Test
    void withoutAFenceSomebodyMustLookAgain() {
        assertFails(leaveAndCome(Endless::new));
        Schedules.all(leaveAndCome(Fenced::new));
    }

    @Test
    void whoeverLooksAgainFindsItFree() {
        try (DrivenLot lot = new DrivenLot()) {
            StoreBuffer memory = new StoreBuffer();
            OneZeroMutex mutex = new OneZeroMutex(memory);
            mutex.steps = new Driven(lot);
            memory.acquire();
            DrivenThread holder = lot.thread("holder", mutex::unlock);
            memory.drainIn(lot);
            DrivenThread waiter = lot.thread("waiter", mutex::lock);
            holder.step(); // has stored, and the store is in the buffer
            holder.run(); // has seen no mark
            waiter.run(); // sets the mark, sees the lock held, and sleeps
            lot.threads().get(1).run(); // the buffer is drained
            assertTrue(waiter.isAsleep());
            lot.clock().advance(1_000_000_000L);
            assertEquals(List.of(), lot.runAll());
        }
    }
    // end

    // ---- 10. readers

    // region:trusting
    /** One that announces itself and does not look again. */
    private static final class Trusting extends BiasedRwLock {
        Trusting(Steps steps) {
            super(1, steps);
        }

        @Override
        boolean looksAgain() {
            return true;
        }
    }

    /** One whose writer looks at the readers first. */
    private static final class LooksFirst extends BiasedRwLock {
        LooksFirst(Steps steps) {
            super(1, steps);
        }

        @Override
        void lockWrite() {
            awaitReaders();
            steps.step("has seen no reader");
            endBias();
        }
    }
    // end

    // region:readAndWrite
    private static Scenario readAndWrite(Function<Steps, BiasedRwLock> kind) {
        return lot -> {
            BiasedRwLock lock = kind.apply(new Driven(lot));
            boolean[] inside = new boolean[2];
            lot.thread("reader", () -> {
                lock.lockRead(0);
                inside[0] = true;
                assertFalse(inside[1], "a writer is inside");
                lot.stop("reading");
                inside[0] = false;
                lock.unlockRead(0);
            });
            lot.thread("writer", () -> {
                lock.lockWrite();
                inside[1] = true;
                assertFalse(inside[0], "a reader is inside");
                lot.stop("writing");
                inside[1] = false;
                lock.unlockWrite();
            });
            return () -> Schedules.requireAllEnded(lot);
        };
    }
    // end

    // region:checkBiased
    @Test
    void firstAnnounceThenLook() {
        assertFails(readAndWrite(Trusting::new));
        assertFails(readAndWrite(LooksFirst::new));
        Schedules.all(readAndWrite(steps -> new BiasedRwLock(1, steps)));
    }
    // end
}

package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.Patience;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.Fault;
import dev.parkinglot.testkit.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each synchronizer step by step, in all orders of a short scenario, with time and interrupts driven by hand. */
class SynchronizersTest {
    private static final Duration HOUR = Duration.ofHours(1);

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    /** A wait with some patience. */
    interface Wait {
        void with(Patience patience) throws Exception;
    }

    /** Checks that it ends with time and with an interrupt, and leaves nobody behind: throws what it throws. */
    private static void checkPatience(ThreadKind kind, Wait wait, Class<? extends Throwable> onTimeout) {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            DrivenThread timed = lot.start("timed", () -> wait.with(Patience.interruptiblyWithin(HOUR)));
            DrivenThread interruptible = lot.start("interruptible", () -> wait.with(Patience.INTERRUPTIBLE));
            DrivenThread deaf = lot.start("deaf", () -> wait.with(Patience.ENDLESS));
            assertEquals(List.of(timed, interruptible, deaf), lot.runAll());
            lot.clock().advance(2 * HOUR.toNanos());
            deaf.interrupt();
            assertEquals(List.of(interruptible, deaf), lot.runAll());
            if (onTimeout == null) {
                assertNull(timed.failure());
            } else {
                assertInstanceOf(onTimeout, timed.failure());
            }
            interruptible.interrupt();
            assertInstanceOf(InterruptedException.class, interruptible.failure());
            assertTrue(deaf.isAsleep());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theGateOpensOnceForAll(ThreadKind kind) {
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            Gate gate = new Gate();
            lot.thread("waiter", gate::await);
            lot.thread("other", gate::await);
            lot.thread("opener", gate::open);
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theLatchOpensAtZero(ThreadKind kind) {
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            Latch latch = new Latch(2);
            lot.thread("waiter", () -> {
                assertTrue(latch.await(Patience.INTERRUPTIBLE));
                assertEquals(0, latch.count());
            });
            lot.thread("first", latch::countDown);
            lot.thread("second", latch::countDown);
            return () -> Schedules.requireAllEnded(lot);
        });
        checkPatience(kind, patience -> assertFalse(new Latch(1).await(patience)), null);
        assertThrows(IllegalArgumentException.class, () -> new Latch(-1));
    }

    @Test
    void aLatchStaysAtZero() throws InterruptedException {
        Latch latch = new Latch(1);
        latch.countDown();
        latch.countDown();
        assertEquals(0, latch.count());
        assertTrue(latch.await(Patience.ENDLESS));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whoeverWaitsForTheDoorPassesEvenIfItIsShutAgain(ThreadKind kind) throws InterruptedException {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            ManualResetEvent door = new ManualResetEvent();
            lot.start("waiter", () -> assertTrue(door.await(Patience.ENDLESS)));
            lot.start("other", () -> assertTrue(door.await(Patience.ENDLESS)));
            door.set();
            door.reset();
            DrivenThread late = lot.start("late", () -> assertTrue(door.await(Patience.ENDLESS)));
            assertEquals(List.of(late), lot.runAll());
            door.set();
            assertEquals(List.of(), lot.runAll());
            assertTrue(door.await(Patience.ENDLESS));
        }
        ManualResetEvent shut = new ManualResetEvent();
        checkPatience(kind, patience -> assertFalse(shut.await(patience)), null);
    }

    @Test
    void theDoorLosesNobodyInAnyOrder() {
        Schedules.all(lot -> {
            ManualResetEvent door = new ManualResetEvent();
            lot.thread("waiter", () -> door.await(Patience.ENDLESS));
            lot.thread("timed", () -> door.await(Patience.within(HOUR)));
            lot.thread("clock", () -> lot.clock().advance(2 * HOUR.toNanos()));
            lot.thread("opener", door::set);
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theTurnstileLetsOnePassForEachSet(ThreadKind kind) throws InterruptedException {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            AutoResetEvent turnstile = new AutoResetEvent();
            lot.start("first", () -> assertTrue(turnstile.await(Patience.ENDLESS)));
            DrivenThread second = lot.start("second", () -> assertTrue(turnstile.await(Patience.ENDLESS)));
            turnstile.set();
            assertEquals(List.of(second), lot.runAll());
            turnstile.set();
            turnstile.set();
            turnstile.set();
            assertEquals(List.of(), lot.runAll());
            assertTrue(turnstile.await(Patience.ENDLESS));
            DrivenThread third = lot.start("third", () -> turnstile.await(Patience.ENDLESS));
            assertTrue(third.isAsleep());
        }
        AutoResetEvent shut = new AutoResetEvent();
        checkPatience(kind, patience -> assertFalse(shut.await(patience)), null);
    }

    @Test
    void theTurnstileLosesNoSetInAnyOrder() {
        Schedules.all(lot -> {
            AutoResetEvent turnstile = new AutoResetEvent();
            List<Boolean> passed = new ArrayList<>();
            lot.thread("waiter", () -> passed.add(turnstile.await(Patience.ENDLESS)));
            lot.thread("timed", () -> passed.add(turnstile.await(Patience.within(HOUR))));
            lot.thread("clock", () -> lot.clock().advance(2 * HOUR.toNanos()));
            lot.thread("setter", turnstile::set);
            return () -> {
                turnstile.set();
                lot.runAll();
                Schedules.requireAllEnded(lot);
                assertEquals(2, passed.size());
            };
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theSemaphoreServesInOrder(ThreadKind kind) {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            FairSemaphore semaphore = new FairSemaphore(1);
            DrivenThread three = lot.start("three", () -> semaphore.acquire(3, Patience.within(HOUR)));
            DrivenThread one = lot.start("one", () -> semaphore.acquire(1, Patience.ENDLESS));
            assertEquals(List.of(three, one), lot.runAll());
            semaphore.release(1);
            assertEquals(List.of(three, one), lot.runAll());
            lot.clock().advance(2 * HOUR.toNanos()); // whoever leaves from the front lets the others be served
            assertEquals(List.of(), lot.runAll());
            assertEquals(1, semaphore.permits());
        }
        FairSemaphore empty = new FairSemaphore(0);
        checkPatience(kind, patience -> assertFalse(empty.acquire(1, patience)), null);
        assertThrows(IllegalArgumentException.class, () -> new FairSemaphore(-1));
        FairSemaphore semaphore = new FairSemaphore(1);
        assertThrows(IllegalArgumentException.class, () -> semaphore.release(-1));
        assertThrows(IllegalArgumentException.class, () -> semaphore.acquire(-1, Patience.ENDLESS));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theBarrierOpensForEachRound(ThreadKind kind) {
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            AtomicInteger actions = new AtomicInteger();
            Barrier barrier = new Barrier(2, actions::incrementAndGet);
            for (int i = 0; i < 2; i++) {
                lot.thread("party " + i, () -> {
                    barrier.await(Patience.ENDLESS);
                    barrier.await(Patience.ENDLESS);
                });
            }
            return () -> {
                Schedules.requireAllEnded(lot);
                assertEquals(2, actions.get());
            };
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whoeverGivesUpBreaksTheBarrier(ThreadKind kind) {
        checkPatience(kind, patience -> new Barrier(2, () -> {}).await(patience), TimeoutException.class);
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            Barrier barrier = new Barrier(3, () -> {});
            DrivenThread timed = lot.start("timed", () -> barrier.await(Patience.within(HOUR)));
            DrivenThread other = lot.start("other", () -> barrier.await(Patience.ENDLESS));
            lot.clock().advance(2 * HOUR.toNanos());
            assertEquals(List.of(), lot.runAll());
            assertInstanceOf(TimeoutException.class, timed.failure());
            assertInstanceOf(BrokenBarrierException.class, other.failure());
            assertThrows(BrokenBarrierException.class, () -> barrier.await(Patience.ENDLESS));
        }
    }

    @Test
    void anActionThatFailsBreaksTheBarrier() {
        try (DrivenLot lot = new DrivenLot()) {
            IllegalStateException failure = new IllegalStateException("injected");
            Barrier barrier = new Barrier(2, () -> {
                throw failure;
            });
            DrivenThread other = lot.start("other", () -> barrier.await(Patience.ENDLESS));
            DrivenThread last = lot.start("last", () -> barrier.await(Patience.ENDLESS));
            assertSame(failure, last.failure());
            assertInstanceOf(BrokenBarrierException.class, other.run().failure());
        }
        assertThrows(IllegalArgumentException.class, () -> new Barrier(0, () -> {}));
    }

    @Test
    void whoeverComesWhileTheActionRunsIsOfTheNextRound() {
        try (DrivenLot lot = new DrivenLot()) {
            Barrier barrier = new Barrier(2, () -> lot.stop("action"));
            lot.start("first", () -> barrier.await(Patience.within(HOUR)));
            DrivenThread last =
                    lot.thread("last", () -> barrier.await(Patience.ENDLESS)).runUntil(DrivenThread.Position.AT_LABEL);
            DrivenThread next = lot.start("next", () -> barrier.await(Patience.ENDLESS));
            lot.clock().advance(2 * HOUR.toNanos()); // too late to break a round that is complete
            last.run();
            assertEquals(List.of(next), lot.runAll());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theFutexComparesSleepsWakesAndRequeues(ThreadKind kind) {
        int[] words = new int[2];
        assertSame(ParkResult.INVALID, Futex.await(words, 0, 1, Patience.ENDLESS));
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            List<DrivenThread> sleepers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sleepers.add(lot.start("sleeper " + i, () -> Futex.await(words, 0, 0, Patience.ENDLESS)));
            }
            assertFalse(Futex.requeue(words, 0, 1, 5));
            assertTrue(Futex.requeue(words, 0, 1, 0));
            assertEquals(sleepers.subList(1, 3), lot.runAll());
            assertEquals(0, Futex.wake(words, 0, 9));
            assertEquals(1, Futex.wake(words, 1, 1));
            assertEquals(sleepers.subList(2, 3), lot.runAll());
            assertEquals(1, Futex.wake(words, 1, 9));
            assertEquals(List.of(), lot.runAll());
        }
        checkPatience(
                kind,
                patience -> {
                    if (Futex.await(words, 1, 0, patience).kind() == ParkResult.Kind.INTERRUPTED) {
                        throw new InterruptedException();
                    }
                },
                null);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theKeyLockIsOneForEqualKeysAndEmptyWhenIdle(ThreadKind kind) throws InterruptedException {
        KeyLock<String> locks = new KeyLock<>();
        assertTrue(locks.lock("a", Patience.ENDLESS));
        assertTrue(locks.lock("b", Patience.ENDLESS));
        checkPatience(kind, patience -> assertFalse(locks.lock(new String("a".toCharArray()), patience)), null);
        locks.unlock("a");
        locks.unlock("b");
        assertTrue(locks.isEmpty());
        assertThrows(IllegalMonitorStateException.class, () -> locks.unlock("a"));
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            AtomicInteger inside = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                lot.thread("locker " + i, () -> {
                    locks.lock("a", Patience.ENDLESS);
                    assertEquals(1, inside.incrementAndGet());
                    lot.stop("inside");
                    inside.decrementAndGet();
                    locks.unlock("a");
                });
            }
            return () -> {
                Schedules.requireAllEnded(lot);
                assertTrue(locks.isEmpty());
            };
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsExchangedIsNeitherLostNorDoubled(ThreadKind kind) {
        checkPatience(kind, patience -> new Exchange<String>().exchange("a", patience), TimeoutException.class);
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            Exchange<String> exchange = new Exchange<>();
            Map<String, String> got = new HashMap<>();
            lot.start("a", () -> got.put("a", exchange.exchange("a", Patience.ENDLESS)));
            lot.thread("b", () -> got.put("b", exchange.exchange("b", Patience.ENDLESS)));
            lot.thread("c", () -> {
                try {
                    got.put(
                            "c",
                            exchange.exchange("c", Patience.until(lot.clock().getAsLong())));
                } catch (TimeoutException e) {
                    assertFalse(got.containsValue("c"));
                }
            });
            return () -> {
                assertTrue(got.size() == 2 || got.isEmpty(), got::toString);
                got.forEach((mine, other) -> assertEquals(mine, got.get(other), got::toString));
                assertTrue(lot.runAll().size() <= 1);
            };
        });
    }

    @Test
    void offerOfAThreadThatFailsIsTakenBack() {
        try (DrivenLot lot = new DrivenLot()) {
            Exchange<String> exchange = new Exchange<>();
            DrivenThread failing = lot.start("failing", () -> exchange.exchange("a", Patience.ENDLESS));
            lot.throwNextAt(Fault.PARK, new OutOfMemoryError("injected"));
            failing.returnFromPark(); // and sleeps again, which fails
            assertInstanceOf(OutOfMemoryError.class, failing.failure());
            DrivenThread other = lot.start("other", () -> exchange.exchange("b", Patience.ENDLESS));
            assertTrue(other.isAsleep());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theQueueIsBoundedAndInOrder(ThreadKind kind) throws InterruptedException {
        BoundedMpmcQueue<Integer> queue = new BoundedMpmcQueue<>(3);
        assertNull(queue.poll());
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 3; i++) {
                assertTrue(queue.offer(i));
            }
            assertFalse(queue.offer(3));
            for (int i = 0; i < 3; i++) {
                assertEquals(i, queue.take(Patience.ENDLESS));
            }
        }
        checkPatience(kind, patience -> assertNull(queue.take(patience)), null);
        while (queue.offer(1)) {
            // until it is full
        }
        checkPatience(kind, patience -> assertFalse(queue.put(1, patience)), null);
        assertThrows(IllegalArgumentException.class, () -> new BoundedMpmcQueue<>(1));
        Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            BoundedMpmcQueue<Integer> small = new BoundedMpmcQueue<>(2);
            small.offer(0);
            small.offer(0);
            lot.start("putter", () -> small.put(1, Patience.ENDLESS));
            lot.thread("other", () -> small.put(2, Patience.ENDLESS));
            lot.thread("taker", () -> {
                small.take(Patience.ENDLESS);
                small.take(Patience.ENDLESS);
            });
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theHighestLevelComesFirst(ThreadKind kind) {
        try (DrivenLot lot = new DrivenLot(task -> kind.unstarted("driven", task))) {
            PrioritySemaphore semaphore = new PrioritySemaphore(0);
            DrivenThread low = lot.start("low", () -> semaphore.acquire(0, Patience.ENDLESS));
            DrivenThread high = lot.start("high", () -> semaphore.acquire(31, Patience.ENDLESS));
            DrivenThread alsoHigh = lot.start("also high", () -> semaphore.acquire(31, Patience.ENDLESS));
            assertEquals(List.of(low, high, alsoHigh), lot.runAll());
            semaphore.release();
            assertEquals(List.of(low, alsoHigh), lot.runAll());
            semaphore.release();
            assertEquals(List.of(low), lot.runAll());
            semaphore.release();
            semaphore.release();
            assertEquals(List.of(), lot.runAll());
            assertTrue(lot.start("next", () -> semaphore.acquire(5, Patience.ENDLESS))
                    .hasEnded());
        }
        PrioritySemaphore empty = new PrioritySemaphore(0);
        checkPatience(kind, patience -> assertFalse(empty.acquire(3, patience)), null);
        assertThrows(IllegalArgumentException.class, () -> empty.acquire(32, Patience.ENDLESS));
        assertThrows(IllegalArgumentException.class, () -> empty.acquire(-1, Patience.ENDLESS));
        assertThrows(IllegalArgumentException.class, () -> new PrioritySemaphore(-1));
        Schedules.all(lot -> {
            PrioritySemaphore semaphore = new PrioritySemaphore(0);
            for (int level = 0; level < 2; level++) {
                int mine = level;
                lot.thread("level " + level, () -> {
                    semaphore.acquire(mine, Patience.ENDLESS);
                    semaphore.release();
                });
            }
            lot.thread("releaser", semaphore::release);
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @Test
    void preferenceDecidesWhetherAReaderPassesAWriterThatWaits() throws InterruptedException {
        for (boolean preferWriters : new boolean[] {true, false}) {
            try (DrivenLot lot = new DrivenLot()) {
                PreferenceRwLock lock = new PreferenceRwLock(preferWriters);
                assertTrue(lock.lockRead(Patience.ENDLESS));
                DrivenThread writer = lot.start("writer", () -> lock.lockWrite(Patience.within(HOUR)));
                DrivenThread reader = lot.start("reader", () -> lock.lockRead(Patience.ENDLESS));
                assertTrue(writer.isAsleep());
                assertEquals(preferWriters, reader.isAsleep());
                lot.clock().advance(2 * HOUR.toNanos());
                assertEquals(List.of(), lot.runAll()); // with the writer gone, the reader enters
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readersAndWritersExcludeEachOtherInAllOrders(ThreadKind kind) {
        for (boolean preferWriters : new boolean[] {true, false}) {
            PreferenceRwLock held = new PreferenceRwLock(preferWriters);
            DrivenLot holder = new DrivenLot();
            holder.start("holder", () -> held.lockWrite(Patience.ENDLESS));
            holder.close();
            checkPatience(kind, patience -> assertFalse(held.lockRead(patience)), null);
            checkPatience(kind, patience -> assertFalse(held.lockWrite(patience)), null);
            Schedules.all(task -> kind.unstarted("driven", task), lot -> {
                PreferenceRwLock lock = new PreferenceRwLock(preferWriters);
                AtomicInteger inside = new AtomicInteger();
                lot.thread("reader", () -> {
                    lock.lockRead(Patience.ENDLESS);
                    assertTrue(inside.incrementAndGet() > 0);
                    lot.stop("reading");
                    inside.decrementAndGet();
                    lock.unlockRead();
                });
                lot.thread("writer", () -> {
                    lock.lockWrite(Patience.ENDLESS);
                    assertTrue(inside.compareAndSet(0, -100));
                    lot.stop("writing");
                    inside.set(0);
                    lock.unlockWrite();
                });
                return () -> Schedules.requireAllEnded(lot);
            });
        }
    }

    @Test
    void readersAndWritersWhoWaitAreWokenInAllOrders() {
        for (boolean preferWriters : new boolean[] {true, false}) {
            Schedules.all(lot -> {
                PreferenceRwLock lock = new PreferenceRwLock(preferWriters);
                lot.start("holder", () -> lock.lockWrite(Patience.ENDLESS));
                lot.thread("reader", () -> {
                    lock.lockRead(Patience.ENDLESS);
                    lock.unlockRead();
                });
                lot.thread("writer", () -> {
                    if (lock.lockWrite(Patience.until(lot.clock().getAsLong()))) {
                        lock.unlockWrite();
                    }
                });
                lot.thread("releaser", lock::unlockWrite);
                return () -> Schedules.requireAllEnded(lot);
            });
        }
    }

    /** Not counting comments, imports, and lines with nothing but a bracket or an annotation. */
    @Test
    void eachHasLessThanAHundredLinesOfCode() throws IOException {
        Path folder = Path.of("src/main/java/dev/parkinglot/examples/synchronizers");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                long lines = Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("/") && !line.startsWith("*"))
                        .filter(line -> !line.matches("[{}();,@]*|@\\w+"))
                        .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
                        .count();
                assertTrue(lines < 100, file + " has " + lines);
            }
        }
    }
}

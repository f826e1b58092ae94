package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who waits for whom, with waits that the test makes up, and with threads that really park. */
class DeadlockDetectorTest {
    private static final Thread A = new Thread("A");
    private static final Thread B = new Thread("B");
    private static final Thread C = new Thread("C");

    private final Object first = new Object();
    private final Object second = new Object();
    private final Object third = new Object();
    private final Holds holds = new Holds();
    private final Map<Thread, HeldByThread> held = new HashMap<>();

    private HeldByThread held(Thread thread) {
        return held.computeIfAbsent(thread, HeldByThread::new);
    }

    private void hold(Object base, Thread thread) {
        holds.begin(held(thread), base, 0L, HoldMode.EXCLUSIVE, false);
    }

    private static ParkedQueue queue(Object base, ParkedThread... threads) {
        return new ParkedQueue(base, 0L, List.of(threads));
    }

    private static ParkedThread waiting(Thread thread, long since) {
        return new ParkedThread(thread, 0L, since, false);
    }

    private List<Deadlock> find(List<ParkedQueue> before, List<ParkedQueue> after) {
        Deque<List<ParkedQueue>> snapshots = new ArrayDeque<>(List.of(before, after));
        return new WaitGraph(snapshots::remove, holds, List.of()).deadlocks();
    }

    private List<Deadlock> find(ParkedQueue... queues) {
        return find(List.of(queues), List.of(queues));
    }

    private static List<Thread> threadsOf(Deadlock deadlock) {
        return deadlock.threads().stream().map(Deadlock.Member::thread).toList();
    }

    // ---- what is a deadlock

    @Test
    void twoThreadsThatWaitForEachOther() {
        hold(first, A);
        hold(second, B);
        List<Deadlock> found = find(queue(second, waiting(A, 1L)), queue(first, waiting(B, 2L)));
        assertEquals(1, found.size());
        assertEquals(Set.of(A, B), Set.copyOf(threadsOf(found.get(0))));
        Deadlock.Member member = found.get(0).threads().stream()
                .filter(candidate -> candidate.thread() == A)
                .findFirst()
                .orElseThrow();
        assertSame(second, member.base());
        assertEquals(List.of(nameOf(first)), member.holds());
        assertEquals(nameOf(second), member.wants());
    }

    private static String nameOf(Object base) {
        return "java.lang.Object@" + Integer.toHexString(System.identityHashCode(base));
    }

    @Test
    void threeThreadsInARingInTheOrderInWhichTheyWait() {
        hold(first, A);
        hold(second, B);
        hold(third, C);
        List<Deadlock> found =
                find(queue(second, waiting(A, 1L)), queue(third, waiting(B, 2L)), queue(first, waiting(C, 3L)));
        assertEquals(1, found.size());
        List<Thread> ring = threadsOf(found.get(0));
        assertEquals(3, ring.size());
        int a = ring.indexOf(A);
        assertSame(B, ring.get((a + 1) % 3));
        assertSame(C, ring.get((a + 2) % 3));
    }

    @Test
    void aThreadThatWaitsForItself() {
        hold(first, A);
        assertEquals(List.of(A), threadsOf(find(queue(first, waiting(A, 1L))).get(0)));
    }

    @Test
    void anOffsetIsPartOfTheKey() {
        holds.begin(held(A), first, 8L, HoldMode.EXCLUSIVE, false);
        Deadlock.Member member = find(new ParkedQueue(first, 8L, List.of(waiting(A, 1L))))
                .get(0)
                .threads()
                .get(0);
        assertEquals(8L, member.offset());
        assertEquals(nameOf(first) + "+8", member.wants());
        assertEquals(List.of(nameOf(first) + "+8"), member.holds());
    }

    @Test
    void anEntryWithoutAThreadKeepsNobodyWaiting() {
        hold(first, A);
        assertEquals(
                List.of(A),
                threadsOf(find(queue(first, waiting(null, 1L), waiting(A, 2L))).get(0)));
    }

    @Test
    void theNameOfALockStandsInTheReport() {
        hold(KeyNames.name(first, "ledger"), A);
        Deadlock found = find(queue(first, waiting(A, 1L))).get(0);
        assertEquals(nameOf(first) + " \"ledger\"", found.threads().get(0).wants());
        assertEquals(
                List.of(nameOf(first) + " \"ledger\""), found.threads().get(0).holds());
    }

    @Test
    void aHolderAmongManyIsEnough() {
        hold(first, A);
        hold(first, C); // readers, say
        hold(second, B);
        List<Deadlock> found = find(queue(second, waiting(A, 1L)), queue(first, waiting(B, 2L)));
        assertEquals(Set.of(A, B), Set.copyOf(threadsOf(found.get(0))));
    }

    @Test
    void whoMerelyWaitsBehindADeadlockIsNoPartOfIt() {
        hold(first, A);
        assertEquals(
                List.of(A),
                threadsOf(find(queue(first, waiting(A, 1L), waiting(B, 2L))).get(0)));
    }

    @Test
    void twoDeadlocksAreTwo() {
        hold(first, A);
        hold(second, B);
        assertEquals(
                2,
                find(queue(first, waiting(A, 1L)), queue(second, waiting(B, 2L)))
                        .size());
    }

    // ---- what is none

    @Test
    void aHolderThatDoesNotWait() {
        hold(first, A);
        assertEquals(List.of(), find(queue(first, waiting(B, 1L))));
    }

    @Test
    void aHoldThatHasEnded() {
        hold(first, A);
        hold(first, A);
        holds.end(held(A), first, 0L, HoldMode.EXCLUSIVE);
        assertEquals(1, find(queue(first, waiting(A, 1L))).size());
        holds.end(held(A), first, 0L, HoldMode.EXCLUSIVE);
        assertEquals(List.of(), find(queue(first, waiting(A, 1L))));
    }

    @Test
    void aHoldThatAnotherThreadHasEnded() {
        hold(first, A);
        holds.end(held(B), first, 0L, HoldMode.EXCLUSIVE);
        assertEquals(List.of(), find(queue(first, waiting(A, 1L))));
    }

    @Test
    void anotherOffsetIsAnotherKey() {
        holds.begin(held(A), first, 1L, HoldMode.EXCLUSIVE, false);
        assertEquals(List.of(), find(queue(first, waiting(A, 1L))));
    }

    @Test
    void aHoldOfAnotherKindThanThatWhichIsWaitedFor() {
        HoldMode oddOnly = new HoldMode() {
            @Override
            public boolean keepsWaiting(long parkToken) {
                return (parkToken & 1L) != 0L;
            }

            @Override
            public String purpose() {
                return "oddly";
            }
        };
        holds.begin(held(A), first, 0L, oddOnly, false);
        assertEquals(List.of(), find(queue(first, new ParkedThread(A, 2L, 1L, false))));
        Deadlock found = find(queue(first, new ParkedThread(A, 3L, 1L, false))).get(0);
        assertEquals(List.of(nameOf(first) + " oddly"), found.threads().get(0).holds());
    }

    @Test
    void aThreadThatWasMovedToTheQueueOfALockThatItIsStillReleasing() {
        hold(first, A);
        assertEquals(List.of(), find(queue(first, new ParkedThread(A, 0L, 1L, false, true))));
    }

    @Test
    void aHoldThatAnotherThreadHasEndedWhileThereWereSeveral() {
        hold(first, A);
        hold(first, C);
        holds.end(held(B), first, 0L, HoldMode.EXCLUSIVE); // whose was it?
        assertEquals(List.of(), find(queue(first, waiting(A, 1L))));
        assertEquals(List.of(), find(queue(first, waiting(C, 1L))));
        holds.end(held(C), first, 0L, HoldMode.EXCLUSIVE);
        holds.end(held(A), first, 0L, HoldMode.EXCLUSIVE);
        hold(first, A);
        assertEquals(1, find(queue(first, waiting(A, 1L))).size(), "now it is known again");
    }

    @Test
    void aWaitThatADeadlineEnds() {
        hold(first, A);
        assertEquals(List.of(), find(queue(first, new ParkedThread(A, 0L, 1L, true))));
    }

    @Test
    void aWaitThatIsOverAtTheSecondLook() {
        hold(first, A);
        assertEquals(List.of(), find(List.of(queue(first, waiting(A, 1L))), List.of()));
    }

    @Test
    void aWaitThatIsAnotherAtTheSecondLook() {
        hold(first, A);
        List<ParkedQueue> before = List.of(queue(first, waiting(A, 1L)));
        assertEquals(List.of(), find(before, List.of(queue(first, waiting(A, 2L)))));
        assertEquals(List.of(), find(before, List.of(queue(second, waiting(A, 1L)))));
        assertEquals(List.of(), find(before, List.of(new ParkedQueue(first, 8L, List.of(waiting(A, 1L))))));
        assertEquals(List.of(), find(before, List.of(queue(first, new ParkedThread(A, 7L, 1L, false)))));
    }

    @Test
    void theBlockersAreAskedForBetweenTheTwoLooks() {
        List<String> order = new ArrayList<>();
        Supplier<List<ParkedQueue>> snapshot = () -> {
            order.add("look");
            return List.of(queue(first, waiting(A, 1L)));
        };
        HoldSource source = new HoldSource() {
            @Override
            public List<Thread> blockers(Object base, long offset, ParkedThread waiter) {
                order.add("ask");
                return List.of(A);
            }

            @Override
            public String describe(Object base, long offset, long parkToken) {
                return "the first";
            }
        };
        Deadlock found =
                new WaitGraph(snapshot, holds, List.of(source)).deadlocks().get(0);
        assertEquals(List.of("look", "ask", "look"), order);
        assertEquals("the first", found.threads().get(0).wants());
        assertTrue(found.toString().startsWith("deadlock of 1 thread(s):\n\"A\" waits for the first, held by \"A\""));
    }

    @Test
    void aLongChainIsNoDeadlockAndNeedsNoStack() {
        List<ParkedQueue> queues = new ArrayList<>();
        Object wanted = first;
        for (int i = 0; i < 20_000; i++) {
            Thread thread = new Thread("chain-" + i);
            Object held = new Object();
            queues.add(queue(wanted, waiting(thread, i)));
            hold(held, thread);
            wanted = held;
        }
        assertEquals(List.of(), find(queues, queues));
        hold(first, queues.get(queues.size() - 1).threads().get(0).thread());
        queues.add(queue(wanted, waiting(A, 0L)));
        assertEquals(20_000, find(queues, queues).get(0).threads().size());
    }

    // ---- threads that park

    @Test
    void threadsThatReallyPark() {
        try (TestThreads threads = new TestThreads()) {
            Thread a = threads.start("a", () -> ParkingLot.park(first, 0L, () -> true));
            Thread b = threads.start("b", () -> ParkingLot.park(second, 0L, () -> true));
            TestThreads.await(
                    "both parked",
                    () -> ParkingLot.waiters(first, 0L).size()
                                    + ParkingLot.waiters(second, 0L).size()
                            == 2);
            hold(first, b);
            hold(second, a);
            List<Deadlock> found = new WaitGraph(ParkingLot::snapshot, holds, List.of()).deadlocks();
            assertEquals(
                    Set.of("a", "b"),
                    found.get(0).threads().stream()
                            .map(member -> member.thread().getName())
                            .collect(Collectors.toSet()));
            assertFalse(found.get(0).threads().get(0).stack().isEmpty());
            assertTrue(found.toString().contains("ParkingLot.park"));
            ParkingLot.unparkAll(first, 0L);
            ParkingLot.unparkAll(second, 0L);
        }
    }

    // ---- the watch

    static List<Supplier<Throwable>> kinds() {
        return List.of(() -> new IllegalStateException("injected"), () -> new InternalError("injected"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theWatchTellsEachDeadlockOnceAndSurvivesItsListener(Supplier<Throwable> kind) {
        hold(first, A);
        List<List<Deadlock>> found = new ArrayList<>();
        found.add(find(queue(first, waiting(A, 1L))));
        List<Deadlock> told = new ArrayList<>();
        DeadlockWatch watch = new DeadlockWatch(Duration.ofSeconds(1), () -> found.get(0), deadlock -> {
            told.add(deadlock);
            if (told.size() == 3) {
                Thrower.sneakily(kind.get());
            }
        });
        watch.look();
        watch.look();
        assertEquals(1, told.size());
        found.set(0, List.of());
        watch.look();
        found.set(0, find(queue(first, waiting(A, 1L))));
        watch.look();
        assertEquals(2, told.size(), "it was gone, and has come again");
        found.set(0, find(queue(first, waiting(A, 5L))));
        watch.look();
        assertEquals(3, told.size());
        watch.look();
        assertEquals(4, told.size(), "what could not be told is told again");
    }

    @Test
    void aPeriodMayBeLongerThanNanosecondsCanTell() {
        AtomicReference<Thread> watcher = new AtomicReference<>();
        Supplier<List<Deadlock>> finder = () -> {
            watcher.set(Thread.currentThread());
            return List.of();
        };
        try (DeadlockWatch watch = new DeadlockWatch(Duration.ofSeconds(Long.MAX_VALUE), finder, found -> {})) {
            watch.start();
            TestThreads.await("it has looked", () -> watcher.get() != null);
            assertTrue(watcher.get().isDaemon(), "it keeps no JVM alive");
            TestThreads.await("it pauses", () -> watcher.get().getState() == Thread.State.TIMED_WAITING);
        }
        TestThreads.await("it has ended", () -> !watcher.get().isAlive());
    }

    @Test
    void twoLooksAreAPeriodApart() {
        Duration period = Duration.ofMillis(100);
        List<Long> looks = new CopyOnWriteArrayList<>();
        Supplier<List<Deadlock>> finder = () -> {
            looks.add(System.nanoTime());
            return List.of();
        };
        try (DeadlockWatch watch = new DeadlockWatch(period, finder, found -> {})) {
            watch.start();
            TestThreads.await("it looks again", () -> looks.size() >= 2);
        }
        assertTrue(looks.get(1) - looks.get(0) >= period.toNanos(), "not earlier");
    }

    @Test
    void aWatchNeedsAPeriodAndAListener() {
        assertThrows(IllegalArgumentException.class, () -> DeadlockDetector.watch(Duration.ofNanos(-1L)));
        assertThrows(IllegalArgumentException.class, () -> DeadlockDetector.watch(Duration.ZERO));
        assertThrows(NullPointerException.class, () -> DeadlockDetector.watch(Duration.ofDays(1), null));
    }

    @Test
    void withoutTheSwitchNothingIsRecorded() {
        assertFalse(DeadlockDetector.isRecording());
        DeadlockDetector.register(first, 0L);
        DeadlockDetector.unregister(first, 0L);
        DeadlockDetector.unregister(first, 0L);
        DeadlockWatch watch = DeadlockDetector.watch(Duration.ofDays(1));
        assertEquals(List.of(), DeadlockDetector.findDeadlocks());
        watch.close();
    }
}

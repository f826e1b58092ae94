package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.FinishedWait.Outcome;
import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Counts of waits that the test makes up, of classes that no other test waits for. */
class ContentionStatisticsTest {
    private static final class Gate {}

    private static final class Door {}

    private static final class Window {}

    private static void wait(Object base, long nanos, boolean handedOver, Outcome outcome) {
        FinishedWait wait =
                new FinishedWait(base, 0L, "lock", Thread.currentThread(), null, nanos, 0L, 1, handedOver, outcome);
        Lot.observers.waited(wait, null);
    }

    private static Contention only(List<Contention> all, String lock) {
        List<Contention> found =
                all.stream().filter(one -> one.getLock().equals(lock)).toList();
        assertEquals(1, found.size(), all::toString);
        return found.get(0);
    }

    @Test
    void waitsAreCountedForEachLockAndForEachClass() {
        Gate front = KeyNames.name(new Gate(), "front");
        Gate back = new Gate();
        try (ContentionStatistics statistics = ContentionStatistics.start()) {
            wait(front, 10L, false, Outcome.ACQUIRED);
            wait(front, 30L, true, Outcome.ACQUIRED);
            wait(front, 20L, false, Outcome.TIMED_OUT);
            wait(front, 5L, false, Outcome.INTERRUPTED);
            wait(front, 1L, false, Outcome.FAILED);
            wait(back, 7L, false, Outcome.ACQUIRED);
            Contention ofFront = only(statistics.perLock(), KeyNames.describe(front, 0L));
            assertEquals(2L, ofFront.getAcquired());
            assertEquals(1L, ofFront.getTimedOut());
            assertEquals(1L, ofFront.getInterrupted());
            assertEquals(1L, ofFront.getHandedOver());
            assertEquals(66L, ofFront.getTotalWaitNanos());
            assertEquals(30L, ofFront.getLongestWaitNanos());
            assertEquals(0L, ofFront.getHolds());
            assertEquals(
                    KeyNames.describe(front, 0L) + ": waited 0.0 ms, longest 0.0 ms, acquired 2, handed over 1,"
                            + " timed out 1, interrupted 1",
                    ofFront.toString());
            Contention ofAll = only(statistics.perClass(), Gate.class.getName());
            assertEquals(3L, ofAll.getAcquired());
            assertEquals(73L, ofAll.getTotalWaitNanos());
            assertEquals(30L, ofAll.getLongestWaitNanos());
        }
    }

    @Test
    void theLockThatWasWaitedForLongestComesFirst() {
        Door some = new Door();
        Door other = new Door();
        try (ContentionStatistics statistics = ContentionStatistics.start()) {
            wait(some, 1_000L, false, Outcome.ACQUIRED);
            wait(other, 2_000L, false, Outcome.ACQUIRED);
            List<String> order = statistics.perLock().stream()
                    .map(Contention::getLock)
                    .filter(lock -> lock.startsWith(Door.class.getName()))
                    .toList();
            assertEquals(List.of(KeyNames.describe(other, 0L), KeyNames.describe(some, 0L)), order);
        }
    }

    @Test
    void holdsAreCountedWhereTheyAreTold() {
        Window lock = new Window();
        try (ContentionStatistics statistics = ContentionStatistics.start()) {
            Lot.observers.held(lock, 0L, Thread.currentThread(), 6_000_000L);
            Lot.observers.held(lock, 0L, Thread.currentThread(), 4_000_000L);
            Contention contention = only(statistics.perLock(), KeyNames.describe(lock, 0L));
            assertEquals(2L, contention.getHolds());
            assertEquals(10_000_000L, contention.getTotalHoldNanos());
            assertEquals(6_000_000L, contention.getLongestHoldNanos());
            assertEquals(
                    KeyNames.describe(lock, 0L)
                            + ": waited 0.0 ms, longest 0.0 ms, acquired 0, holds 2 of 10.0 ms, longest 6.0 ms",
                    contention.toString());
            Contention ofAll = only(statistics.perClass(), Window.class.getName());
            assertEquals(2L, ofAll.getHolds());
            assertEquals(10_000_000L, ofAll.getTotalHoldNanos());
            assertEquals(6_000_000L, ofAll.getLongestHoldNanos());
        }
    }

    @Test
    @SuppressWarnings("try") // it is there to be closed
    void nothingIsCountedAfterTheEnd() {
        Object lock = new Object();
        ContentionStatistics statistics = ContentionStatistics.start();
        try (Observation other = Observation.start(any -> {})) {
            wait(lock, 10L, false, Outcome.ACQUIRED);
            statistics.close();
            wait(lock, 10L, false, Outcome.ACQUIRED);
        }
        assertEquals(1L, only(statistics.perLock(), KeyNames.describe(lock, 0L)).getAcquired());
    }

    @Test
    void aCountedLockIsNotKeptAlive() {
        try (ContentionStatistics statistics = ContentionStatistics.start()) {
            WeakReference<Gate> gate = new WeakReference<>(new Gate());
            waitFor(gate.get());
            TestThreads.await("collected", () -> {
                System.gc();
                return gate.get() == null;
            });
            assertTrue(only(statistics.perClass(), Gate.class.getName()).getAcquired() >= 1L);
        }
    }

    private static void waitFor(Gate gate) {
        wait(gate, 1L, false, Outcome.ACQUIRED);
    }
}

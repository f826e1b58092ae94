package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThread.Position;
import dev.parkinglot.testkit.Fault;
import dev.parkinglot.testkit.Schedules;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The two traps of docs/synchronizers.md, each with the synchronizer that falls into it and the one that does not. */
class TrapsTest {
    // region:semaphoreTrap
    /** One that decides in validate only: whoever finds QUEUED set sleeps. */
    private static final class HastySemaphore extends FairSemaphore {
        HastySemaphore(int permits) {
            super(permits);
        }

        @Override
        void queued() {}
    }

    private static boolean sleepsBesideAFreePermit(FairSemaphore semaphore) {
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread two = lot.thread("two", () -> semaphore.acquire(2, Patience.ENDLESS));
            two.runUntil(Position.AT_PARK); // it has said that it waits, but has not arrived
            DrivenThread one = lot.start("one", () -> semaphore.acquire(1, Patience.ENDLESS));
            two.run();
            return !one.canRun() && !one.hasEnded();
        }
    }

    @Test
    void whoeverArrivesFirstIsServedFirst() {
        assertTrue(sleepsBesideAFreePermit(new HastySemaphore(1)));
        assertFalse(sleepsBesideAFreePermit(new FairSemaphore(1)));
    }
    // end

    // region:queueTrap
    /** Whose producer of "a" stops between claiming its place and filling it. */
    private static class StoppedQueue extends BoundedMpmcQueue<String> {
        private final DrivenLot lot;

        StoppedQueue(DrivenLot lot) {
            super(2);
            this.lot = lot;
        }

        @Override
        void claimed(String element) {
            if (element.equals("a")) {
                lot.stop("claimed");
            }
        }
    }

    /** One that does not pass on a wake that came too early. */
    private static final class SelfishQueue extends StoppedQueue {
        SelfishQueue(DrivenLot lot) {
            super(lot);
        }

        @Override
        void passOn(Side side) {}
    }
    // end

    private static List<DrivenThread> asleepBesideAnElement(Function<DrivenLot, StoppedQueue> kind) {
        try (DrivenLot lot = new DrivenLot()) {
            StoppedQueue queue = kind.apply(lot);
            DrivenThread taker = lot.start("taker", () -> queue.take(Patience.ENDLESS));
            lot.start("other taker", () -> queue.take(Patience.ENDLESS));
            DrivenThread slow = lot.thread("slow producer", () -> queue.put("a", Patience.ENDLESS));
            slow.runUntil(Position.AT_LABEL); // the place in front is its own
            lot.start("fast producer", () -> queue.put("b", Patience.ENDLESS));
            taker.run(); // woken for "b", it finds the place in front empty and sleeps again
            slow.run();
            return lot.runAll();
        }
    }

    @Test
    void aWakeThatIsOfNoUseIsPassedOn() {
        assertEquals(1, asleepBesideAnElement(SelfishQueue::new).size());
        assertEquals(0, asleepBesideAnElement(StoppedQueue::new).size());
    }

    // region:allOrders
    private static int queueInAllOrders(Function<DrivenLot, StoppedQueue> kind) {
        return Schedules.all(lot -> {
            StoppedQueue queue = kind.apply(lot);
            lot.start("taker", () -> queue.take(Patience.ENDLESS)); // both sleep when the scenario begins
            lot.start("other taker", () -> queue.take(Patience.ENDLESS));
            lot.thread("slow producer", () -> queue.put("a", Patience.ENDLESS));
            lot.thread("fast producer", () -> queue.put("b", Patience.ENDLESS));
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @Test
    void allOrdersAreRightOrShowTheTrap() {
        assertTrue(queueInAllOrders(StoppedQueue::new) > 20);
        AssertionError error = assertThrows(AssertionError.class, () -> queueInAllOrders(SelfishQueue::new));
        assertTrue(error.getCause().getMessage().contains("not all threads have ended"), error::toString);
    }
    // end

    private static int semaphoreInAllOrders(IntFunction<FairSemaphore> kind) {
        return Schedules.all(lot -> {
            FairSemaphore semaphore = kind.apply(1);
            for (int permits : new int[] {1, 2}) {
                lot.thread("wants " + permits, () -> {
                    semaphore.acquire(permits, Patience.ENDLESS);
                    semaphore.release(permits);
                });
            }
            lot.thread("releaser", () -> semaphore.release(1));
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    private static int oneWantsLess(IntFunction<FairSemaphore> kind) {
        return Schedules.all(lot -> {
            FairSemaphore semaphore = kind.apply(1);
            lot.thread("one", () -> semaphore.acquire(1, Patience.ENDLESS));
            lot.thread("two", () -> semaphore.acquire(2, Patience.ENDLESS));
            return () -> {
                List<ParkedThread> queue = ParkingLot.waiters(semaphore, 0);
                assertTrue(
                        semaphore.permits() == 0 || queue.get(0).parkToken() == 2L,
                        () -> "permits are left, and the first wants no more: " + queue);
            };
        });
    }

    @Test
    void theSemaphoreIsRightInAllOrders() {
        assertTrue(semaphoreInAllOrders(FairSemaphore::new) > 20);
        assertTrue(oneWantsLess(FairSemaphore::new) > 1);
        AssertionError error = assertThrows(AssertionError.class, () -> oneWantsLess(HastySemaphore::new));
        assertTrue(error.getCause().getMessage().contains("permits are left"), error::toString);
    }

    // region:wakeLost
    @Test
    void permitsOfAThreadThatFailsGoBack() {
        try (DrivenLot lot = new DrivenLot()) {
            FairSemaphore semaphore = new FairSemaphore(0) {
                @Override
                void queued() { // called in beforeSleep
                    lot.stop("queued");
                }
            };
            DrivenThread thread = lot.thread("thread", () -> semaphore.acquire(1, Patience.ENDLESS));
            thread.runUntil(Position.AT_LABEL);
            semaphore.release(1); // the thread is chosen, and will fail before it can use that
            lot.throwNextAt(Fault.PARK, new OutOfMemoryError("injected"));
            assertInstanceOf(OutOfMemoryError.class, thread.run().failure());
            assertEquals(1, semaphore.permits());
        }
    }
    // end

    @Test
    void whoeverFailsLetsOthersPassThatWantLess() {
        try (DrivenLot lot = new DrivenLot()) {
            FairSemaphore semaphore = new FairSemaphore(1);
            DrivenThread two = lot.start("two", () -> semaphore.acquire(2, Patience.ENDLESS));
            DrivenThread one = lot.start("one", () -> semaphore.acquire(1, Patience.ENDLESS));
            assertTrue(two.isAsleep() && one.isAsleep());
            lot.throwNextAt(Fault.PARK, new OutOfMemoryError("injected"));
            two.returnFromPark(); // and sleeps again, which fails
            assertInstanceOf(OutOfMemoryError.class, two.failure());
            assertEquals(List.of(), lot.runAll());
            assertTrue(one.hasEnded());
        }
    }
}

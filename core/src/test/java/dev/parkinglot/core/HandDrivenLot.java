package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.parkinglot.core.HandDrivenBackend.Sleeper;
import dev.parkinglot.testing.TestThreads;
import java.util.ArrayList;
import java.util.List;

/**
 * A lot whose threads, parkers and clock the test drives: see {@link HandDrivenBackend}. Closing it wakes whoever still
 * sleeps and checks that the table is sound and empty then.
 */
final class HandDrivenLot implements AutoCloseable {
    static final ParkCallbacks VALID = (base, offset) -> true;

    final ManualClock clock = new ManualClock();
    final HandDrivenBackend backend = new HandDrivenBackend();
    final Lot lot;

    /** Whether this lot has an asymmetric fence, and how often it has been executed. */
    boolean hasFence;

    int fences;

    HandDrivenLot() {
        this(1);
    }

    HandDrivenLot(int tableSize) {
        lot = new Lot(tableSize, thread -> backend, clock, this::fence);
    }

    private boolean fence() {
        fences++;
        return hasFence;
    }

    /** One thread that parks once. */
    static final class Parked {
        private final HandDrivenLot owner;
        private Sleeper sleeper;
        private ParkResult result;
        private boolean interruptedAfterwards;

        private Parked(HandDrivenLot owner) {
            this.owner = owner;
        }

        ParkResult result() {
            assertNull(sleeper.failure());
            return result;
        }

        Throwable failure() {
            return sleeper.failure();
        }

        boolean interruptedAfterwards() {
            result();
            return interruptedAfterwards;
        }

        /** The parker returns; whether there is a reason is for the lot to find out. */
        Parked returnFromPark() {
            sleeper.returnFromPark();
            return this;
        }

        Parked interrupt() {
            sleeper.interrupt();
            return this;
        }

        boolean isAsleep() {
            return sleeper.isAsleep();
        }

        boolean hasEnded() {
            return sleeper.hasEnded();
        }

        boolean isRoused() {
            return sleeper.isRoused();
        }

        Long sleepsUntil() {
            return sleeper.sleepsUntil();
        }

        Thread thread() {
            return sleeper.thread();
        }

        Sleeper sleeper() {
            return sleeper;
        }

        /** A woken thread's result: lets it return and checks that it was really woken, not merely let go. */
        ParkResult wokenResult() {
            assertEquals(true, isRoused(), "woken");
            return returnFromPark().result();
        }

        @Override
        public String toString() {
            return sleeper + (owner.backend.threads().contains(sleeper) ? "" : " (foreign)");
        }
    }

    Parked park(Key key) {
        return park(key, 0L);
    }

    Parked park(Key key, long parkToken) {
        return park(key, VALID, parkToken, Patience.ENDLESS);
    }

    Parked park(Key key, ParkCallbacks callbacks) {
        return park(key, callbacks, 0L, Patience.ENDLESS);
    }

    Parked park(Key key, Patience patience) {
        return park(key, VALID, 0L, patience);
    }

    Parked park(Key key, ParkCallbacks callbacks, Patience patience) {
        return park(key, callbacks, 0L, patience);
    }

    /** Starts a thread that parks, and waits until it sleeps or has ended. */
    Parked park(Key key, ParkCallbacks callbacks, long parkToken, Patience patience) {
        Parked parked = prepare(key, callbacks, parkToken, patience);
        parked.sleeper.begin();
        parked.sleeper.awaitStill();
        return parked;
    }

    /** Like {@link #park}, for the test to start itself. */
    Parked prepare(Key key, ParkCallbacks callbacks, long parkToken, Patience patience) {
        Parked parked = new Parked(this);
        parked.sleeper = backend.prepare("T" + backend.threads().size(), () -> {
            parked.result = lot.park(key.base(), key.offset(), callbacks, parkToken, patience);
            parked.interruptedAfterwards = Thread.interrupted();
        });
        return parked;
    }

    /** Threads with the park tokens 0, 1, 2, ... in this order. */
    List<Parked> parkSeveral(int count, Key key) {
        List<Parked> parked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parked.add(park(key, i));
        }
        return parked;
    }

    UnparkResult unparkOne(Key key, long token) {
        return unparkOne(key, (base, offset, result) -> token);
    }

    UnparkResult unparkOne(Key key, UnparkCallback callback) {
        return lot.unparkOne(key.base(), key.offset(), callback);
    }

    int unparkAll(Key key, long token) {
        return lot.unparkAll(key.base(), key.offset(), token);
    }

    UnparkResult unparkFilter(Key key, ParkTokenFilter filter, UnparkCallback callback) {
        return lot.unparkFilter(key.base(), key.offset(), filter, callback);
    }

    UnparkResult unparkRequeue(Key from, Key to, RequeueCallbacks callbacks) {
        return lot.unparkRequeue(from.base(), from.offset(), to.base(), to.offset(), callbacks);
    }

    UnparkResult requeueAll(Key from, Key to) {
        return unparkRequeue(from, to, new FixedRequeue(RequeueOp.REQUEUE_ALL));
    }

    /** The threads of a queue in order. */
    List<Thread> queue(Key key) {
        return lot.waiters(key.base(), key.offset()).stream()
                .map(ParkedThread::thread)
                .toList();
    }

    static List<Thread> threads(List<Parked> parked) {
        return parked.stream().map(Parked::thread).toList();
    }

    void assertQueue(Key key, List<Parked> expected) {
        assertSound();
        assertEquals(threads(expected), queue(key));
    }

    /** Every link is right and no bucket is locked. Asked by a thread that can be given up on if one is. */
    void assertSound() {
        try (TestThreads probe = new TestThreads()) {
            probe.start("probe", lot::checkInvariants);
        }
    }

    /** What every test ends with: nobody is stuck, no bucket is locked, nothing is left in the table. */
    @Override
    public void close() {
        assertSound();
        for (ParkedQueue queue : lot.snapshot()) {
            lot.unparkAll(queue.base(), queue.offset(), 0L);
        }
        backend.finishAndForget();
        assertSound();
        assertEquals(List.of(), lot.snapshot());
    }
}

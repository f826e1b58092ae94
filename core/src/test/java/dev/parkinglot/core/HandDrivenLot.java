package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThreads;
import dev.parkinglot.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A lot whose threads, parkers and clock the test drives: see {@link DrivenThreads}. Closing it wakes whoever still
 * sleeps and checks that the table is sound and empty then.
 */
final class HandDrivenLot extends KeyedLot implements AutoCloseable {
    final ManualClock clock;
    final DrivenThreads backend;

    /** Whether this lot has an asymmetric fence, and how often it has been executed. */
    private final Fence fence;

    HandDrivenLot() {
        this(1);
    }

    HandDrivenLot(int tableSize) {
        this(tableSize, new ManualClock());
    }

    HandDrivenLot(int tableSize, ManualClock clock) {
        this(tableSize, clock, new DrivenThreads(clock), new Fence());
    }

    private HandDrivenLot(int tableSize, ManualClock clock, DrivenThreads backend, Fence fence) {
        super(new Lot(tableSize, thread -> backend, clock, fence));
        this.clock = clock;
        this.backend = backend;
        this.fence = fence;
    }

    private static final class Fence implements BooleanSupplier {
        boolean exists;
        Throwable failure;
        int executions;

        @Override
        public boolean getAsBoolean() {
            executions++;
            Thrower.sneakily(failure);
            return exists;
        }
    }

    /** From now on the system has an asymmetric fence. */
    void giveFence() {
        fence.exists = true;
    }

    /** From now on the fence throws. */
    void failFence(Throwable failure) {
        fence.failure = failure;
    }

    /** How often the fence was asked for. */
    int fences() {
        return fence.executions;
    }

    /** One thread that parks once. */
    static final class Parked {
        private final HandDrivenLot owner;
        private DrivenThread sleeper;
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

        DrivenThread sleeper() {
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
        return park(key, VALID, ParkOptions.NONE, parkToken, Patience.ENDLESS);
    }

    Parked park(Key key, ParkOptions options) {
        return park(key, VALID, options, 0L, Patience.ENDLESS);
    }

    Parked park(Key key, Patience patience) {
        return park(key, VALID, ParkOptions.NONE, 0L, patience);
    }

    /** With the options that the callbacks have. */
    Parked park(Key key, ScriptedCallbacks callbacks) {
        return park(key, callbacks, Patience.ENDLESS);
    }

    /** With the options that the callbacks have. */
    Parked park(Key key, ScriptedCallbacks callbacks, Patience patience) {
        return park(key, callbacks, callbacks.options, 0L, patience);
    }

    /** Starts a thread that parks, and waits until it sleeps or has ended. */
    Parked park(Key key, ParkCallbacks<? super Key> callbacks, ParkOptions options, long parkToken, Patience patience) {
        Parked parked = prepare(key, callbacks, options, parkToken, patience);
        parked.sleeper.begin();
        parked.sleeper.awaitStill();
        return parked;
    }

    /** Like {@link #park}, for the test to start itself. */
    Parked prepare(
            Key key, ParkCallbacks<? super Key> callbacks, ParkOptions options, long parkToken, Patience patience) {
        Parked parked = new Parked(this);
        parked.sleeper = backend.prepare("T" + backend.threads().size(), () -> {
            parked.result = parkHere(key, callbacks, options, parkToken, patience);
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
            probe.start("probe", this::checkInvariants);
        }
    }

    /** What every test ends with: nobody is stuck, no bucket is locked, nothing is left in the table. */
    @Override
    public void close() {
        assertSound();
        for (ParkedQueue queue : snapshot()) {
            unparkAll(new Key(queue.base(), queue.offset()), 0L);
        }
        backend.finishAndForget();
        assertSound();
        Invariants.checkNobodyIsInside();
        assertEquals(List.of(), snapshot());
    }
}

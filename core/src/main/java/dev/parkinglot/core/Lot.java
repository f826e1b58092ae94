package dev.parkinglot.core;

import dev.parkinglot.parkers.AsymmetricFence;
import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ParkerBackends;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A table and the operations on it. {@link SharedLot} has the one that everybody shares; tests make their own, with
 * parkers and a clock that they drive by hand.
 */
final class Lot {
    /**
     * Who is told what happens in every lot; null if nobody is told. As long as it is null, a comparison with null is
     * all that observation costs a wait.
     */
    static volatile Observers observers;

    final Parking parking;
    final Unparking unparking;
    final Table table;

    /** The shared one. */
    Lot() {
        this(
                Integer.highestOneBit(Math.max(16, Runtime.getRuntime().availableProcessors())) * 4,
                Real.INSTANCE,
                Real.INSTANCE,
                Real.INSTANCE,
                true);
    }

    /**
     * One with parts of its own.
     *
     * @param tableSize the number of buckets, a power of two
     * @param backends how each thread sleeps
     * @param clock decides about deadlines, ages and looks
     * @param fence executes a fence in all other threads, and says whether it has been executed
     */
    Lot(int tableSize, Function<Thread, ParkerBackend> backends, LongSupplier clock, BooleanSupplier fence) {
        this(tableSize, backends, clock, fence, false);
    }

    private Lot(
            int tableSize,
            Function<Thread, ParkerBackend> backends,
            LongSupplier clock,
            BooleanSupplier fence,
            boolean noticesRecordings) {
        table = new Table(tableSize);
        parking = new Parking(table, backends, clock, new Duty(clock, fence), noticesRecordings);
        unparking = new Unparking(table, clock);
    }

    /** Made when it is asked for: no wait needs it. */
    Inspection inspection() {
        return new Inspection(table);
    }

    /** The parkers, the clock and the fence of this JVM. */
    static final class Real implements Function<Thread, ParkerBackend>, LongSupplier, BooleanSupplier {
        static final Real INSTANCE = new Real();

        private Real() {}

        @Override
        public ParkerBackend apply(Thread thread) {
            return ParkerBackends.forThread(thread);
        }

        @Override
        public long getAsLong() {
            return System.nanoTime();
        }

        @Override
        public boolean getAsBoolean() {
            return AsymmetricFence.tryFence();
        }
    }
}

package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackend;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A lot beside the one that everybody shares, with a table, parkers and a clock of its own: for tests of synchronizers.
 * Threads {@linkplain #enter enter} it, and until they leave, every call of {@link ParkingLot} that they make goes to
 * this lot. So a synchronizer is tested as it is, and other threads of the JVM notice nothing. {@link
 * dev.parkinglot.testkit.DrivenLot} does all this, and drives the threads step by step.
 *
 * <p><b>All or none.</b> A thread that parks here is woken by threads that are in here, and by no others. So all
 * threads that use a synchronizer at a time must be in the same lot.
 *
 * <p><b>Cost for others.</b> While nobody is in a lot of this kind, each operation reads one plain field. While
 * somebody is, each operation of every thread walks along a list of those who are; nothing is allocated.
 */
public final class IsolatedLot {
    private static final int TABLE_SIZE = 16;

    private final Lot lot;
    private final Consumer<LotOperation> arrivals;

    /**
     * Makes one that nobody has entered.
     *
     * @param backends tells for each thread how it sleeps
     * @param clock what deadlines, ages and looks are compared with, in nanoseconds, as {@link System#nanoTime()}
     * @param arrivals told before each operation, by the thread that calls it and outside every bucket lock; what it
     *     throws leaves the operation, which has not begun then
     */
    public IsolatedLot(Function<Thread, ParkerBackend> backends, LongSupplier clock, Consumer<LotOperation> arrivals) {
        this.arrivals = Objects.requireNonNull(arrivals, "arrivals");
        lot = new Lot(
                TABLE_SIZE,
                Objects.requireNonNull(backends, "backends"),
                Objects.requireNonNull(clock, "clock"),
                () -> false);
    }

    /**
     * From now on the current thread's calls of {@link ParkingLot} go to this lot.
     *
     * @throws IllegalStateException if the thread is in a lot of this kind already; leave that first
     */
    public void enter() {
        Thread thread = Thread.currentThread();
        synchronized (IsolatedLot.class) {
            if (find(thread) != null) {
                throw new IllegalStateException(
                        "this thread is in an isolated lot already; let it leave that one first");
            }
            SharedLot.visits = new Visit(thread, this, SharedLot.visits);
        }
    }

    /**
     * From now on the current thread's calls of {@link ParkingLot} go to the shared lot again.
     *
     * @throws IllegalStateException if the thread is not in this lot
     */
    public void leave() {
        Thread thread = Thread.currentThread();
        synchronized (IsolatedLot.class) {
            if (find(thread) != this) {
                throw new IllegalStateException("this thread has not entered this lot");
            }
            SharedLot.visits = without(thread, SharedLot.visits);
        }
    }

    /** The lot that the current thread is in. */
    static Lot current(Lot shared) {
        IsolatedLot isolated = find(Thread.currentThread());
        return isolated == null ? shared : isolated.lot;
    }

    /** The lot that the current thread is in, which is told what comes. */
    static Lot arrive(Lot shared, LotOperation operation) {
        IsolatedLot isolated = find(Thread.currentThread());
        if (isolated == null) {
            return shared;
        }
        CallbackScope.requireOutside();
        isolated.arrivals.accept(operation);
        return isolated.lot;
    }

    private static IsolatedLot find(Thread thread) {
        for (Visit visit = SharedLot.visits; visit != null; visit = visit.next) {
            if (visit.thread == thread) {
                return visit.lot;
            }
        }
        return null;
    }

    private static Visit without(Thread thread, Visit visit) {
        return visit.thread == thread ? visit.next : new Visit(visit.thread, visit.lot, without(thread, visit.next));
    }

    /** That a thread is in a lot. An immutable list, so that it can be read without a lock. */
    static final class Visit {
        final Thread thread;
        final IsolatedLot lot;
        final Visit next;

        Visit(Thread thread, IsolatedLot lot, Visit next) {
            this.thread = thread;
            this.lot = lot;
            this.next = next;
        }
    }
}

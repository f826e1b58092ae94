package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.EntryCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.QueuedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Waits for the first of several keys: as {@code select} in Go, and {@code WaitForMultipleObjects} of Windows.
 *
 * <pre>{@code
 * FirstOf.Source opened = new FirstOf.Source(gate, 0, () -> !gate.isOpen());
 * FirstOf.Source counted = new FirstOf.Source(latch, 0, () -> latch.count() != 0);
 * FirstOf.Outcome first = FirstOf.await(List.of(opened, counted, turnstile.source()), Patience.within(timeout));
 * }</pre>
 *
 * <p>The thread has one entry in the queue of each key, in its place among those that wait there, and sleeps. The first
 * wake wins. The other entries are cancelled, and a wake that has reached one of them by then is passed on: so no key
 * loses a wake to a thread that is gone.
 */
public final class FirstOf {
    static {
        QueuedEntry.prepare();
    }

    /**
     * Something to wait for.
     *
     * @param base the key's object
     * @param offset the key's offset
     * @param mustWait whether there is a reason to wait; asked under the bucket lock of the key. A synchronizer that
     *     has a bit for "somebody waits" sets it here
     * @param passOn what the synchronizer does if a thread that it has woken can do nothing with that; told the token
     */
    public record Source(Object base, long offset, BooleanSupplier mustWait, LongConsumer passOn) {
        /** Of a synchronizer whose wakes mean "try again": the next one is woken, and is told the same. */
        public Source(Object base, long offset, BooleanSupplier mustWait) {
            this(base, offset, mustWait, token -> ParkingLot.unparkOne(base, offset, token));
        }
    }

    /**
     * How the wait has ended.
     *
     * @param index the number of the source; -1 if time was over or the thread was interrupted
     * @param result {@code UNPARKED} with the token, {@code INVALID} if the source need not be waited for,
     *     {@code TIMED_OUT}, or {@code INTERRUPTED} with the interrupt flag cleared
     */
    public record Outcome(int index, ParkResult result) {}

    /** The wait at one source. Its token is written before it wins. */
    private static final class Branch {
        final FirstOf wait;
        final Source source;
        final int index;
        long token;

        Branch(FirstOf wait, Source source, int index) {
            this.wait = wait;
            this.source = source;
            this.index = index;
        }
    }

    private FirstOf() {}

    /**
     * Waits until one of the sources wakes the thread, or need not be waited for. They are looked at in their order. If
     * it was one, that is told also if time was over or an interrupt came meanwhile, which then is pending.
     */
    public static Outcome await(List<Source> sources, Patience patience) {
        return new FirstOf().awaitOne(sources, patience);
    }

    // region:first
    /** The branch that was woken first, or {@link #GIVEN_UP}. */
    private final AtomicReference<Branch> winner = new AtomicReference<>();

    /** No branch: the thread has given up, or has found a source that need not be waited for. */
    private static final Branch GIVEN_UP = new Branch(null, null, -1);

    private Outcome awaitOne(List<Source> sources, Patience patience) {
        List<QueuedEntry> entries = new ArrayList<>(sources.size());
        Outcome outcome;
        try {
            outcome = enqueueAndSleep(sources, patience, entries);
        } catch (Throwable failure) {
            if (!winner.compareAndSet(null, GIVEN_UP)) {
                winner.get().source.passOn.accept(winner.get().token);
            }
            throw failure;
        } finally {
            winner.compareAndSet(null, GIVEN_UP); // from here on every wake is passed on
            entries.forEach(QueuedEntry::cancel);
        }
        Branch first = winner.get();
        if (first.wait == null) { // given up
            return outcome;
        }
        if (outcome.result.kind() == ParkResult.Kind.INTERRUPTED) {
            Thread.currentThread().interrupt(); // it came too late to be the outcome
        }
        return new Outcome(first.index, new ParkResult(ParkResult.Kind.UNPARKED, first.token));
    }

    /** Returns what ends the wait if no branch wins. */
    private Outcome enqueueAndSleep(List<Source> sources, Patience patience, List<QueuedEntry> entries) {
        for (int i = 0; i < sources.size() && winner.get() == null; i++) {
            Source source = sources.get(i);
            QueuedEntry entry = QueuedEntry.enqueue(
                    source.base, source.offset, new Branch(this, source, i), WAITING, ParkOptions.NONE, 0L);
            if (entry == null) {
                return new Outcome(i, ParkResult.INVALID);
            }
            entries.add(entry);
        }
        return new Outcome(-1, ParkingLot.park(this, 0, () -> winner.get() == null, patience));
    }

    private static final EntryCallbacks<Branch> WAITING = new EntryCallbacks<>() {
        @Override
        public boolean validate(Branch branch, long parkToken) {
            return branch.source.mustWait.getAsBoolean();
        }

        @Override
        public void unparked(Branch branch, long unparkToken) {
            branch.wait.unparked(branch, unparkToken);
        }
    };

    private void unparked(Branch branch, long unparkToken) {
        branch.token = unparkToken;
        if (winner.compareAndSet(null, branch)) {
            ParkingLot.unparkOne(this, 0);
        } else {
            branch.source.passOn.accept(unparkToken);
        }
    }
    // end
}

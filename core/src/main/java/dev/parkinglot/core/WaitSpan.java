package dev.parkinglot.core;

import dev.parkinglot.core.FinishedWait.Outcome;
import java.util.List;

/* Overview.
 *
 * Only whoever waits knows what one wait is: a lock parks, is woken, spins, and may park again. So a lock opens a span
 * when it decides to wait, and ends it when it holds the lock or gives up. What happens in the lot meanwhile adds to
 * that span, which is found by the thread. A park outside of any span is a span of its own.
 *
 * A span that is opened inside another one of the same thread is part of that: upgrading waits for the claim and then
 * for the readers. While observers are told, the span is still open, so that their own waits are not observed.
 *
 * To look must never make a wait fail. A span for which there is no memory is one that nobody hears of. When a wait
 * has ended there is stack enough for the calls that lead here: the lot has made sure of more than that in a deeper
 * call of the same wait, or the caller has. Observers may need more; what they throw is caught here.
 */

/**
 * One whole wait of the current thread, for observers. Used by a synchronizer whose wait consists of several parks,
 * where somebody looks:
 *
 * <pre>{@code
 * if (!ParkingLot.isObserved()) {
 *     return waitUntilAcquired();
 * }
 * WaitSpan span = WaitSpan.begin(this, 0, "lock", HANDED_OVER);
 * Outcome outcome = Outcome.FAILED;
 * try {
 *     boolean acquired = waitUntilAcquired();
 *     outcome = acquired ? Outcome.ACQUIRED : Outcome.TIMED_OUT;
 *     return acquired;
 * } finally {
 *     span.end(outcome);
 * }
 * }</pre>
 */
public final class WaitSpan {
    private static final ThreadLocal<WaitSpan> CURRENT = new ThreadLocal<>();

    /** No wait that anybody wants to hear of. */
    private static final WaitSpan NONE = new WaitSpan(null, null, null, 0L, "", 0L, null);

    /** The token of a wait in which nothing is handed over. */
    private static final long NEVER = Long.MIN_VALUE;

    private final Observers observers;
    private final Object event;
    private final Object base;
    private final long offset;
    private final String mode;
    private final long handOffToken;
    private final Thread holder;
    private long since;
    private long parkedNanos;
    private int parks;
    private boolean handedOver;
    private boolean telling;
    private boolean ended;

    private WaitSpan(
            Observers observers,
            Object event,
            Object base,
            long offset,
            String mode,
            long handOffToken,
            Thread holder) {
        this.observers = observers;
        this.event = event;
        this.base = base;
        this.offset = offset;
        this.mode = mode;
        this.handOffToken = handOffToken;
        this.holder = holder;
    }

    // ---- for synchronizers

    /**
     * The current thread has decided to wait. Never throws anything but a {@code StackOverflowError}. Unless that is
     * thrown, call {@link #end} in any case.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param mode what for, such as "read": see {@link FinishedWait}
     * @param handOffToken the unpark token by which a thread is told that it has been given what it waits for
     * @return the wait, to be ended
     * @throws StackOverflowError if there is not enough stack for this wait
     */
    public static WaitSpan begin(Object base, long offset, String mode, long handOffToken) {
        StackRoom.require();
        WaitSpan span = beginUnlessWithin(base, offset, mode, handOffToken);
        return span == null ? NONE : span;
    }

    /**
     * Null if the thread has a span already, of which this wait is a part. The thread is asked for that only if there
     * is somebody who wants to hear of the wait: to ask leaves something behind in it.
     */
    private static WaitSpan beginUnlessWithin(Object base, long offset, String mode, long handOffToken) {
        try {
            Observers observers = Lot.observers;
            Object event = observers == null ? null : observers.beginEvent();
            if (observers == null || !observers.wantWaits(event)) {
                return NONE;
            }
            WaitSpan outer = CURRENT.get();
            if (outer != null && !outer.ended) {
                return null;
            }
            Thread holder = firstOrNull(DeadlockDetector.holders(base, offset));
            WaitSpan span = new WaitSpan(observers, event, base, offset, mode, handOffToken, holder);
            CURRENT.set(span);
            span.since = System.nanoTime();
            return span;
        } catch (RuntimeException | Error e) {
            return NONE;
        }
    }

    /**
     * A wait that nobody hears of: to end it does nothing. For a synchronizer that makes sure, before it waits, that
     * the end of a wait has been linked.
     *
     * @return always the same
     */
    public static WaitSpan none() {
        return NONE;
    }

    /**
     * The wait has ended. Tells observers; never throws.
     *
     * @param outcome how it has ended
     */
    public void end(Outcome outcome) {
        if (this == NONE) {
            return;
        }
        try {
            telling = true;
            long nanos = System.nanoTime() - since;
            long awake = Math.max(0L, nanos - parkedNanos);
            observers.waited(
                    new FinishedWait(
                            base,
                            offset,
                            mode,
                            Thread.currentThread(),
                            holder,
                            nanos,
                            awake,
                            parks,
                            handedOver && outcome == Outcome.ACQUIRED,
                            outcome),
                    event);
        } catch (Throwable e) {
            // then nobody hears of it
        }
        close();
    }

    private void close() {
        ended = true;
        try {
            CURRENT.remove();
        } catch (Throwable e) {
            // it is recognised as one that has ended
        }
    }

    private static Thread firstOrNull(List<Thread> threads) {
        return threads.isEmpty() ? null : threads.get(0);
    }

    // ---- for the lot

    /** A park, where somebody looks: a part of the thread's span, or one of its own. */
    static <C> ParkResult park(
            Parking parking,
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken,
            Patience patience) {
        CallbackScope.requireOutside();
        StackRoom.require();
        WaitSpan own = beginUnlessWithin(base, offset, "park", NEVER);
        WaitSpan span = own == null ? currentOrNone() : own;
        long before = System.nanoTime();
        ParkResult result = null;
        try {
            result = parking.park(base, offset, context, callbacks, options, parkToken, patience);
        } finally {
            span.parked(result, before);
            if (own != null && own != NONE) {
                own.endPark(result);
            }
        }
        return result;
    }

    /** A hold of this thread has ended. Never throws; the holds of observers are not observed, either. */
    static void tellHold(Hold hold) {
        Observers observers = Lot.observers;
        if (observers == null || hold.sinceNanos == Hold.UNTIMED) {
            return;
        }
        WaitSpan muted = null;
        try {
            long nanos = System.nanoTime() - hold.sinceNanos;
            WaitSpan span = CURRENT.get();
            if (span == null || span.ended) {
                muted = new WaitSpan(null, null, null, 0L, "", NEVER, null);
                span = muted;
                CURRENT.set(muted);
            }
            if (!span.telling) {
                span.telling = true;
                observers.held(hold.key.base(), hold.key.offset(), Thread.currentThread(), nanos);
                span.telling = false;
            }
        } catch (Throwable e) {
            // then nobody hears of it
        }
        if (muted != null) {
            muted.close();
        }
    }

    private static WaitSpan currentOrNone() {
        try {
            WaitSpan current = CURRENT.get();
            return current == null ? NONE : current;
        } catch (RuntimeException | Error e) {
            return NONE;
        }
    }

    private void parked(ParkResult result, long before) {
        if (this != NONE && result != null && result.kind() != ParkResult.Kind.INVALID) {
            parkedNanos += System.nanoTime() - before;
            parks++;
            handedOver |= result.isUnparked() && result.unparkToken() == handOffToken;
        }
    }

    private void endPark(ParkResult result) {
        if (result == null) {
            end(Outcome.FAILED);
            return;
        }
        // No switch, which would need a class of its own.
        ParkResult.Kind kind = result.kind();
        if (kind == ParkResult.Kind.INVALID) {
            close(); // it did not wait
        } else if (kind == ParkResult.Kind.UNPARKED) {
            end(Outcome.ACQUIRED);
        } else {
            end(kind == ParkResult.Kind.TIMED_OUT ? Outcome.TIMED_OUT : Outcome.INTERRUPTED);
        }
    }

    /** Loads what the end of a wait needs, lest that be somebody's. */
    static void rehearse() {
        WaitSpan span = new WaitSpan(null, null, new Object(), 0L, "", NEVER, null);
        WaitSpan current = CURRENT.get();
        if (current == null) {
            CURRENT.set(span);
            span.parked(ParkResult.TIMED_OUT, System.nanoTime());
            span.endPark(ParkResult.INVALID);
            new FinishedWait(null, 0L, "", Thread.currentThread(), null, 0L, 0L, 0, false, Outcome.ACQUIRED);
        }
    }
}

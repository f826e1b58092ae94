package dev.parkinglot.locks;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.UnparkCallback;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Runs an action once, whoever comes first; the others wait until it is done.
 *
 * <pre>{@code
 * private final Once initialized = new Once();
 *
 * Table table() {
 *     initialized.callOnce(() -> table = load());
 *     return table;
 * }
 * }</pre>
 *
 * <p><b>Poisoning.</b> If the action throws, the throwable leaves {@code callOnce}, and the object is poisoned: later
 * calls, those that were waiting included, throw an {@code IllegalStateException} whose cause is that throwable. {@link
 * #callOnceForce} tries again.
 *
 * <p><b>Re-entry.</b> An action that calls its own {@code Once} gets an {@code IllegalStateException} instead of
 * waiting for itself for ever.
 *
 * <p><b>Memory effects.</b> What the action did happens-before the normal return of any call.
 *
 * <p><b>Interrupts</b> have no effect on waiting and stay pending.
 *
 * <p><b>Cost.</b> 16 bytes with compressed class pointers; when done, one read. The first call allocates.
 *
 * <p>Idea: {@code Once} of Rust's {@code parking_lot}.
 */
public class Once {
    /* Overview.
     *
     * State, one reference:
     *
     *   null        NEW
     *   an Attempt  IN_PROGRESS while its thread runs the action; POISONED once it has failed
     *   DONE        done
     *
     *   null ----> Attempt (running) ----> DONE
     *                 |       ^
     *                 v       | by force: another Attempt
     *              Attempt (failed)
     *
     * An attempt is made before the action runs, so that recording its failure needs no memory.
     *
     * Waiting: (A) set `awaited` of the attempt; (B) validate, under the bucket lock: is it still running? Ending an
     * attempt: (C) end it; (D) was it awaited? Then wake all. All four are volatile, so either (D) sees (A), or (B)
     * sees (C).
     */

    private static final VarHandle STATE = Fields.handle(MethodHandles.lookup(), "state", Object.class);

    static {
        ParkingLot.prepare();
    }

    private static final Object DONE = new Object();

    private static final long QUEUE = 0L;

    /** At most so many calls lie between the run of an action and the lot. */
    private static final int CALLS_TO_UNPARK = 8;

    @SuppressWarnings("unused") // through STATE
    private Object state;

    /** Makes one whose action has not run. */
    public Once() {}

    /** One run of an action. Its fields are written without a call, so that running out of stack cannot prevent it. */
    private static final class Attempt {
        /** Null once the attempt has failed, so that a poisoned object keeps no thread. Read by others for a moment. */
        Thread runner = Thread.currentThread();

        volatile boolean awaited;
        volatile Throwable failure;

        /** Whether those who wait have been chosen. The runner's. */
        boolean ended;
    }

    /**
     * Runs an action, unless one has been run successfully, or waits for the one that is running.
     *
     * @param action what to run; what it throws leaves this method and poisons this object
     * @throws IllegalStateException if poisoned (the cause is the first failure), or if called by the action itself
     */
    public final void callOnce(Runnable action) {
        Objects.requireNonNull(action, "action");
        if (stateAcquire() != DONE) {
            callSlow(false, before -> action.run());
        }
    }

    /**
     * As {@link #callOnce}, but runs the action even if poisoned. If it succeeds, the object is done, and poisoned no
     * more.
     *
     * @param action what to run; it is told {@link OnceState#NEW} or {@link OnceState#POISONED}
     * @throws IllegalStateException if called by the action itself
     */
    public final void callOnceForce(Consumer<OnceState> action) {
        Objects.requireNonNull(action, "action");
        if (stateAcquire() != DONE) {
            callSlow(true, action);
        }
    }

    /**
     * Whether an action has been run successfully. If so, its effects are visible to the caller.
     *
     * @return true for {@link OnceState#DONE}; false may be stale when it is looked at
     */
    public final boolean isDone() {
        return stateAcquire() == DONE;
    }

    /** {@return the state; the answer may be stale when it is looked at, unless it is {@link OnceState#DONE}} */
    public final OnceState state() {
        Object now = stateAcquire();
        if (now == null) {
            return OnceState.NEW;
        }
        if (now instanceof Attempt attempt) {
            return attempt.failure == null ? OnceState.IN_PROGRESS : OnceState.POISONED;
        }
        return OnceState.DONE;
    }

    private void callSlow(boolean force, Consumer<OnceState> action) {
        while (true) {
            Object now = stateVolatile();
            if (now == DONE) {
                return;
            }
            Attempt last = (Attempt) now;
            if (last != null && last.failure == null) {
                await(last);
                continue;
            }
            if (last != null && !force) {
                throw new IllegalStateException(
                        "poisoned: an earlier action failed (see the cause); callOnceForce tries again", last.failure);
            }
            if (run(new Attempt(), last, action)) {
                return;
            }
        }
    }

    /** Runs an attempt, if it is the one that replaces the last; otherwise returns false. */
    private boolean run(Attempt attempt, Attempt last, Consumer<OnceState> action) {
        ParkingLot.requireStack(CALLS_TO_UNPARK); // for the end of the attempt, whoever waits for it by then
        try {
            // In here, so that there is no stack to run out of between this and the action.
            if (!casState(last, attempt)) {
                return false;
            }
            action.accept(last == null ? OnceState.NEW : OnceState.POISONED);
            setStateVolatile(DONE);
            return true;
        } catch (Throwable failure) {
            attempt.failure = last == null ? failure : last.failure;
            attempt.runner = null;
            throw failure;
        } finally {
            if (attempt.awaited) {
                wakeAll(attempt);
            }
        }
    }

    /** Nobody may be left asleep, so this waits for the little memory that it takes to wake several. */
    private void wakeAll(Attempt attempt) {
        while (true) {
            try {
                ParkingLot.unparkAll(this, QUEUE, attempt, END);
                return;
            } catch (OutOfMemoryError e) {
                if (attempt.ended) {
                    throw e; // it was one of the woken that could not be woken
                }
                Thread.yield();
            }
        }
    }

    private static final UnparkCallback<Attempt> END = new UnparkCallback<>() {
        @Override
        public long unparking(Attempt attempt, long parkToken, UnparkResult result) {
            attempt.ended = true;
            return ParkingLot.DEFAULT_UNPARK_TOKEN;
        }
    };

    private void await(Attempt attempt) {
        if (attempt.runner == Thread.currentThread()) {
            throw new IllegalStateException("this Once is being run by this very thread: its action may not call it");
        }
        attempt.awaited = true;
        ParkingLot.park(this, QUEUE, () -> stateVolatile() == attempt && attempt.failure == null);
    }

    private Object stateAcquire() {
        return STATE.getAcquire(this);
    }

    private Object stateVolatile() {
        return STATE.getVolatile(this);
    }

    private void setStateVolatile(Object value) {
        STATE.setVolatile(this, value);
    }

    private boolean casState(Object expected, Object value) {
        return STATE.compareAndSet(this, expected, value);
    }
}

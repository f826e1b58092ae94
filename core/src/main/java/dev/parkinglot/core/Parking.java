package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.UnparkHandle;
import java.util.Objects;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Function;
import java.util.function.LongSupplier;

/* Overview.
 *
 * How a thread waits. A wait is an entry in a queue, and its life is this (all changes under the lock of the bucket
 * that it is in):
 *
 *   NEW --validate says yes--> QUEUED --chosen by an unpark--> CHOSEN       returns UNPARKED with the token
 *    |                          |  ^
 *    |                          |  +-- requeued: in another queue, perhaps of another bucket; still QUEUED
 *    |                          |
 *    |                          +--deadline, interrupt, looking again, throwable--> LEFT
 *    +--validate says no--> LEFT
 *
 * A thread that was requeued may renounce the arrow from QUEUED to LEFT but for a throwable (stayingOnceRequeued): then
 * neither a deadline nor an interrupt ends its wait any more.
 *
 * CHOSEN and LEFT exclude each other because both need the bucket lock and QUEUED. A thread whose parker returns, for
 * whatever reason, locks its bucket. If it has been chosen meanwhile, it returns the token, as if it had been woken in
 * time. If not, it looks whether there is a reason to leave, and otherwise sleeps again. That the parker returned
 * proves nothing; the queue does.
 *
 * Nothing half-way. All memory is allocated before the bucket is locked: the entry, its parker, and a queue if the key
 * has none. There is stack for everything that the lot does (StackRoom). What can still fail is what is not the lot's:
 * a callback, the parker, the fence. If one of these throws while the thread is queued, the thread leaves the queue
 * first, and then the throwable leaves park. If the thread had been chosen by then, wakeLost is told.
 *
 * Interrupts are taken off the thread by Thread.interrupted() before the bucket is locked, and set again after it is
 * unlocked, unless the interrupt becomes the result. So no method of a user's subclass of Thread is called under the
 * lock, and none decides about the wait.
 */
final class Parking {
    private final Table table;
    private final Function<Thread, ParkerBackend> backends;
    private final LongSupplier clock;
    private final Duty duty;

    /** Whether a wait that has ended asks if a recording has begun. */
    private final boolean noticesRecordings;

    Parking(
            Table table,
            Function<Thread, ParkerBackend> backends,
            LongSupplier clock,
            Duty duty,
            boolean noticesRecordings) {
        this.table = table;
        this.backends = backends;
        this.clock = clock;
        this.duty = duty;
        this.noticesRecordings = noticesRecordings;
    }

    long now() {
        return clock.getAsLong();
    }

    <C> ParkResult park(
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken,
            Patience patience) {
        Objects.requireNonNull(callbacks, "callbacks");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(patience, "patience");
        CallbackScope.requireOutside();
        StackRoom.require();
        table.resizeFurther();
        if (Switches.RECORDS) {
            return parkRecorded(base, offset, context, callbacks, options, parkToken, patience);
        }
        WaitingThread entry = newEntry(base, options, parkToken, patience);
        return park(entry, base, offset, context, callbacks, options, patience);
    }

    private WaitingThread newEntry(Object blocker, ParkOptions options, long parkToken, Patience patience) {
        Thread thread = Thread.currentThread();
        long since = options.returns() ? options.sinceNanos() : clock.getAsLong();
        WaitingThread entry = new WaitingThread(thread, backends.apply(thread).newParker(blocker), parkToken, since);
        entry.waitAs(options, patience.mayTimeOut());
        return entry;
    }

    /** With holders recorded: tools are shown who holds it, and checks look at the wait. */
    private <C> ParkResult parkRecorded(
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            long parkToken,
            Patience patience) {
        OwnedLock owned = Recorder.beforePark(base, offset, parkToken, options, patience);
        LostWakes.Wait<C> watched = null;
        try {
            WaitingThread entry = newEntry(owned == null ? base : owned, options, parkToken, patience);
            watched = Switches.LOST_WAKE ? LostWakes.watch(entry, context, callbacks) : null;
            return park(entry, base, offset, context, callbacks, options, patience);
        } finally {
            if (owned != null) {
                Recorder.HOLDS.endAwait(owned);
            }
            if (watched != null) {
                LostWakes.WATCHED.remove(watched);
            }
        }
    }

    private <C> ParkResult park(
            WaitingThread entry,
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            Patience patience) {
        if (!enqueueIfValid(entry, base, offset, context, callbacks, options)) {
            return ParkResult.INVALID;
        }
        ParkResult result;
        try {
            callbacks.beforeSleep(context);
            if (callbacks.yieldsBeforeSleep(context) && !entry.isOutOfQueue()) {
                Thread.yield();
            }
            result = sleep(entry, context, callbacks, options, patience);
        } catch (Throwable failure) {
            abandon(entry, context, callbacks, failure);
            throw failure;
        }
        if (noticesRecordings) {
            FlightRecording.notice();
        }
        return result;
    }

    // ---- entering the queue

    <C> boolean enqueueIfValid(
            WaitingThread entry,
            Object base,
            long offset,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options) {
        Bucket bucket = enterToEnqueue(base, offset);
        try {
            if (!callbacks.validate(context, entry.token)) {
                return false;
            }
            long now = entry.mayLook() ? clock.getAsLong() : 0L;
            entry.parker.preparePark();
            WaitQueue queue = bucket.findOrOpen(base, offset, entry.sinceNanos);
            if (options.returns()) {
                queue.prepend(entry);
            } else {
                queue.append(entry);
            }
            Duty.settle(queue, entry, options, now);
            return true;
        } finally {
            bucket.exit();
        }
    }

    /** Enters the bucket of a key and sees to it that a queue for the key is there or can be had without allocating. */
    Bucket enterToEnqueue(Object base, long offset) {
        WaitQueue fresh = null;
        while (true) {
            Bucket bucket = table.enter(base, offset);
            if (bucket.find(base, offset) != null) {
                return bucket;
            }
            if (bucket.isCrowded()) {
                bucket.exit();
                table.relieve(bucket);
                continue;
            }
            if (!bucket.hasSpare()) {
                if (fresh == null) {
                    bucket.exit();
                    fresh = new WaitQueue();
                    continue;
                }
                bucket.stock(fresh);
            }
            return bucket;
        }
    }

    // ---- sleeping

    <C> ParkResult sleep(
            WaitingThread entry,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            Patience initially) {
        Patience patience = initially;
        while (true) {
            doze(entry, options, patience.toSleep(clock));
            Patience awake = patience.toLook(clock);
            boolean interrupted = patience.interruptible() && Thread.interrupted();
            ParkResult result = null;
            try {
                result = lookRound(entry, context, callbacks, options, awake, interrupted);
            } finally {
                boolean isResult = result != null && result.kind() == ParkResult.Kind.INTERRUPTED;
                if (interrupted && !isResult) {
                    Thread.currentThread().interrupt();
                }
            }
            if (result != null) {
                return result;
            }
            if (entry.requeued && options.staysOnceRequeued()) {
                patience = Patience.ENDLESS;
            }
        }
    }

    /** Sleeps once, until there may be a reason to go on. */
    private static void doze(WaitingThread entry, ParkOptions options, Patience patience) {
        boolean timed = patience.timed();
        long deadline = patience.deadlineNanos();
        long lookAt = entry.lookAtNanos; // read once: a requeue may take it away
        if (lookAt != WaitQueue.Entry.NO_LOOK && (!timed || lookAt - deadline < 0L)) {
            timed = true;
            deadline = lookAt;
        }
        if (options.compensates() && entry.thread() instanceof ForkJoinWorkerThread) {
            Compensation.sleep(entry, timed, deadline, patience.interruptible());
        } else {
            entry.sleep(timed, deadline, patience.interruptible());
        }
    }

    /** Awake: how the wait has ended, null if it has not. */
    private <C> ParkResult lookRound(
            WaitingThread entry,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            Patience patience,
            boolean interrupted) {
        boolean fenced = duty.isFenceDue(entry) && duty.tryFence();
        Bucket bucket = Table.enterBucketOf(entry);
        if (bucket == null) {
            return ParkResult.unparked(entry.token);
        }
        ParkResult reason;
        try {
            reason = reasonToLeave(entry, context, callbacks, options, patience, interrupted);
            if (reason == null) {
                stay(entry, options, fenced);
            }
        } catch (Throwable failure) {
            bucket.exit();
            throw failure;
        }
        if (reason == null) {
            bucket.exit();
        } else {
            leave(bucket, entry, context, callbacks);
        }
        return reason;
    }

    private <C> ParkResult reasonToLeave(
            WaitingThread entry,
            C context,
            ParkCallbacks<? super C> callbacks,
            ParkOptions options,
            Patience patience,
            boolean interrupted) {
        if (!(entry.requeued && options.staysOnceRequeued())) {
            if (interrupted) {
                return ParkResult.INTERRUPTED;
            }
            if (patience.timed() && patience.deadlineNanos() - clock.getAsLong() <= 0L) {
                return ParkResult.TIMED_OUT;
            }
        }
        return entry.mayLook() && !callbacks.validate(context, entry.token) ? ParkResult.INVALID : null;
    }

    private void stay(WaitingThread entry, ParkOptions options, boolean fenced) {
        WaitQueue queue = entry.queueAcquire();
        long now = entry.mayLook() ? clock.getAsLong() : 0L;
        entry.parker.preparePark();
        if (fenced) {
            Duty.discharge(queue, entry);
        } else {
            Duty.settle(queue, entry, options, now);
        }
    }

    // ---- leaving

    /** The one way out of a queue besides being chosen. With the bucket entered; exits it. */
    <C> void leave(Bucket bucket, WaitQueue.Entry entry, C context, ParkCallbacks<? super C> callbacks) {
        WaitQueue queue = entry.queueAcquire();
        Object base = queue.base;
        long offset = queue.offset;
        UnparkHandle nudge = Duty.passOn(queue, entry);
        queue.remove(entry);
        boolean wasLastThread = queue.isEmpty();
        bucket.closeIfEmpty(queue);
        try {
            callbacks.timedOut(context, base, offset, wasLastThread);
        } finally {
            bucket.exit();
            tryWake(nudge);
            if (wasLastThread) {
                table.lookAtSize(bucket);
            }
        }
    }

    /** A nudge that fails is a look that comes late, and no concern of whoever leaves. */
    static void tryWake(UnparkHandle nudge) {
        try {
            nudge.unpark();
        } catch (RuntimeException | Error e) {
            // see Duty, overview
        }
    }

    /** A throwable is on its way out of park: the thread must not stay behind, nor a wake be swallowed. */
    private <C> void abandon(WaitingThread entry, C context, ParkCallbacks<? super C> callbacks, Throwable failure) {
        try {
            Bucket bucket = Table.enterBucketOf(entry);
            if (bucket != null) {
                leave(bucket, entry, context, callbacks);
            } else if (entry.chosen) {
                callbacks.wakeLost(context, entry.token, failure);
            }
        } catch (Throwable second) {
            Failures.add(failure, second);
        }
    }
}

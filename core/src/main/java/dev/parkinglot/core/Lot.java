package dev.parkinglot.core;

import dev.parkinglot.parkers.AsymmetricFence;
import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.parkers.UnparkHandle;
import dev.parkinglot.parkers.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/* Overview.
 *
 * The operations, on one table. ParkingLot is the one that everybody shares; tests make their own, with a parker and a
 * clock that they drive by hand.
 *
 * A waiter's life (all transitions under the lock of the bucket that it is in):
 *
 *   NEW --validate says yes--> QUEUED --chosen by an unpark--> CHOSEN       returns UNPARKED with the token
 *    |                          |  ^
 *    |                          |  +-- requeued: in another queue, perhaps of another bucket; still QUEUED
 *    |                          |
 *    |                          +--deadline, interrupt, revalidation, throwable--> LEFT
 *    +--validate says no--> LEFT
 *
 * A requeued waiter may renounce the arrow from QUEUED to LEFT but for a throwable (staysOnceRequeued): from its next
 * look at its queue on, neither a deadline nor an interrupt ends its wait.
 *
 * CHOSEN and LEFT exclude each other because both need the bucket lock and QUEUED: a thread whose parker gave up locks
 * its bucket and, if it has been chosen meanwhile, returns the token as if it had been woken in time.
 *
 * Every unpark operation has four steps, and this order is what makes callbacks safe to throw:
 *
 *   1. choose   under the bucket lock; links the chosen threads (nextChosen), changes no queue
 *   2. ask      the callback, with the result that step 3 will have; it may throw
 *   3. commit   unlink, hand over the token, mark the parkers unparked; nothing here can fail
 *   4. wake     after the bucket lock is released: the system calls
 *
 * No wake-up is lost between a park and an unpark of the same key, if the unparker changes the state that validate
 * reads before it calls, or in its callback:
 *
 *   parker                                 unparker
 *   lock bucket                            (A) change the state
 *   (B) validate: reads the state          lock bucket
 *   enqueue                                (C) look for waiters
 *   unlock                                 unlock
 *
 * If (B) comes first in the order of the bucket lock, (C) finds the waiter. If (C) comes first, (A) happens-before (B),
 * and validate says no.
 *
 * Revalidation is for unparkers that look for a mark of the waiters, instead of (C), right after (A) and without a
 * fence:
 *
 *   parker                                 unparker
 *   set the mark                           (A) change the state     may be delayed
 *   (B) validate; enqueue                  (M) read the mark        go to the lot if set
 *   ...
 *   later, by the one on duty:
 *   (F) fence in all other threads
 *   (V) validate
 *
 * Without (F), (V) only asks again. With (F), where the system has one (AsymmetricFence), (V) is final for all who were
 * enqueued before: an unparker whose (A) comes before its part of (F) has made it visible to (V); one whose (A) comes
 * after it also reads the mark after it. (If the mark was taken away meanwhile, that thread has undertaken to see to
 * the queue, or to set the mark again and park itself.) So after a fenced look nobody is on duty until the next thread
 * parks. A thread that parks does not rely on a look that is already due, and (F) is executed only then: who was
 * enqueued between (F) and (V) has its own look.
 *
 * (F) is not executed before the waiter is queued, which would save the first look as well: most waits are over before
 * it, so they would pay for it in vain. Nor is it executed for virtual threads: a million of them that wait for a lock
 * each would pay for a million fences, more than their timers cost.
 */
final class Lot {
    private final Table table;
    private final Function<Thread, ParkerBackend> backends;
    private final LongSupplier clock;
    private final BooleanSupplier fence;

    /** The shared one. */
    Lot() {
        this(
                Integer.highestOneBit(Math.max(16, Runtime.getRuntime().availableProcessors())) * 4,
                ParkerBackends::forThread,
                System::nanoTime,
                AsymmetricFence::tryFence);
    }

    /** One for tests, without the fence. */
    Lot(int tableSize, Function<Thread, ParkerBackend> backends, LongSupplier clock) {
        this(tableSize, backends, clock, () -> false);
    }

    /**
     * One for tests: table size (a power of two), parkers, the clock that decides about deadlines and fairness, and the
     * fence in all other threads, which says whether it has been executed.
     */
    Lot(int tableSize, Function<Thread, ParkerBackend> backends, LongSupplier clock, BooleanSupplier fence) {
        this.table = new Table(tableSize);
        this.backends = backends;
        this.clock = clock;
        this.fence = fence;
    }

    // ---- park

    ParkResult park(Object base, long offset, ParkCallbacks callbacks, long parkToken, Patience patience) {
        Objects.requireNonNull(callbacks, "callbacks");
        Objects.requireNonNull(patience, "patience");
        CallbackScope.requireOutside();
        // Everything that a wait needs is allocated before its bucket is locked for good.
        Thread thread = Thread.currentThread();
        Waiter waiter = new Waiter(thread, backends.apply(thread).newParker(base), parkToken);
        if (!enqueueIfValid(waiter, base, offset, callbacks)) {
            return ParkResult.INVALID;
        }
        try {
            callbacks.beforeSleep(base, offset);
            return sleep(waiter, base, offset, callbacks, patience);
        } catch (Throwable failure) {
            abandon(waiter, base, offset, callbacks, failure);
            throw failure;
        }
    }

    boolean enqueueIfValid(Waiter waiter, Object base, long offset, ParkCallbacks callbacks) {
        long revalidateAfter = callbacks.revalidateAfterNanos(0);
        boolean goesFirst = callbacks.goesFirst();
        Bucket bucket = lockToEnqueue(base, offset);
        try {
            if (!validate(base, offset, callbacks)) {
                return false;
            }
            WaitQueue queue = bucket.findOrOpen(base, offset);
            if (goesFirst) {
                queue.prepend(waiter);
            } else {
                queue.append(waiter);
            }
            settle(waiter, queue, revalidateAfter);
            return true;
        } finally {
            bucket.unlock();
        }
    }

    /** Locks the bucket of a key and sees to it that a queue for the key is there or can be had without allocating. */
    private Bucket lockToEnqueue(Object base, long offset) {
        WaitQueue fresh = null;
        while (true) {
            Bucket bucket = table.lock(base, offset);
            if (bucket.find(base, offset) != null) {
                return bucket;
            }
            if (bucket.isCrowded()) {
                bucket.unlock();
                table.relieve(bucket);
                continue;
            }
            if (!bucket.hasSpare()) {
                if (fresh == null) {
                    bucket.unlock();
                    fresh = new WaitQueue();
                    continue;
                }
                bucket.stock(fresh);
            }
            return bucket;
        }
    }

    /**
     * Gets a queued waiter ready to sleep (again): arms its parker, and lets it revalidate on behalf of its queue if it
     * will do so before whoever is on that duty, or if that look is due already and may be under way. So after each
     * park somebody looks again within the first interval of its callbacks.
     */
    private void settle(Waiter waiter, WaitQueue queue, long revalidateAfter) {
        waiter.parker.preparePark();
        waiter.onDuty = false;
        if (revalidateAfter == ParkCallbacks.NEVER) {
            return;
        }
        long now = clock.getAsLong();
        long at = now + Math.min(revalidateAfter, Long.MAX_VALUE >> 1);
        Waiter sentinel = queue.sentinel;
        if (sentinel == null
                || sentinel == waiter
                || at - sentinel.revalidateAtNanos < 0L
                || sentinel.revalidateAtNanos - now <= 0L) {
            queue.sentinel = waiter;
            waiter.onDuty = true;
            waiter.rounds++;
            waiter.revalidateAtNanos = at;
        }
    }

    /**
     * Sleeps until chosen or until there is a reason to leave. That the parker returns proves nothing; the queue does.
     */
    ParkResult sleep(Waiter waiter, Object base, long offset, ParkCallbacks callbacks, Patience initially) {
        Patience patience = initially;
        while (true) {
            parkOnce(waiter, patience);
            boolean fenced = isLookDue(waiter) && fence.getAsBoolean();
            Bucket bucket = Table.lockBucketOf(waiter);
            if (bucket == null) {
                return ParkResult.unparked(waiter.unparkToken);
            }
            ParkResult reason;
            try {
                if (waiter.requeued && staysOnceRequeued(callbacks)) {
                    patience = Patience.ENDLESS;
                }
                reason = reasonToLeave(waiter, base, offset, callbacks, patience, fenced);
            } catch (Throwable failure) {
                bucket.unlock();
                throw failure;
            }
            if (reason == null) {
                bucket.unlock();
                continue;
            }
            leave(bucket, waiter, callbacks);
            if (reason.kind() == ParkResult.Kind.INTERRUPTED) {
                Thread.interrupted(); // the result stands for the flag
            }
            return reason;
        }
    }

    /** Whether a waiter has woken up in order to look again, and the fence pays. */
    private boolean isLookDue(Waiter waiter) {
        return waiter.onDuty
                && !waiter.isOutOfQueue()
                && waiter.revalidateAtNanos - clock.getAsLong() <= 0L
                && !VirtualThreads.isVirtual(waiter.thread);
    }

    private static void parkOnce(Waiter waiter, Patience patience) {
        boolean timed = patience.timed();
        long deadline = patience.deadlineNanos();
        if (waiter.onDuty && (!timed || waiter.revalidateAtNanos - deadline < 0L)) {
            timed = true;
            deadline = waiter.revalidateAtNanos;
        }
        if (timed) {
            waiter.parker.parkUntil(deadline, patience.interruptible());
        } else {
            waiter.parker.park(patience.interruptible());
        }
    }

    /**
     * Why a waiter that has woken up in its queue should leave it; null if it should sleep on. With the bucket locked.
     */
    private ParkResult reasonToLeave(
            Waiter waiter, Object base, long offset, ParkCallbacks callbacks, Patience patience, boolean fenced) {
        if (patience.interruptible() && Thread.currentThread().isInterrupted()) {
            return ParkResult.INTERRUPTED;
        }
        if (patience.timed() && patience.deadlineNanos() - clock.getAsLong() <= 0L) {
            return ParkResult.TIMED_OUT;
        }
        long revalidateAfter = waiter.requeued ? ParkCallbacks.NEVER : revalidateAfter(waiter.rounds, callbacks);
        if (revalidateAfter != ParkCallbacks.NEVER && !validate(base, offset, callbacks)) {
            return ParkResult.INVALID;
        }
        WaitQueue queue = waiter.queueAcquire();
        if (fenced && queue.sentinel == waiter) {
            queue.sentinel = null;
        }
        settle(waiter, queue, fenced ? ParkCallbacks.NEVER : revalidateAfter);
        return null;
    }

    private static long revalidateAfter(int round, ParkCallbacks callbacks) {
        int slot = CallbackScope.enter();
        try {
            return callbacks.revalidateAfterNanos(round);
        } finally {
            CallbackScope.exit(slot);
        }
    }

    private static boolean staysOnceRequeued(ParkCallbacks callbacks) {
        int slot = CallbackScope.enter();
        try {
            return callbacks.staysOnceRequeued();
        } finally {
            CallbackScope.exit(slot);
        }
    }

    private static boolean validate(Object base, long offset, ParkCallbacks callbacks) {
        int slot = CallbackScope.enter();
        try {
            return callbacks.validate(base, offset);
        } finally {
            CallbackScope.exit(slot);
        }
    }

    /** The one way out of a queue besides being chosen. With the bucket locked; unlocks it. */
    private static void leave(Bucket bucket, Waiter waiter, ParkCallbacks callbacks) {
        WaitQueue queue = waiter.queueAcquire();
        Object base = queue.base;
        long offset = queue.offset;
        boolean wasOnDuty = queue.sentinel == waiter;
        queue.unlink(waiter);
        waiter.setQueueRelease(null);
        waiter.left = true;
        boolean wasLastThread = queue.isEmpty();
        UnparkHandle nudge = wasOnDuty && !wasLastThread ? passDutyOn(queue) : UnparkHandle.NONE;
        bucket.closeIfEmpty(queue);
        try {
            timedOut(base, offset, wasLastThread, callbacks);
        } finally {
            bucket.unlock();
            nudge.unpark();
        }
    }

    /**
     * The first in the queue wakes up, finds itself still queued, looks, and takes up the duty as if it had just
     * parked.
     */
    private static UnparkHandle passDutyOn(WaitQueue queue) {
        queue.first.rounds = 0;
        return queue.first.parker.unparkLock();
    }

    private static void timedOut(Object base, long offset, boolean wasLastThread, ParkCallbacks callbacks) {
        int slot = CallbackScope.enter();
        try {
            callbacks.timedOut(base, offset, wasLastThread);
        } finally {
            CallbackScope.exit(slot);
        }
    }

    /** A throwable is on its way out of park: the waiter must not stay behind, nor a wake be swallowed. */
    private static void abandon(Waiter waiter, Object base, long offset, ParkCallbacks callbacks, Throwable failure) {
        if (waiter.left) {
            return;
        }
        try {
            Bucket bucket = Table.lockBucketOf(waiter);
            if (bucket == null) {
                callbacks.wakeLost(base, offset, waiter.unparkToken, failure);
            } else {
                leave(bucket, waiter, callbacks);
            }
        } catch (Throwable second) {
            if (second != failure) {
                failure.addSuppressed(second);
            }
        }
    }

    // ---- unpark: choose, ask, commit, wake

    UnparkResult unparkOne(Object base, long offset, UnparkCallback callback) {
        Objects.requireNonNull(callback, "callback");
        CallbackScope.requireOutside();
        Waiter chosen;
        UnparkResult result;
        Bucket bucket = table.lock(base, offset);
        try {
            WaitQueue queue = bucket.find(base, offset);
            chosen = queue == null ? null : alone(queue.first);
            result = chosen == null
                    ? UnparkResult.NONE
                    : UnparkResult.one(chosen != queue.last, bucket.isFairTime(clock.getAsLong()));
            long token = ask(base, offset, callback, result);
            commit(bucket, queue, chosen, token, result.beFair());
        } finally {
            bucket.unlock();
        }
        wake(chosen);
        return result;
    }

    int unparkAll(Object base, long offset, long unparkToken) {
        CallbackScope.requireOutside();
        Waiter chosen = null;
        int count = 0;
        Bucket bucket = table.lock(base, offset);
        try {
            WaitQueue queue = bucket.find(base, offset);
            if (queue != null) {
                chosen = queue.first;
                for (Waiter waiter = chosen; waiter != null; waiter = waiter.next) {
                    waiter.nextChosen = waiter.next;
                    count++;
                }
                commit(bucket, queue, chosen, unparkToken, false);
            }
        } finally {
            bucket.unlock();
        }
        wake(chosen);
        return count;
    }

    UnparkResult unparkFilter(Object base, long offset, ParkTokenFilter filter, UnparkCallback callback) {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(callback, "callback");
        CallbackScope.requireOutside();
        Selection selection = new Selection();
        UnparkResult result = UnparkResult.NONE;
        Bucket bucket = table.lock(base, offset);
        try {
            WaitQueue queue = bucket.find(base, offset);
            if (queue != null) {
                select(queue, filter, selection);
                boolean beFair = selection.count != 0 && bucket.isFairTime(clock.getAsLong());
                result = UnparkResult.unparked(selection.count, selection.leavesSome, beFair);
            }
            long token = ask(base, offset, callback, result);
            commit(bucket, queue, selection.first, token, result.beFair());
        } finally {
            bucket.unlock();
        }
        wake(selection.first);
        return result;
    }

    UnparkResult unparkRequeue(
            Object fromBase, long fromOffset, Object toBase, long toOffset, RequeueCallbacks callbacks) {
        Objects.requireNonNull(callbacks, "callbacks");
        CallbackScope.requireOutside();
        Waiter chosen;
        UnparkResult result;
        Table.Pair buckets = lockToRequeue(fromBase, fromOffset, toBase, toOffset);
        try {
            RequeueOp op = validate(callbacks);
            if (op == RequeueOp.ABORT) {
                return UnparkResult.NONE;
            }
            WaitQueue source = buckets.from().find(fromBase, fromOffset);
            chosen = source != null && op.unparksOne() ? alone(source.first) : null;
            result = preview(op, source, chosen, buckets.from());
            long token = ask(op, callbacks, result);
            if (result.requeuedThreads() != 0) {
                WaitQueue target = buckets.to().findOrOpen(toBase, toOffset);
                requeue(source, chosen, result.requeuedThreads(), target);
            }
            commit(buckets.from(), source, chosen, token, result.beFair());
        } finally {
            buckets.unlock();
        }
        wake(chosen);
        return result;
    }

    /** Locks both buckets and sees to it that a queue for the target key is there or can be had without allocating. */
    private Table.Pair lockToRequeue(Object fromBase, long fromOffset, Object toBase, long toOffset) {
        WaitQueue fresh = null;
        while (true) {
            Table.Pair buckets = table.lockPair(fromBase, fromOffset, toBase, toOffset);
            Bucket to = buckets.to();
            if (to.hasSpare()
                    || buckets.from().find(fromBase, fromOffset) == null
                    || to.find(toBase, toOffset) != null) {
                return buckets;
            }
            if (fresh != null) {
                to.stock(fresh);
                return buckets;
            }
            buckets.unlock();
            fresh = new WaitQueue();
        }
    }

    private UnparkResult preview(RequeueOp op, WaitQueue source, Waiter chosen, Bucket from) {
        if (source == null) {
            return UnparkResult.NONE;
        }
        int unparked = chosen == null ? 0 : 1;
        int requeued = op.requeues(source, unparked);
        boolean haveMore = op.leavesSome() && source.first != source.last;
        boolean beFair = chosen != null && from.isFairTime(clock.getAsLong());
        return new UnparkResult(unparked, requeued, haveMore, beFair);
    }

    /**
     * Moves so many waiters, the chosen one not counted, from the front of one queue to the end of another (or the
     * same).
     */
    private static void requeue(WaitQueue source, Waiter chosen, int count, WaitQueue target) {
        Waiter waiter = chosen == null ? source.first : chosen.next;
        for (int i = 0; i < count; i++) {
            Waiter next = waiter.next;
            source.unlink(waiter);
            waiter.requeued = true;
            target.append(waiter);
            waiter = next;
        }
    }

    /** The threads that a filter has picked, linked by {@link Waiter#nextChosen}. */
    private static final class Selection {
        Waiter first;
        Waiter last;
        int count;
        boolean leavesSome;

        void add(Waiter waiter) {
            if (last == null) {
                first = waiter;
            } else {
                last.nextChosen = waiter;
            }
            last = alone(waiter);
            count++;
        }
    }

    private static void select(WaitQueue queue, ParkTokenFilter filter, Selection selection) {
        int slot = CallbackScope.enter();
        try {
            for (Waiter waiter = queue.first; waiter != null; waiter = waiter.next) {
                FilterOp op = Objects.requireNonNull(filter.filter(waiter.parkToken), "filter returned null");
                if (op == FilterOp.UNPARK) {
                    selection.add(waiter);
                } else {
                    selection.leavesSome = true;
                }
                if (op == FilterOp.STOP) {
                    return;
                }
            }
        } finally {
            CallbackScope.exit(slot);
        }
    }

    private static Waiter alone(Waiter waiter) {
        waiter.nextChosen = null;
        return waiter;
    }

    private static long ask(Object base, long offset, UnparkCallback callback, UnparkResult result) {
        int slot = CallbackScope.enter();
        try {
            return callback.unparking(base, offset, result);
        } finally {
            CallbackScope.exit(slot);
        }
    }

    private static RequeueOp validate(RequeueCallbacks callbacks) {
        int slot = CallbackScope.enter();
        try {
            return Objects.requireNonNull(callbacks.validate(), "validate returned null");
        } finally {
            CallbackScope.exit(slot);
        }
    }

    private static long ask(RequeueOp op, RequeueCallbacks callbacks, UnparkResult result) {
        int slot = CallbackScope.enter();
        try {
            return callbacks.unparking(op, result);
        } finally {
            CallbackScope.exit(slot);
        }
    }

    /** Takes the chosen threads out of their queue. With the bucket locked; nothing in here can fail. */
    private void commit(Bucket bucket, WaitQueue queue, Waiter chosen, long token, boolean fair) {
        if (fair) {
            bucket.restartFairTimer(clock.getAsLong());
        }
        for (Waiter waiter = chosen; waiter != null; waiter = waiter.nextChosen) {
            queue.unlink(waiter);
            waiter.choose(token);
        }
        if (queue != null) {
            bucket.closeIfEmpty(queue);
        }
    }

    /** Wakes the chosen threads, all of them even if waking one throws. Without a lock. */
    private static void wake(Waiter chosen) {
        Throwable failure = null;
        Waiter waiter = chosen;
        while (waiter != null) {
            Waiter next = waiter.nextChosen;
            waiter.nextChosen = null; // or a waiter that lives on would keep all behind it alive
            try {
                waiter.handle.unpark();
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
            waiter = next;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    // ---- inspection

    List<ParkedThread> waiters(Object base, long offset) {
        CallbackScope.requireOutside();
        Bucket bucket = table.lock(base, offset);
        try {
            WaitQueue queue = bucket.find(base, offset);
            return queue == null ? List.of() : threadsOf(queue);
        } finally {
            bucket.unlock();
        }
    }

    List<ParkedQueue> snapshot() {
        CallbackScope.requireOutside();
        List<ParkedQueue> result = new ArrayList<>();
        table.forEachLocked(bucket -> {
            for (WaitQueue queue = bucket.queues(); queue != null; queue = queue.nextInBucket) {
                result.add(new ParkedQueue(queue.base, queue.offset, threadsOf(queue)));
            }
        });
        return List.copyOf(result);
    }

    private static List<ParkedThread> threadsOf(WaitQueue queue) {
        List<ParkedThread> threads = new ArrayList<>();
        for (Waiter waiter = queue.first; waiter != null; waiter = waiter.next) {
            threads.add(new ParkedThread(waiter.thread, waiter.parkToken));
        }
        return List.copyOf(threads);
    }

    /** Checks every link of every queue in one consistent view. For tests. */
    void checkInvariants() {
        table.forEachLocked(bucket -> Invariants.check(table, bucket));
    }

    int tableSize() {
        return table.size();
    }
}

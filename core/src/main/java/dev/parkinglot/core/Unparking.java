package dev.parkinglot.core;

import dev.parkinglot.core.WaitQueue.Entry;
import dev.parkinglot.parkers.UnparkHandle;
import java.util.Objects;
import java.util.function.LongSupplier;

/* Overview.
 *
 * How threads are woken. Every operation has the same six steps, and their order is what makes callbacks safe to throw
 * and faults harmless:
 *
 *   1. lock     the bucket of the key; a requeue locks two
 *   2. choose   mark the entries, change no queue. A filter is asked here, and may throw
 *   3. ask      the callback, with the result that step 4 will have; it may throw
 *   4. commit   take the chosen out of their queue, hand over the token, mark their parkers unparked
 *   5. unlock
 *   6. wake     make the system calls, every one of them, whatever has become of the others
 *
 * If step 2 or 3 throws, the marks are taken back and the bucket is unlocked, so it is as if nothing had been done.
 * From the end of step 3 on there is no way back, since the callback may have changed the state of a lock. So nothing
 * after it can fail for a reason of this thread: memory for the result was taken in step 2, and before it there was a
 * look whether the stack suffices (StackRoom). Where nobody waits, there is nothing to commit or to wake, and that
 * look, which would double the cost, is left out. Then the stack may still end between steps 1 and 5. So the bucket is
 * unlocked by plain writes in that case, which need no call. If the callback had returned by then, everything was done,
 * and the operation returns as usual.
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
 */
final class Unparking {
    private final Table table;
    private final LongSupplier clock;

    Unparking(Table table, LongSupplier clock) {
        this.table = table;
        this.clock = clock;
    }

    // ---- one key

    /** Wakes the first so many threads or, if there is a filter, those that it chooses. */
    <C> UnparkResult unpark(
            Object base,
            long offset,
            int limit,
            C context,
            ParkTokenFilter<? super C> filterOrNull,
            UnparkCallback<? super C> callback) {
        Objects.requireNonNull(callback, "callback");
        CallbackScope.requireOutside();
        Bucket bucket = table.enter(base, offset);
        WaitQueue queue = null;
        Entry chosen = null;
        UnparkResult result = UnparkResult.NONE;
        boolean done = false;
        try {
            queue = bucket.find(base, offset);
            if (queue == null) {
                callback.unparking(context, ParkingLot.DEFAULT_PARK_TOKEN, result);
                done = true;
            } else {
                StackRoom.requireToWake(queue);
                long now = clock.getAsLong();
                int count = filterOrNull == null
                        ? chooseFirst(queue, limit, now)
                        : chooseFiltered(queue, context, filterOrNull);
                Entry first = count == 0 ? null : firstChosen(queue);
                result = result(queue, count, first, now);
                long parkToken = first == null ? ParkingLot.DEFAULT_PARK_TOKEN : first.token;
                long unparkToken = callback.unparking(context, parkToken, result);
                chosen = commit(bucket, queue, count, unparkToken, result.beFair(), now);
            }
            bucket.exit();
        } catch (Throwable failure) {
            // No call in here: there may be no stack for one.
            if (queue != null) {
                for (Entry entry = queue.first; entry != null; entry = entry.next) {
                    entry.chosen = false;
                }
            }
            int slot = bucket.scope;
            bucket.scope = CallbackScope.NO_SLOT;
            if (slot != CallbackScope.NO_SLOT) {
                CallbackScope.INSIDE[slot] = null;
            }
            boolean interrupt = bucket.interrupted;
            bucket.interrupted = false;
            bucket.state = WordLock.FREE; // whoever waits for it looks by itself
            if (interrupt) {
                try {
                    Thread.currentThread().interrupt();
                } catch (Throwable e) {
                    // Somebody else's code, or no stack for it: what counts is why the bucket was freed by hand.
                }
            }
            if (!done) {
                throw failure;
            }
        }
        if (chosen != null) {
            afterwards(bucket, !result.haveMoreThreads(), chosen);
        }
        return result;
    }

    /** If one is to be woken, and it is the turn of the eldest, that one. */
    private static int chooseFirst(WaitQueue queue, int limit, long now) {
        if (limit == 1) {
            Entry eldest = queue.eldest();
            (Turns.isDue(queue, eldest, now) ? eldest : queue.first).chosen = true;
            return 1;
        }
        int count = 0;
        for (Entry entry = queue.first; entry != null && count < limit; entry = entry.next) {
            entry.chosen = true;
            count++;
        }
        return count;
    }

    private static <C> int chooseFiltered(WaitQueue queue, C context, ParkTokenFilter<? super C> filter) {
        int count = 0;
        for (Entry entry = queue.first; entry != null; entry = entry.next) {
            FilterOp op = Objects.requireNonNull(filter.filter(context, entry.token), "filter returned null");
            if (op == FilterOp.STOP) {
                break;
            }
            if (op == FilterOp.UNPARK) {
                entry.chosen = true;
                count++;
            }
        }
        return count;
    }

    private static Entry firstChosen(WaitQueue queue) {
        Entry entry = queue.first;
        while (!entry.chosen) {
            entry = entry.next;
        }
        return entry;
    }

    private static UnparkResult result(WaitQueue queue, int count, Entry firstOrNull, long now) {
        Entry entry = queue.first;
        boolean haveMore = false;
        for (int seen = 0; seen < count; entry = entry.next) {
            if (entry.chosen) {
                seen++;
            } else {
                haveMore = true;
            }
        }
        boolean beFair = firstOrNull != null && Turns.isDue(queue, firstOrNull, now);
        return UnparkResult.unparked(count, haveMore || entry != null, beFair);
    }

    /** Whether the eldest thread of a key should have its turn. False if the bucket is busy. */
    boolean isTurnDue(Object base, long offset) {
        Bucket bucket = table.tryLock(base, offset);
        if (bucket == null) {
            return false;
        }
        try {
            WaitQueue queue = bucket.find(base, offset);
            boolean due = queue != null && Turns.isDue(queue, queue.eldest(), clock.getAsLong());
            bucket.unlock();
            return due;
        } catch (Throwable failure) {
            bucket.state = WordLock.FREE; // without a call, as above
            throw failure;
        }
    }

    // ---- two keys

    <C> UnparkResult requeue(
            Object fromBase,
            long fromOffset,
            Object toBase,
            long toOffset,
            C context,
            RequeueCallbacks<? super C> callbacks) {
        Objects.requireNonNull(callbacks, "callbacks");
        CallbackScope.requireOutside();
        StackRoom.require();
        Table.Pair buckets = new Table.Pair();
        enterToRequeue(buckets, fromBase, fromOffset, toBase, toOffset);
        Entry chosen = null;
        UnparkHandle nudge = UnparkHandle.NONE;
        UnparkResult result;
        try {
            RequeueOp op = Objects.requireNonNull(callbacks.validate(context), "validate returned null");
            if (op == RequeueOp.ABORT) {
                return UnparkResult.NONE;
            }
            boolean precede = callbacks.movedThreadsPrecede(context);
            WaitQueue source = buckets.first.find(fromBase, fromOffset);
            if (source == null) {
                callbacks.unparking(context, op, ParkingLot.DEFAULT_PARK_TOKEN, UnparkResult.NONE);
                return UnparkResult.NONE;
            }
            if (source.completes) {
                StackRoom.requireToWake(source); // more than was made sure of
            }
            boolean toItself = source.hasKey(toBase, toOffset);
            long now = clock.getAsLong();
            result = op.preview(source, toItself, op.unparksOne() && Turns.isDue(source, source.first, now));
            long token = callbacks.unparking(context, op, source.first.token, result);
            if (result.unparkedThreads() != 0) {
                source.first.chosen = true;
            }
            if (result.requeuedThreads() != 0) {
                WaitQueue target = buckets.second.findOrOpen(toBase, toOffset, now);
                target.completes |= source.completes;
                nudge = requeue(source, result, target, precede, now);
            }
            chosen = commit(buckets.first, source, result.unparkedThreads(), token, result.beFair(), now);
        } finally {
            buckets.exit();
        }
        Parking.tryWake(nudge);
        afterwards(buckets.first, !result.haveMoreThreads(), chosen);
        return result;
    }

    /** Enters both buckets and sees to it that a queue for the target key is there or can be had without allocating. */
    private void enterToRequeue(Table.Pair buckets, Object fromBase, long fromOffset, Object toBase, long toOffset) {
        WaitQueue fresh = null;
        while (true) {
            table.enterBoth(buckets, fromBase, fromOffset, toBase, toOffset);
            Bucket to = buckets.second;
            if (to.hasSpare()
                    || buckets.first.find(fromBase, fromOffset) == null
                    || to.find(toBase, toOffset) != null) {
                return;
            }
            if (fresh != null) {
                to.stock(fresh);
                return;
            }
            buckets.exit();
            fresh = new WaitQueue();
        }
    }

    /**
     * Moves entries, the chosen one not counted, from the front of one queue to the end of another (or the same), or
     * before all that are there. What they waited for is over, so they do not look for it again, and their
     * age begins anew.
     */
    private static UnparkHandle requeue(
            WaitQueue source, UnparkResult result, WaitQueue target, boolean precede, long now) {
        Entry entry = result.unparkedThreads() == 0 ? source.first : source.first.next;
        // Whoever stays behind needs somebody on duty.
        UnparkHandle nudge = result.requeuedThreads() == 1 ? Duty.passOn(source, entry) : UnparkHandle.NONE;
        Entry moved =
                takeOut(source, entry, result.requeuedThreads()); // all, before one is inserted: source may be target
        while (moved != null) {
            Entry next = moved.next;
            moved.moved();
            moved.lookAtNanos = Entry.NO_LOOK;
            moved.sinceNanos = now;
            if (precede) {
                target.insertWithPrecedence(moved, Thread.currentThread());
            } else {
                target.append(moved);
            }
            moved = next;
        }
        return nudge;
    }

    /** Takes so many entries out of a queue, from one on, and links them by {@code next}. */
    private static Entry takeOut(WaitQueue queue, Entry from, int count) {
        Entry first = null;
        Entry last = null;
        Entry entry = from;
        for (int i = 0; i < count; i++) {
            Entry next = entry.next;
            queue.unlink(entry);
            if (last == null) {
                first = entry;
            } else {
                last.next = entry;
            }
            last = entry;
            entry = next;
        }
        return first;
    }

    // ---- commit and wake

    /** Takes the chosen out of their queue and links them. With the bucket locked; nothing in here can fail. */
    private static Entry commit(Bucket bucket, WaitQueue queue, int count, long token, boolean fair, long now) {
        if (fair) {
            Turns.taken(queue, now);
        }
        if (count != 0) {
            queue.closeBatch();
        }
        Entry chosen = null;
        Entry last = null;
        Entry entry = queue.first;
        for (int left = count; left > 0; ) {
            Entry next = entry.next;
            if (entry.chosen) {
                queue.unlink(entry);
                entry.choose(token);
                if (last == null) {
                    chosen = entry;
                } else {
                    last.next = entry;
                }
                last = entry;
                left--;
            }
            entry = next;
        }
        bucket.closeIfEmpty(queue);
        return chosen;
    }

    /** After unlocking: wakes, and then has the table look at its size, if a queue was closed. */
    private void afterwards(Bucket bucket, boolean closed, Entry chosen) {
        Throwable failure = null;
        Entry notThreads = null;
        Entry last = null;
        for (Entry entry = chosen; entry != null; ) {
            Entry next = entry.next;
            entry.next = null; // see WaitQueue.unlink
            if (entry instanceof WaitingThread) {
                try {
                    entry.wake();
                } catch (RuntimeException | Error e) {
                    failure = Failures.join(failure, Failures.afterwards(e));
                }
            } else if (last == null) {
                notThreads = entry;
                last = entry;
            } else {
                last.next = entry;
                last = entry;
            }
            entry = next;
        }
        if (closed) {
            table.lookAtSize(bucket);
        }
        if (notThreads != null) {
            failure = Completions.run(notThreads, failure); // last, since that is not the lot's own code
        }
        Failures.throwUnchecked(failure);
    }
}

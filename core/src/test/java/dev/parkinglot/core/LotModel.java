package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parking lot as one would write it without any regard to threads: a list of waiters for each key. {@link
 * LotModelPropertyTest} compares the real one with it.
 */
final class LotModel {
    /** How long a thread on duty sleeps before it validates again. */
    static final long REVALIDATE_AFTER = 500_000L;

    /** A waiter of the model. */
    static final class Waiter {
        final int id;
        final long parkToken;
        final boolean interruptible;

        /** Null if there is none. */
        final Long deadline;

        final boolean revalidates;
        final boolean staysOnceRequeued;

        Key key;
        boolean requeued;
        boolean interrupted;

        /** What the thread's callbacks have been told, without {@code validate}, whose number depends on the parker. */
        final List<Call> calls = new ArrayList<>();

        /** Null while it waits in a queue. */
        ParkResult result;

        Waiter(
                int id,
                Key key,
                long parkToken,
                boolean interruptible,
                Long deadline,
                boolean revalidates,
                boolean staysOnceRequeued) {
            this.id = id;
            this.key = key;
            this.parkToken = parkToken;
            this.interruptible = interruptible;
            this.deadline = deadline;
            this.revalidates = revalidates;
            this.staysOnceRequeued = staysOnceRequeued;
        }
    }

    private final Map<Key, List<Waiter>> queues = new LinkedHashMap<>();

    List<Waiter> queue(Key key) {
        return queues.computeIfAbsent(key, ignored -> new ArrayList<>());
    }

    void park(Waiter waiter) {
        waiter.calls.add(Call.beforeSleep(waiter.key));
        queue(waiter.key).add(waiter);
    }

    /** Wakes so many threads from the front. */
    void unparkFirst(Key key, int count, long token) {
        for (int i = 0; i < count; i++) {
            queue(key).remove(0).result = new ParkResult(ParkResult.Kind.UNPARKED, token);
        }
    }

    void unpark(Key key, List<Waiter> chosen, long token) {
        queue(key).removeAll(chosen);
        chosen.forEach(waiter -> waiter.result = new ParkResult(ParkResult.Kind.UNPARKED, token));
    }

    void requeueFirst(Key from, Key to, int count) {
        for (int i = 0; i < count; i++) {
            Waiter waiter = queue(from).remove(0);
            waiter.requeued = true;
            waiter.key = to;
            queue(to).add(waiter);
        }
    }

    /** The parker of a thread returns; tells whether the thread is still waiting afterwards. */
    void parkerReturns(Waiter waiter, long now, boolean valid) {
        if (waiter.result != null) {
            return; // it had been chosen
        }
        if (waiter.requeued && waiter.staysOnceRequeued) {
            return;
        }
        if (waiter.interruptible && waiter.interrupted) {
            waiter.interrupted = false;
            leave(waiter, ParkResult.INTERRUPTED);
        } else if (waiter.deadline != null && waiter.deadline - now <= 0L) {
            leave(waiter, ParkResult.TIMED_OUT);
        } else if (waiter.revalidates && !waiter.requeued && !valid) {
            leave(waiter, ParkResult.INVALID);
        }
    }

    private void leave(Waiter waiter, ParkResult result) {
        List<Waiter> queue = queue(waiter.key);
        queue.remove(waiter);
        waiter.result = result;
        waiter.calls.add(Call.timedOut(waiter.key, queue.isEmpty()));
    }
}

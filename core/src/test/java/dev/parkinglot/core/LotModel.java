package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parking lot as one would write it without any regard to threads: a list of waiters for each key. {@link
 * LotModelPropertyTest} compares the real one with it.
 */
final class LotModel {
    /** How long a thread on duty sleeps before it validates again. */
    static final long LOOK_AFTER = 500_000L;

    /** How long a thread waits before it should have its turn, and a queue after a turn. */
    private static final long TURN_AFTER = 500_000L;

    /** A waiter of the model. */
    static final class Waiter {
        final int id;
        final long parkToken;
        final boolean interruptible;

        /** Null if there is none. */
        final Long deadline;

        final boolean looksAgain;
        final boolean staysOnceRequeued;

        Key key;

        /** Since when it waits in its queue. */
        long since;

        boolean requeued;
        boolean interrupted;

        /** Whether it stands before those that were appended to its queue. */
        boolean precedes;

        /** What the thread's callbacks have been told, without {@code validate}, whose number depends on the parker. */
        final List<Call> calls = new ArrayList<>();

        /** Null while it waits in a queue. */
        ParkResult result;

        boolean canTimeOut() {
            return deadline != null && !(requeued && staysOnceRequeued);
        }

        Waiter(
                int id,
                Key key,
                long parkToken,
                boolean interruptible,
                Long deadline,
                boolean looksAgain,
                boolean staysOnceRequeued,
                long since) {
            this.id = id;
            this.key = key;
            this.parkToken = parkToken;
            this.interruptible = interruptible;
            this.deadline = deadline;
            this.looksAgain = looksAgain;
            this.staysOnceRequeued = staysOnceRequeued;
            this.since = since;
        }
    }

    private final Map<Key, List<Waiter>> queues = new LinkedHashMap<>();

    /** When a thread of a queue was last woken because it was its turn; nothing for a queue that was empty since. */
    private final Map<Key, Long> turns = new HashMap<>();

    /** How many of the first in a queue belong to the batch to which the next with precedence is added. */
    private final Map<Key, Integer> openBatches = new HashMap<>();

    /** Who has moved that batch. */
    private final Map<Key, Object> movers = new HashMap<>();

    List<Waiter> queue(Key key) {
        return queues.computeIfAbsent(key, ignored -> new ArrayList<>());
    }

    void park(Waiter waiter, boolean first) {
        waiter.calls.add(Call.beforeSleep(waiter.key));
        waiter.precedes = first;
        queue(waiter.key).add(first ? 0 : queue(waiter.key).size(), waiter);
        if (first) {
            openBatches.computeIfPresent(waiter.key, (key, size) -> size + 1);
        }
    }

    /** The eldest of three: the first, the last with precedence, and the first of the others. */
    Waiter eldest(Key key) {
        List<Waiter> queue = queue(key);
        long preceding = queue.stream().filter(waiter -> waiter.precedes).count();
        Waiter eldest = queue.get(0);
        for (long place : new long[] {preceding - 1, preceding}) {
            if (place >= 0 && place < queue.size() && queue.get((int) place).since < eldest.since) {
                eldest = queue.get((int) place);
            }
        }
        return eldest;
    }

    /** Whether it is the turn of a thread: it has waited for long, and so has the queue for a turn. */
    boolean isTurnDue(Waiter waiter, long now) {
        Long last = turns.get(waiter.key);
        return now - waiter.since > TURN_AFTER && (last == null || now - last > TURN_AFTER);
    }

    void turnTaken(Key key, long now) {
        turns.put(key, now);
    }

    private void forgetTurnIfEmpty(Key key) {
        if (queue(key).isEmpty()) {
            turns.remove(key);
            openBatches.remove(key);
        }
    }

    /** Before a waiter leaves its place: the batch to which others are added may shrink. */
    private void leaveBatch(int place, Key key) {
        openBatches.computeIfPresent(key, (ignored, size) -> place >= size ? size : size == 1 ? null : size - 1);
    }

    void unpark(Key key, List<Waiter> chosen, long token) {
        queue(key).removeAll(chosen);
        if (!chosen.isEmpty()) {
            openBatches.remove(key);
        }
        chosen.forEach(waiter -> waiter.result = new ParkResult(ParkResult.Kind.UNPARKED, token));
        forgetTurnIfEmpty(key);
    }

    /** Wakes so many threads from the front, and moves the next so many; those with precedence if there is a mover. */
    void unparkAndRequeue(Key from, Key to, int unparked, int requeued, Object mover, long token, long now) {
        for (int i = 0; i < unparked; i++) {
            leaveBatch(0, from);
            queue(from).remove(0).result = new ParkResult(ParkResult.Kind.UNPARKED, token);
        }
        List<Waiter> moved = new ArrayList<>(queue(from).subList(0, requeued));
        moved.forEach(waiter -> {
            leaveBatch(queue(from).indexOf(waiter), from);
            queue(from).remove(waiter);
        });
        for (Waiter waiter : moved) {
            waiter.requeued = true;
            waiter.since = now;
            waiter.key = to;
            waiter.precedes = mover != null;
        }
        if (mover != null && requeued != 0) {
            int batch = mover.equals(movers.put(to, mover)) ? openBatches.getOrDefault(to, 0) : 0;
            queue(to).addAll(batch, moved);
            openBatches.put(to, batch + requeued);
        } else {
            queue(to).addAll(moved);
        }
        if (unparked != 0) {
            openBatches.remove(from);
        }
        forgetTurnIfEmpty(from);
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
        } else if (waiter.looksAgain && !waiter.requeued && !valid) {
            leave(waiter, ParkResult.INVALID);
        }
    }

    private void leave(Waiter waiter, ParkResult result) {
        List<Waiter> queue = queue(waiter.key);
        leaveBatch(queue.indexOf(waiter), waiter.key);
        queue.remove(waiter);
        waiter.result = result;
        waiter.calls.add(Call.timedOut(waiter.key, queue.isEmpty()));
        forgetTurnIfEmpty(waiter.key);
    }
}

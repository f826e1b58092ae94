package dev.parkinglot.core;

/* Overview.
 *
 * When is it somebody's turn? A lock that is handed to the longest waiting thread at every release runs at the speed of
 * the scheduler, since each holder must first be woken. One that is never handed over lets the fastest threads pass it
 * among themselves for ever. So a lock is handed over once in a while, and the lot says when: it knows since when each
 * thread waits.
 *
 * The rule. It is the turn of the eldest thread of a queue if that has waited for more than half a millisecond, and if
 * so much time has also passed since the last turn in the same queue. An unpark of one thread then chooses it, wherever
 * it stands, and says that this was fair. The first half of the rule bounds how long anybody waits; the second bounds
 * how often a lock is handed over, however many old threads there are in its queue.
 *
 * Who is the eldest? A queue has two parts (WaitQueue). Of those that were appended, the first has waited for longest.
 * Those with precedence stand the other way round, batch by batch: so the last of them belongs to the eldest batch, and
 * its age is that of the batch. One thread may be older and stand before them all: one that was woken, found nothing,
 * and returns with the age that it had (ParkOptions.returning). So there are three candidates, and the oldest of them
 * has the turn.
 *
 * What follows. Take a thread with n others in its queue when it comes, or when its batch is complete. Whoever comes
 * later stands behind it if both were appended, and before it if both have precedence; either way the thread has its
 * turn first. Each turn takes one of the n away, and a turn is due half a millisecond after the one before. So the
 * thread has its own turn with the first unpark that comes after n + 1 such intervals, provided that unparks come in
 * each of them: a queue that nobody unparks gives nobody a turn. No key depends on any other key, nor on how busy its
 * bucket is.
 *
 * A thread that was woken, lost the race and returns keeps its age (ParkOptions.returning). A thread that is requeued
 * begins anew: what it waited for before is over.
 */

/** Fairness by age. All methods with the bucket locked. */
final class Turns {
    /** How long a thread waits before it should have its turn, and how long after one turn the next may come. */
    static final long AFTER_NANOS = 500_000L;

    private Turns() {}

    /** Whether an entry should have its turn. */
    static boolean isDue(WaitQueue queue, WaitQueue.Entry entry, long nowNanos) {
        return nowNanos - entry.sinceNanos > AFTER_NANOS && nowNanos - queue.turnsFromNanos > AFTER_NANOS;
    }

    static void taken(WaitQueue queue, long nowNanos) {
        queue.turnsFromNanos = nowNanos;
    }

    /** For a queue that has just been opened: none of its entries has waited for a turn of another. */
    static void begin(WaitQueue queue, long nowNanos) {
        queue.turnsFromNanos = nowNanos - AFTER_NANOS - 1L;
    }
}

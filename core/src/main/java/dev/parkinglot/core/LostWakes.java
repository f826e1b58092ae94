package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/* Overview.
 *
 * Whoever ends a wait changes the state and then unparks. In between, validate says no, and that is as it should be; so
 * does it while a thread that was woken is on its way to a free lock. What is wrong is a state that says no and a queue
 * in which nothing happens. So a wait is reported if validate has said no at several looks one after the other, at
 * intervals of about a second, and at all of them the queue had the same first and the same last thread: nobody was
 * woken who was first, and nobody came.
 *
 * A thread that was chosen is in no queue any more, and is not asked; nor is one that was requeued, to which its
 * validate does not apply there. One that looks again by itself (ParkOptions.lookingAgain) is not watched: its protocol
 * knows that it may be overlooked.
 */

/** Threads that are parked, and need not be as far as their synchronizer knows: see {@link LockCheck#LOST_WAKE}. */
final class LostWakes {
    /** The waits of the lot that everybody shares. */
    static final LostWakes WATCHED = new LostWakes();

    /** So often must a wait look wrong, one time after the other. */
    static final int LOOKS = 3;

    private final Set<Wait<?>> waits = ConcurrentHashMap.newKeySet();

    /** One wait, and what was seen of it at the last look. */
    static final class Wait<C> {
        private final WaitingThread entry;
        private final C context;
        private final ParkCallbacks<? super C> callbacks;
        private WaitQueue.Entry first;
        private WaitQueue.Entry last;
        private int wrongLooks;

        Wait(WaitingThread entry, C context, ParkCallbacks<? super C> callbacks) {
            this.entry = entry;
            this.context = context;
            this.callbacks = callbacks;
        }

        /** What is wrong, once it has looked wrong for long enough; otherwise null. */
        LockReport look() {
            Bucket bucket = Table.enterBucketOf(entry);
            if (bucket == null) {
                return null;
            }
            Object base;
            long offset;
            try {
                WaitQueue queue = entry.queueAcquire();
                base = queue.base;
                offset = queue.offset;
                boolean unchanged = queue.first == first && queue.last == last;
                first = queue.first;
                last = queue.last;
                boolean wrong = !entry.requeued && !entry.mayLook() && !callbacks.validate(context, entry.token);
                wrongLooks = !wrong ? 0 : unchanged ? wrongLooks + 1 : 1;
            } finally {
                bucket.exit();
            }
            return wrongLooks == LOOKS ? report(base, offset) : null;
        }

        private LockReport report(Object base, long offset) {
            Thread thread = entry.thread();
            HoldPlace place = new HoldPlace("\"" + Deadlock.nameOf(thread) + "\" is parked here", null);
            place.setStackTrace(thread.getStackTrace());
            return new LockReport(
                    LockCheck.LOST_WAKE,
                    "\"" + Deadlock.nameOf(thread) + "\" waits for "
                            + DeadlockDetector.nameOf(base, offset, entry.token)
                            + ", validate says that it need not, and nobody has woken it: was the state changed"
                            + " without an unpark?",
                    List.of(place));
        }
    }

    /** A thread is about to park in the shared lot. */
    static <C> Wait<C> watch(WaitingThread entry, C context, ParkCallbacks<? super C> callbacks) {
        return WATCHED.add(entry, context, callbacks);
    }

    <C> Wait<C> add(WaitingThread entry, C context, ParkCallbacks<? super C> callbacks) {
        Wait<C> wait = new Wait<>(entry, context, callbacks);
        waits.add(wait);
        return wait;
    }

    void remove(Wait<?> wait) {
        waits.remove(wait);
    }

    /** Looks once at each wait. A validate that fails is the business of its own thread. */
    List<LockReport> look() {
        List<LockReport> reports = new ArrayList<>();
        for (Wait<?> wait : waits) {
            try {
                LockReport report = wait.look();
                if (report != null) {
                    reports.add(report);
                }
            } catch (RuntimeException e) {
                // it cannot be asked by another thread
            }
        }
        return reports;
    }
}

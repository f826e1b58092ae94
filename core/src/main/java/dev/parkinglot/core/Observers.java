package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * All who are told what happens in the lot, never changed once made. {@link Lot#observers} has those of now, or null,
 * which is all that a wait looks at. Whatever an observer throws ends here.
 */
final class Observers {
    /** What writes an event for a wait: it must be asked before the wait, too. */
    interface EventWriter extends WaitObserver {
        /** Null if nobody records such events now. */
        Object begin();

        void end(Object event, FinishedWait wait);
    }

    private static final Observers NOBODY = new Observers(List.of(), null);

    /** Guarded by the class, and that only for as long as {@link Lot#observers} is replaced. */
    private static Observers installed = NOBODY;

    private final List<WaitObserver> all;

    /** Null before a recording has been seen. */
    private final EventWriter writer;

    private Observers(List<WaitObserver> all, EventWriter writer) {
        this.all = List.copyOf(all);
        this.writer = writer;
    }

    // ---- who is told

    static synchronized void add(WaitObserver observer) {
        List<WaitObserver> more = new ArrayList<>(installed.all);
        more.add(observer);
        install(new Observers(more, installed.writer));
    }

    static synchronized void remove(WaitObserver observer) {
        List<WaitObserver> fewer = new ArrayList<>(installed.all);
        fewer.removeIf(some -> some == observer);
        install(new Observers(fewer, installed.writer));
    }

    /** From now on, and for good, since a recording can begin at any time. */
    static synchronized void addEventWriter(EventWriter writer) {
        install(new Observers(installed.all, writer));
    }

    private static void install(Observers observers) {
        WaitSpan.rehearse();
        installed = observers;
        Lot.observers = observers.all.isEmpty() && observers.writer == null ? null : observers;
    }

    // ---- telling

    /** Whether anybody wants to know of the wait that begins now, and the event, if one is to be written for it. */
    boolean wantWaits(Object event) {
        return event != null || !all.isEmpty();
    }

    /** Whether anybody wants to hear of holds: events are not written for them. */
    boolean wantHolds() {
        return !all.isEmpty();
    }

    Object beginEvent() {
        return writer == null ? null : writer.begin();
    }

    void waited(FinishedWait wait, Object event) {
        if (event != null) {
            writer.end(event, wait);
        }
        for (WaitObserver observer : all) {
            try {
                observer.waited(wait);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    void requeued(Object fromBase, long fromOffset, Object toBase, long toOffset, int threads) {
        for (WaitObserver observer : withWriter()) {
            try {
                observer.requeued(fromBase, fromOffset, toBase, toOffset, threads);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    void resized(int fromBuckets, int toBuckets) {
        for (WaitObserver observer : withWriter()) {
            try {
                observer.resized(fromBuckets, toBuckets);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    void deadlocksFound(List<Deadlock> deadlocks) {
        for (WaitObserver observer : withWriter()) {
            try {
                deadlocks.forEach(observer::deadlockFound);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    void held(Object base, long offset, Thread holder, long nanos) {
        for (WaitObserver observer : all) {
            try {
                observer.held(base, offset, holder, nanos);
            } catch (Throwable failure) {
                complain(failure);
            }
        }
    }

    private List<WaitObserver> withWriter() {
        if (writer == null) {
            return all;
        }
        List<WaitObserver> both = new ArrayList<>(all);
        both.add(writer);
        return both;
    }

    private static void complain(Throwable failure) {
        try {
            DeadlockDetector.logger().log(Level.WARNING, "an observer of waits has failed", failure);
        } catch (Throwable second) {
            // to look is an aid, and no reason for anything to fail
        }
    }
}

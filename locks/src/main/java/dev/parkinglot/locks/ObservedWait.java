package dev.parkinglot.locks;

import dev.parkinglot.core.FinishedWait.Outcome;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.WaitSpan;

/**
 * The slow paths of locks where somebody looks: each is one span, to which all of its parks belong. Not even loaded
 * otherwise. A span makes sure of the stack that its end takes before anything is changed, and its end never throws.
 */
final class ObservedWait {
    /** Whether the end of a span has been linked. Others may do it once more, without harm. */
    private static boolean ready;

    private ObservedWait() {}

    static WaitOutcome acquire(MutexProtocol lock, Patience patience, boolean wasWoken) {
        WaitSpan span = begin(lock, "lock");
        WaitOutcome outcome = null;
        try {
            outcome = lock.acquire(patience, wasWoken);
            return outcome;
        } finally {
            span.end(meaning(outcome));
        }
    }

    static WaitOutcome acquire(RwAcquiring lock, Access access, Patience patience, boolean wasWoken) {
        WaitSpan span = begin(lock, access.title);
        WaitOutcome outcome = null;
        try {
            outcome = lock.acquire(access, patience, wasWoken);
            return outcome;
        } finally {
            span.end(meaning(outcome));
        }
    }

    static WaitOutcome upgrade(RwAcquiring lock, Patience patience) {
        WaitSpan span = begin(lock, "upgrade");
        WaitOutcome outcome = null;
        try {
            outcome = lock.upgradeAndDrain(patience);
            return outcome;
        } finally {
            span.end(meaning(outcome));
        }
    }

    private static WaitSpan begin(CondvarLock lock, String mode) {
        if (!ready) {
            WaitSpan.none()
                    .end(meaning(null)); // lest it be linked when the lock is held, and there is no stack for that
            ready = true;
        }
        return WaitSpan.begin(lock.base(), lock.offset() + CondvarLock.QUEUE, mode, CondvarLock.HANDOFF);
    }

    /** Null stands for a wait that has thrown. */
    private static Outcome meaning(WaitOutcome outcome) {
        // No switch, which would need a class of its own.
        if (outcome == WaitOutcome.SUCCESS) {
            return Outcome.ACQUIRED;
        }
        if (outcome == WaitOutcome.TIMED_OUT) {
            return Outcome.TIMED_OUT;
        }
        return outcome == WaitOutcome.INTERRUPTED ? Outcome.INTERRUPTED : Outcome.FAILED;
    }
}

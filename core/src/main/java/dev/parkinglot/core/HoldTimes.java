package dev.parkinglot.core;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * How long recorded holds last, for observers. Of each thread its own holds, the latest first. Not loaded unless
 * holders are recorded. To look is an aid: nothing is thrown, and a hold that cannot be noted is not told.
 */
final class HoldTimes {
    /** A hold that began while somebody wanted to hear of it. */
    private record Begun(Object base, long offset, long sinceNanos) {}

    private static final ThreadLocal<ArrayDeque<Begun>> HELD = ThreadLocal.withInitial(ArrayDeque::new);

    private HoldTimes() {}

    /** The current thread has acquired something. */
    static void begin(Object base, long offset) {
        try {
            Observers observers = Lot.observers;
            if (observers != null && observers.wantHolds()) {
                HELD.get().push(new Begun(base, offset, System.nanoTime()));
            }
        } catch (RuntimeException | Error e) {
            // then it is not told
        }
    }

    /** The current thread gives up something that it, or another thread, has acquired. */
    static void end(Object base, long offset) {
        try {
            for (Iterator<Begun> holds = HELD.get().iterator(); holds.hasNext(); ) {
                Begun hold = holds.next();
                if (hold.base == base && hold.offset == offset) {
                    holds.remove();
                    Observers observers = Lot.observers;
                    if (observers != null) {
                        WaitSpan.tellHold(observers, base, offset, System.nanoTime() - hold.sinceNanos);
                    }
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            // then it is not told
        }
    }
}

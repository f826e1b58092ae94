package dev.parkinglot.core;

import dev.parkinglot.core.WaitQueue.Entry;

/* Overview.
 *
 * An entry that was chosen is told so on the stack of the unparker. What it then does may choose another entry: a lock
 * that is handed to an entry is unlocked there, and is handed to the next one. If that were told at once, each entry of
 * a long queue would stand on the stack of the one before, and the stack would end. So a thread tells one entry at a
 * time. What is chosen meanwhile is added to a list, and told when the present one has returned:
 *
 *   unlock ---> A told: unlocks; B is chosen, and put on the list
 *               A has returned
 *          ---> B told: ...
 *
 * The entries of the list are linked by `next`, as they are when they have been chosen, so the list takes no memory.
 * That there is a list is known by a thread-local, which a thread has only while it tells entries. If there is no
 * memory for it, or no stack, the entry is told at once.
 */

/** The entries that one thread has to tell that they were chosen. */
final class Completions {
    private static final ThreadLocal<Completions> CURRENT = new ThreadLocal<>();

    private Entry first;
    private Entry last;

    private Completions() {}

    /** Whether the current thread is just telling an entry; false also if that cannot be found out. */
    static boolean areUnderWay() {
        return current() != null;
    }

    private static Completions current() {
        try {
            return CURRENT.get();
        } catch (OutOfMemoryError | StackOverflowError e) {
            return null;
        }
    }

    /**
     * Tells the entries that they were chosen, or leaves that to the caller that is doing so already.
     *
     * @param chosen linked by {@code next}
     * @param failureOrNull what has been thrown before
     * @return with what these have thrown
     */
    static Throwable run(Entry chosen, Throwable failureOrNull) {
        Completions outer = current();
        if (outer != null) {
            outer.add(chosen);
            return failureOrNull;
        }
        Completions mine = begin();
        try {
            return mine == null ? tellAll(chosen, failureOrNull) : mine.tellThoseThatCome(chosen, failureOrNull);
        } finally {
            if (mine != null) {
                CURRENT.remove();
            }
        }
    }

    /** Null if there is no memory or stack for a list. */
    private static Completions begin() {
        try {
            Completions mine = new Completions();
            CURRENT.set(mine);
            return mine;
        } catch (OutOfMemoryError | StackOverflowError e) {
            return null;
        }
    }

    private void add(Entry chosen) {
        if (first == null) {
            first = chosen;
        } else {
            last.next = chosen;
        }
        last = chosen;
        while (last.next != null) {
            last = last.next;
        }
    }

    private Throwable tellThoseThatCome(Entry chosen, Throwable failureOrNull) {
        Throwable failure = failureOrNull;
        add(chosen);
        while (first != null) {
            Entry entry = first;
            first = entry.next;
            failure = tell(entry, failure);
        }
        return failure;
    }

    private static Throwable tellAll(Entry chosen, Throwable failureOrNull) {
        Throwable failure = failureOrNull;
        for (Entry entry = chosen; entry != null; ) {
            Entry next = entry.next;
            failure = tell(entry, failure);
            entry = next;
        }
        return failure;
    }

    private static Throwable tell(Entry entry, Throwable failureOrNull) {
        entry.next = null; // see WaitQueue.unlink
        try {
            ((CallbackEntry<?>) entry).complete();
            return failureOrNull;
        } catch (Throwable e) {
            return Failures.join(failureOrNull, Failures.afterwards(e));
        }
    }
}

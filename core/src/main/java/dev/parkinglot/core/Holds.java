package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who holds what, as far as it was recorded. Recording is an aid and never a reason for a lock to fail: a hold that
 * cannot be noted for want of memory or stack is not noted. If the end of a hold cannot be noted, all that was recorded
 * is doubtful, and since a false report is worse than none, nobody is told of it any more.
 */
final class Holds {
    /** A key of the lot, by the identity of its object. */
    record Key(Object base, long offset) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.base == base && key.offset == offset;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(base) * 31 + Long.hashCode(offset);
        }
    }

    /** The holders of each key that is held, one entry a hold. The lists are never changed. */
    private final ConcurrentHashMap<Key, List<Thread>> holders = new ConcurrentHashMap<>();

    /** Whether the end of a hold could not be noted. */
    private volatile boolean doubtful;

    void add(Object base, long offset, Thread thread) {
        try {
            holders.merge(new Key(base, offset), List.of(thread), Holds::joined);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // then it is not recorded
        }
    }

    private static List<Thread> joined(List<Thread> some, List<Thread> more) {
        List<Thread> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    void remove(Object base, long offset, Thread thread) {
        try {
            holders.computeIfPresent(new Key(base, offset), (key, threads) -> without(threads, thread));
        } catch (OutOfMemoryError | StackOverflowError e) {
            doubtful = true;
        }
    }

    /** Null if nobody is left. */
    private static List<Thread> without(List<Thread> threads, Thread thread) {
        if (threads.size() == 1) {
            return null;
        }
        List<Thread> rest = new ArrayList<>(threads);
        if (!rest.remove(thread)) {
            rest.remove(0);
        }
        return List.copyOf(rest);
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /** One entry for each hold. */
    List<Thread> of(Object base, long offset) {
        return doubtful ? List.of() : holders.getOrDefault(new Key(base, offset), List.of());
    }

    /** What each thread holds, one entry for each hold. */
    @SuppressWarnings("IdentityHashMapUsage") // whatever a subclass of Thread makes of equals
    Map<Thread, List<Key>> byThread() {
        Map<Thread, List<Key>> held = new IdentityHashMap<>();
        if (!doubtful) {
            holders.forEach((key, threads) -> threads.forEach(thread ->
                    held.computeIfAbsent(thread, any -> new ArrayList<>()).add(key)));
        }
        return held;
    }
}

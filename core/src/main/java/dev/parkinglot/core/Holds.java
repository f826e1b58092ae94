package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Who holds what, as far as it was recorded. Recording is an aid and never a reason for a lock to be lost: a hold that
 * cannot be noted for want of memory or stack is not noted. The end of a hold that was noted needs no memory, and is
 * refused before anything has happened if there is no stack for it. What is left is a thread that ends the hold of
 * another one and has no memory for looking it up: then all that was recorded is doubtful, and since a false report is
 * worse than none, nobody is told of it any more.
 */
final class Holds {
    /** At most so many calls lie between what makes sure of the stack here and the last of the JDK's map. */
    private static final int CALLS = 8;

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

    /** Who has no memory for a list of holds, and so never has any. */
    private static final HeldByThread NOBODY = new HeldByThread(null);

    /** What is held, and what is waited for. Everything in an entry changes in the map's own atomic operations. */
    private final ConcurrentHashMap<Key, KeyHolds> keys = new ConcurrentHashMap<>();

    private final ThreadLocal<HeldByThread> held =
            ThreadLocal.withInitial(() -> new HeldByThread(Thread.currentThread()));

    /** Whether the end of a hold could not be noted. */
    private volatile boolean doubtful;

    /** What the current thread holds; something that holds nothing if there is no memory for noting it. */
    HeldByThread here() {
        try {
            return held.get();
        } catch (OutOfMemoryError e) {
            return NOBODY;
        }
    }

    // ---- holds

    /** A hold has begun; not noted if it cannot be. */
    void begin(HeldByThread by, Object base, long offset, HoldMode mode, boolean withPlace) {
        if (by == NOBODY) {
            return;
        }
        Hold hold = null;
        try {
            StackRoom.requireBelow(CALLS);
            hold = new Hold(
                    new Key(base, offset),
                    mode,
                    by,
                    withPlace ? new HoldPlace(by.thread) : null,
                    isTimed() ? System.nanoTime() : Hold.UNTIMED);
            Hold beginning = hold;
            keys.compute(hold.key, (key, holds) -> {
                KeyHolds all = holds == null ? new KeyHolds() : holds;
                all.add(beginning);
                return all;
            });
            by.add(hold);
        } catch (OutOfMemoryError | StackOverflowError e) {
            if (hold != null) {
                keys.computeIfPresent(hold.key, hold); // the map may have failed after it took the hold in
            }
        }
    }

    private static boolean isTimed() {
        Observers observers = Lot.observers;
        return observers != null && observers.wantHolds();
    }

    /**
     * A hold is about to end: one of this thread, or if it has none, since a lock may be unlocked by another thread,
     * somebody's.
     *
     * @return the hold if it was one of this thread, otherwise null
     * @throws StackOverflowError if there is no stack; nothing has happened
     */
    Hold endOrNull(HeldByThread by, Object base, long offset, HoldMode mode) {
        StackRoom.requireBelow(CALLS);
        Hold hold = by.find(base, offset, mode);
        if (hold == null) {
            endSomebodys(base, offset, mode);
            return null;
        }
        by.remove(hold);
        keys.computeIfPresent(hold.key, hold);
        return hold;
    }

    /** As {@link #endOrNull}; returns whether it was a hold of this thread. */
    boolean end(HeldByThread by, Object base, long offset, HoldMode mode) {
        return endOrNull(by, base, offset, mode) != null;
    }

    private void endSomebodys(Object base, long offset, HoldMode mode) {
        try {
            keys.computeIfPresent(new Key(base, offset), (key, holds) -> {
                holds.removeSomebodys(mode);
                return holds.orNull();
            });
        } catch (OutOfMemoryError e) {
            doubtful = true;
        }
    }

    /** A hold of another thread that this one would end, having none; null if it has one, or nobody has. */
    Hold somebodys(HeldByThread by, Object base, long offset, HoldMode mode) {
        if (by.find(base, offset, mode) != null) {
            return null;
        }
        AtomicReference<Hold> found = new AtomicReference<>();
        look(new Key(base, offset), holds -> found.set(holds.find(hold -> hold.mode == mode)));
        return found.get();
    }

    // ---- waits

    /**
     * The current thread is about to wait; returns what to show to tools, null if there is no memory for it. To be
     * ended with {@link #endAwait}.
     */
    OwnedLock await(Object base, long offset, long parkToken) {
        OwnedLock fresh = null;
        try {
            fresh = new OwnedLock(new Key(base, offset), parkToken);
            OwnedLock waiting = fresh;
            AtomicReference<OwnedLock> found = new AtomicReference<>();
            keys.compute(fresh.key, (key, holds) -> {
                KeyHolds all = holds == null ? new KeyHolds() : holds;
                found.set(all.await(waiting));
                return all;
            });
            return found.get();
        } catch (OutOfMemoryError e) {
            if (fresh != null && fresh.waiters != 0) {
                endAwait(fresh);
            }
            return null;
        }
    }

    void endAwait(OwnedLock lock) {
        keys.computeIfPresent(lock.key, lock);
    }

    // ---- looking

    boolean isDoubtful() {
        return doubtful;
    }

    /** Those who keep a thread waiting that has a token, one for each hold. */
    List<Thread> of(Object base, long offset, long parkToken) {
        List<Thread> threads = new ArrayList<>();
        look(
                new Key(base, offset),
                holds -> holds.toList().stream()
                        .filter(hold -> hold.mode.keepsWaiting(parkToken))
                        .forEach(hold -> threads.add(hold.by.thread)));
        return threads;
    }

    /** All that is held. */
    List<Hold> all() {
        List<Hold> all = new ArrayList<>();
        keys.keySet().forEach(key -> look(key, holds -> all.addAll(holds.toList())));
        return all;
    }

    /** What each thread holds, one entry for each hold. */
    @SuppressWarnings("IdentityHashMapUsage") // whatever a subclass of Thread makes of equals
    Map<Thread, List<Hold>> byThread() {
        Map<Thread, List<Hold>> byThread = new IdentityHashMap<>();
        all().forEach(hold -> byThread.computeIfAbsent(hold.by.thread, any -> new ArrayList<>())
                .add(hold));
        return byThread;
    }

    private void look(Key key, Consumer<KeyHolds> look) {
        if (!doubtful) {
            keys.computeIfPresent(key, (same, holds) -> {
                look.accept(holds);
                return holds;
            });
        }
    }
}

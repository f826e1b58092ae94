package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Who holds what, as far as it was recorded. Recording is an aid and never a reason for a lock to be lost: a hold that
 * cannot be noted for want of memory or stack is not noted, but counted, so that its thread may end it. The end of a
 * hold needs no memory, and is refused before anything has happened if there is no stack for it.
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
            return hash(base, offset);
        }

        static int hash(Object base, long offset) {
            return System.identityHashCode(base) * 31 + Long.hashCode(offset);
        }
    }

    /**
     * The end of a hold that is not among those that its thread has noted. It is also the key by which the map looks,
     * so no memory is needed for one. Guarded by itself.
     */
    private static final class UnknownEnd implements BiFunction<Object, KeyHolds, KeyHolds> {
        private Object base;
        private long offset;
        private HoldMode mode;
        private boolean own;

        synchronized void note(
                Map<Object, KeyHolds> keys, Object ofBase, long ofOffset, HoldMode ofMode, boolean ofOwn) {
            base = ofBase;
            offset = ofOffset;
            mode = ofMode;
            own = ofOwn;
            keys.computeIfPresent(this, this);
            base = null; // which is not to be kept alive
        }

        @Override
        public KeyHolds apply(Object same, KeyHolds holds) {
            if (own) {
                holds.suspect(mode);
            } else {
                holds.removeSomebodys(mode);
            }
            return holds.orNull();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.base == base && key.offset == offset;
        }

        @Override
        public int hashCode() {
            return Key.hash(base, offset);
        }
    }

    /** Who has no memory for a list of holds, and so never has any. */
    static final HeldByThread NOBODY = new HeldByThread(null);

    /** Any hold that was not noted, when its thread ends it. */
    private static final Hold MISSING = new Hold(null, null, NOBODY, null, Hold.UNTIMED);

    private static final int MISSING_BITS = 8;

    /** What is held, and what is waited for. Everything in an entry changes in the map's own atomic operations. */
    private final ConcurrentHashMap<Object, KeyHolds> keys = new ConcurrentHashMap<>();

    private final ThreadLocal<HeldByThread> held =
            ThreadLocal.withInitial(() -> new HeldByThread(Thread.currentThread()));

    /**
     * How many holds could not be noted and have not ended, by a number that is made of thread, key and mode. That
     * takes no memory. Holds may have the same number by chance; then one may be taken for the other.
     */
    private final AtomicIntegerArray missing = new AtomicIntegerArray(1 << MISSING_BITS);

    /** Whether there was a hold that could not even be counted, for want of stack. */
    private volatile boolean anyMayBeMissing;

    private final UnknownEnd unknownEnd = new UnknownEnd();

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
        Hold hold = null;
        try {
            StackRoom.requireBelow(CALLS);
            if (by == NOBODY) {
                missing.incrementAndGet(numberOf(by, base, offset, mode));
                return;
            }
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
            if (e instanceof StackOverflowError) {
                anyMayBeMissing = true; // without a call
            } else {
                missing.incrementAndGet(numberOf(by, base, offset, mode));
            }
        }
    }

    static int numberOf(HeldByThread by, Object base, long offset, HoldMode mode) {
        Thread thread = by == NOBODY ? Thread.currentThread() : by.thread;
        int hash = (Key.hash(base, offset) * 31 + System.identityHashCode(thread)) * 31 + System.identityHashCode(mode);
        return (hash * 0x9E3779B9) >>> (Integer.SIZE - MISSING_BITS);
    }

    private static boolean isTimed() {
        Observers observers = Lot.observers;
        return observers != null && observers.wantHolds();
    }

    /**
     * A hold is about to end: one of this thread, or if it has none, since a lock may be unlocked by another thread,
     * somebody's.
     *
     * @return the hold if it was one of this thread, any hold if that was one of this thread that could not be noted,
     *     otherwise null
     * @throws StackOverflowError if there is no stack; nothing has happened
     */
    Hold endOrNull(HeldByThread by, Object base, long offset, HoldMode mode) {
        StackRoom.requireBelow(CALLS);
        Hold hold = by.find(base, offset, mode);
        if (hold == null) {
            boolean own = endMissing(numberOf(by, base, offset, mode));
            unknownEnd.note(keys, base, offset, mode, own);
            return own ? MISSING : null;
        }
        by.remove(hold);
        keys.computeIfPresent(hold.key, hold);
        return hold;
    }

    private boolean endMissing(int number) {
        int count = missing.get(number);
        while (count != 0 && !missing.compareAndSet(number, count, count - 1)) {
            count = missing.get(number);
        }
        return count != 0;
    }

    /** As {@link #endOrNull}; returns whether it was a hold of this thread. */
    boolean end(HeldByThread by, Object base, long offset, HoldMode mode) {
        return endOrNull(by, base, offset, mode) != null;
    }

    /** A hold of another thread that this one would end, having none; null if it may have one, or nobody has. */
    Hold somebodys(HeldByThread by, Object base, long offset, HoldMode mode) {
        if (by.find(base, offset, mode) != null
                || anyMayBeMissing
                || missing.get(numberOf(by, base, offset, mode)) != 0) {
            return null;
        }
        try {
            AtomicReference<Hold> found = new AtomicReference<>();
            look(new Key(base, offset), holds -> found.set(holds.find(hold -> hold.mode == mode)));
            return found.get();
        } catch (OutOfMemoryError e) {
            return null; // then it is not checked
        }
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

    private void look(Object key, Consumer<KeyHolds> look) {
        keys.computeIfPresent(key, (same, holds) -> {
            look.accept(holds);
            return holds;
        });
    }
}

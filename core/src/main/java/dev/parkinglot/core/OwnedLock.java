package dev.parkinglot.core;

import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.function.BiFunction;

/* Overview.
 *
 * What a thread waits for, in a form that the JVM's own tools understand: jstack and ThreadMXBean look for threads
 * whose blocker (LockSupport.getBlocker) is an AbstractOwnableSynchronizer, and follow its owner. There is one such
 * object for all threads that wait under a key with a park token, as long as there are some, and only while holders are
 * recorded.
 *
 * Never a stale owner. The tools look at a safepoint, when no thread runs, and take what they see for true at once. So
 * at every moment the owner must hold what is waited for, or be null. It does:
 *
 *   a holder                                       what is shown
 *   acquires
 *   records its hold                               set to this thread, or another that holds, too
 *   ...                                            may change to another recorded holder
 *   ends its record                                set to another recorded holder, or to null
 *   releases
 *
 * The holds of a key and the owners that are shown change together, under the lock of the key's entry in Holds; the
 * second-last step is complete before the last begins. A thread that was handed the lock and has not run yet is not
 * shown, and neither is a holder of a key for which it is not known who holds it. So an owner may be missing, and
 * another one of several readers be shown, but each arrow that the tools follow is one that exists.
 *
 * And each is one that lasts. A thread with a deadline has the lock itself as its blocker, not this; so has one that
 * waits for a condition, which is not held by anybody. A thread that has been woken shows this until it runs, but by
 * then the hold that it waited for has ended, and with it the arrow.
 *
 * A hold in another mode than the one that keeps a thread waiting must not be shown to it (an upgradable hold to a
 * reader): a tool would see a circle that dissolves by itself. Therefore one object for each park token.
 */

/**
 * What a thread waits for, and who holds it: as thread dumps show it while holders are recorded ({@link
 * DeadlockDetector}). It is also the function that counts one waiting thread less in the map of {@link Holds}, which so
 * needs no memory.
 */
final class OwnedLock extends AbstractOwnableSynchronizer implements BiFunction<Object, KeyHolds, KeyHolds> {
    private static final long serialVersionUID = 1L;

    final transient Holds.Key key;
    final transient long parkToken;

    /** How many threads wait for it; guarded by the entry of the map, as is {@link #next}. */
    transient int waiters;

    transient OwnedLock next;

    OwnedLock(Holds.Key key, long parkToken) {
        this.key = key;
        this.parkToken = parkToken;
    }

    /** Under the lock of the key's entry. */
    void show(Thread owner) {
        setExclusiveOwnerThread(owner);
    }

    Thread owner() {
        return getExclusiveOwnerThread();
    }

    @Override
    public KeyHolds apply(Object same, KeyHolds holds) {
        holds.endAwait(this);
        return holds.orNull();
    }

    /**
     * Tells which lock it is, for people.
     *
     * @return the name of the lock, and for what it is waited
     */
    @Override
    public String toString() {
        return DeadlockDetector.nameOf(key.base(), key.offset(), parkToken);
    }
}

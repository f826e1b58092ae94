package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The recorded holds of one key, and what is shown of them to tools. Guarded by its entry in {@link Holds}. */
final class KeyHolds {
    private Hold first;

    /** The {@link OwnedLock}s that threads wait for, one for each park token. */
    private OwnedLock awaited;

    /**
     * Whether a thread has ended a hold that it had not recorded, and that may have been one of several: then it is not
     * known whose hold that was. Until all have ended, nobody is said to hold anything.
     */
    private boolean unclear;

    void add(Hold hold) {
        hold.nextOfKey = first;
        if (first != null) {
            first.previousOfKey = hold;
        }
        first = hold;
        showOwners();
    }

    void remove(Hold hold) {
        if (hold.previousOfKey == null) {
            if (first != hold) {
                return; // it was not there
            }
            first = hold.nextOfKey;
        } else {
            hold.previousOfKey.nextOfKey = hold.nextOfKey;
        }
        if (hold.nextOfKey != null) {
            hold.nextOfKey.previousOfKey = hold.previousOfKey;
        }
        hold.previousOfKey = null;
        hold.nextOfKey = null;
        unclear &= first != null;
        showOwners();
    }

    /** A thread has ended a hold of another thread: that of the only holder, or who knows whose. */
    void removeSomebodys(HoldMode mode) {
        Hold found = null;
        boolean several = false;
        for (Hold hold = first; hold != null; hold = hold.nextOfKey) {
            if (hold.mode == mode) {
                several = found != null;
                found = hold;
            }
        }
        if (found != null) {
            found.by.remove(found);
            unclear |= several;
            remove(found);
        }
    }

    /** A thread has ended a hold that it could not record; unless there is none here that may be meant instead. */
    void suspect(HoldMode mode) {
        for (Hold hold = first; hold != null; hold = hold.nextOfKey) {
            unclear |= hold.mode == mode;
        }
        showOwners();
    }

    /** The first hold that is as it should be, null if there is none or that is not known. */
    Hold find(Predicate<Hold> condition) {
        for (Hold hold = unclear ? null : first; hold != null; hold = hold.nextOfKey) {
            if (condition.test(hold)) {
                return hold;
            }
        }
        return null;
    }

    /** All holds, as far as they are known. */
    List<Hold> toList() {
        List<Hold> all = new ArrayList<>();
        for (Hold hold = unclear ? null : first; hold != null; hold = hold.nextOfKey) {
            all.add(hold);
        }
        return all;
    }

    /** Null if nothing is left, for the map. */
    KeyHolds orNull() {
        return first == null && awaited == null ? null : this;
    }

    // ---- what tools see

    /** One more thread waits with a token; returns what it waits for. */
    OwnedLock await(OwnedLock fresh) {
        OwnedLock found = awaited;
        while (found != null && found.parkToken != fresh.parkToken) {
            found = found.next;
        }
        if (found == null) {
            found = fresh;
            found.next = awaited;
            awaited = found;
            showOwner(found);
        }
        found.waiters++;
        return found;
    }

    /** One thread fewer waits. */
    void endAwait(OwnedLock lock) {
        lock.waiters--;
        if (lock.waiters != 0) {
            return;
        }
        if (awaited == lock) {
            awaited = lock.next;
            return;
        }
        for (OwnedLock other = awaited; other != null; other = other.next) {
            if (other.next == lock) {
                other.next = lock.next;
            }
        }
    }

    private void showOwners() {
        for (OwnedLock lock = awaited; lock != null; lock = lock.next) {
            showOwner(lock);
        }
    }

    private void showOwner(OwnedLock lock) {
        Hold owner = unclear ? null : first;
        while (owner != null && !owner.mode.keepsWaiting(lock.parkToken)) {
            owner = owner.nextOfKey;
        }
        lock.show(owner == null ? null : owner.by.thread);
    }
}

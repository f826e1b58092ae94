package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.List;

/** The holds of one thread, latest first. Guarded by itself, since other threads may end them. */
final class HeldByThread {
    final Thread thread;
    private Hold first;

    HeldByThread(Thread thread) {
        this.thread = thread;
    }

    synchronized void add(Hold hold) {
        hold.nextOfThread = first;
        first = hold;
    }

    synchronized Hold find(Object base, long offset, HoldMode mode) {
        for (Hold hold = first; hold != null; hold = hold.nextOfThread) {
            if (hold.isOf(base, offset, mode)) {
                return hold;
            }
        }
        return null;
    }

    /** A hold that keeps a thread waiting which has a token and waits under a key. */
    synchronized Hold findBlocking(Object base, long offset, long parkToken) {
        for (Hold hold = first; hold != null; hold = hold.nextOfThread) {
            if (hold.key.base() == base && hold.key.offset() == offset && hold.mode.keepsWaiting(parkToken)) {
                return hold;
            }
        }
        return null;
    }

    synchronized void remove(Hold ended) {
        if (first == ended) {
            first = ended.nextOfThread;
            return;
        }
        for (Hold hold = first; hold != null; hold = hold.nextOfThread) {
            if (hold.nextOfThread == ended) {
                hold.nextOfThread = ended.nextOfThread;
                return;
            }
        }
    }

    synchronized boolean isEmpty() {
        return first == null;
    }

    synchronized List<Hold> toList() {
        List<Hold> all = new ArrayList<>();
        for (Hold hold = first; hold != null; hold = hold.nextOfThread) {
            all.add(hold);
        }
        return all;
    }
}

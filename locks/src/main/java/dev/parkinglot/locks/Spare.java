package dev.parkinglot.locks;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One object for those who must not fail and find no memory to make their own: a release that has begun. It is lent to
 * one thread at a time; the others wait, and not for long, since a release waits for nobody but the holder of a bucket.
 */
final class Spare<T> {
    private final T only;
    private final AtomicBoolean lent = new AtomicBoolean();

    Spare(T only) {
        this.only = only;
        borrow(); // once, so that what is linked for that needs no memory later
        giveBack();
    }

    T borrow() {
        while (!lent.compareAndSet(false, true)) {
            Thread.yield();
        }
        return only;
    }

    boolean isLent(T object) {
        return object == only;
    }

    void giveBack() {
        lent.set(false);
    }
}

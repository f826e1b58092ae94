package dev.parkinglot.core;

/** Where a lock was taken, or wanted. Never thrown; it stands for its stack trace. */
final class HoldPlace extends Throwable {
    private static final long serialVersionUID = 1L;

    HoldPlace(Thread thread) {
        this("taken by \"" + Deadlock.nameOf(thread) + "\" here", null);
    }

    HoldPlace(String message, Throwable before) {
        super(message, before, false, true);
    }
}

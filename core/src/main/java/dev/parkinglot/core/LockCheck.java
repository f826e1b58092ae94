package dev.parkinglot.core;

import java.util.Locale;

/** A mistake that the checking mode looks for: see {@link LockChecks}. */
public enum LockCheck {
    /**
     * A thread would wait without a deadline, and without ending at an interrupt, for something that it holds itself;
     * also by reading again behind a writer that waits for its first read. It gets an {@code IllegalStateException}
     * instead.
     */
    SELF_WAIT,

    /**
     * A thread unlocks what another thread has locked. It gets an {@code IllegalMonitorStateException} with the place
     * where the lock was taken as the cause, and the lock stays as it is. Locks without an owner allow this, so it is a
     * mistake only in a program that never means to do it.
     */
    UNLOCKER,

    /** A thread has ended that still holds a lock. It is reported with the place where the lock was taken. */
    THREAD_END,

    /**
     * Threads have taken locks in orders that together make a circle. It is reported with the places, although nobody
     * waits yet, or ever may: another lock that is always held around them makes the circle harmless.
     */
    ORDER,

    /**
     * A lock is used in a callback that runs under a bucket lock of the lot. If the lock happens to be contended, that
     * throws; otherwise it works, until one day. It is reported with the place.
     */
    CALLBACK,

    /**
     * A thread is parked, {@link ParkCallbacks#validate} says again and again that it need not be, and nothing happens
     * in its queue: the state was changed without an unpark. Asks {@code validate} on another thread than the parking
     * one, so that must be possible. Not asked are threads that look by themselves ({@link
     * ParkOptions#lookingAgain}) and those that were requeued.
     */
    LOST_WAKE;

    /** What it is called in the system property. */
    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

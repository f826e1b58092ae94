package dev.parkinglot.examples.course;

/** A lock of the course. */
abstract class CourseLock {
    /** Set by checks, before any thread uses the lock. */
    Steps steps = Steps.NONE;

    abstract void lock();

    abstract void unlock();
}

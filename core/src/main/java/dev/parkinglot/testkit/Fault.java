package dev.parkinglot.testkit;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;

/**
 * Where the parkers of {@link DrivenThreads} can be made to throw. A parker is what one thread sleeps on. For tests of
 * synchronizers: {@link #NEW_PARKER} and {@link #PREPARE_PARK} are waits that have not begun, {@link #PARK} is one that
 * ends when the thread is in its queue, and {@link #UNPARK} a wake that fails.
 */
public enum Fault {
    /** In {@link ParkerBackend#newParker}. */
    NEW_PARKER,
    /** In {@link ThreadParker#preparePark}, before the parker is armed. */
    PREPARE_PARK,
    /** In {@link ThreadParker#park} and {@link ThreadParker#parkUntil}, before the thread sleeps. */
    PARK,
    /** In {@link ThreadParker#unparkLock}, which should never throw, before the parker is marked. */
    UNPARK_LOCK,
    /** In {@link ThreadParker#nudgeLock}, which should never throw, before the parker is marked. */
    NUDGE,
    /** In {@link UnparkHandle#unpark}, of an unpark or of a nudge, before the thread is roused. */
    UNPARK
}

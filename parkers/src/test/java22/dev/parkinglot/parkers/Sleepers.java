package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * The part of a kernel that puts threads to sleep at addresses, in Java. Counts what is asked of it, and can be told to
 * answer the next calls with given codes instead of doing anything.
 */
final class Sleepers {
    /** Scripted: return for no reason. */
    static final int SPURIOUS = Integer.MIN_VALUE;

    /** How a wait ended. */
    enum End {
        WOKEN,
        VALUE_DIFFERS,
        TIMED_OUT
    }

    private static final class Place {
        int waiting;
        int wakes;
        int releasing;
    }

    private final Map<Long, Place> places = new HashMap<>();
    private final Queue<Integer> waitScript = new ArrayDeque<>();
    private final Queue<Integer> wakeScript = new ArrayDeque<>();
    private int waits;
    private int wakes;
    private long lastTimeout;

    synchronized void scriptWaits(int... codes) {
        for (int code : codes) {
            waitScript.add(code);
        }
    }

    synchronized void scriptWakes(int... codes) {
        for (int code : codes) {
            wakeScript.add(code);
        }
    }

    /** What the next wait should answer, or null to behave. Counts the call. */
    synchronized Integer nextWait(long timeout) {
        waits++;
        lastTimeout = timeout;
        notifyAll();
        return waitScript.poll();
    }

    synchronized Integer nextWake() {
        wakes++;
        return wakeScript.poll();
    }

    synchronized int waits() {
        return waits;
    }

    synchronized int wakes() {
        return wakes;
    }

    synchronized long lastTimeout() {
        return lastTimeout;
    }

    synchronized boolean isNobodyHere() {
        return places.values().stream()
                .allMatch(place -> place.waiting == 0 && place.wakes == 0 && place.releasing == 0);
    }

    private Place place(MemorySegment address) {
        return places.computeIfAbsent(address.address(), ignored -> new Place());
    }

    /**
     * As futex, ulock and WaitOnAddress: compares, and sleeps if equal, in one step. Timeout in nanoseconds, negative
     * for none.
     */
    synchronized End waitIfEqual(MemorySegment address, int expected, long nanos) {
        if (StubbedCalls.pointee(address, Integer.BYTES).get(JAVA_INT, 0L) != expected) {
            return End.VALUE_DIFFERS;
        }
        return sleep(place(address), nanos);
    }

    /** Wakes one that sleeps there, if any. */
    synchronized boolean wakeOne(MemorySegment address) {
        Place place = place(address);
        if (place.waiting <= place.wakes) {
            return false;
        }
        place.wakes++;
        notifyAll();
        return true;
    }

    /** As NtWaitForKeyedEvent: sleeps until somebody releases. */
    synchronized End waitForRelease(MemorySegment address, long nanos) {
        return sleep(place(address), nanos);
    }

    /** As NtReleaseKeyedEvent: sleeps until there is somebody to release. False when timed out. */
    synchronized boolean release(MemorySegment address, long nanos) {
        Place place = place(address);
        long deadline = System.nanoTime() + nanos;
        place.releasing++;
        boolean met = true;
        while (met && place.waiting <= place.wakes) {
            met = waitHere(nanos >= 0L, deadline) || place.waiting > place.wakes;
        }
        place.releasing--;
        if (met) {
            place.wakes++;
            notifyAll();
        }
        return met;
    }

    private End sleep(Place place, long nanos) {
        long deadline = System.nanoTime() + nanos;
        place.waiting++;
        notifyAll();
        boolean inTime = true;
        while (inTime && place.wakes == 0) {
            inTime = waitHere(nanos >= 0L, deadline);
        }
        place.waiting--;
        if (place.wakes != 0) {
            place.wakes--;
            return End.WOKEN;
        }
        return End.TIMED_OUT;
    }

    /** An interrupt of Java means nothing to a system; false when the deadline has passed. */
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private boolean waitHere(boolean timed, long deadline) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!timed) {
                wait();
                return true;
            }
            long nanos = deadline - System.nanoTime();
            if (nanos <= 0L) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, nanos + 1_000_000L);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return true;
    }
}

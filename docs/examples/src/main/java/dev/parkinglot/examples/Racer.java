package dev.parkinglot.examples;

import java.util.concurrent.atomic.AtomicLong;

/** One thread of a race: what it does, and the record of how it fared. */
abstract class Racer implements Runnable {
    private final Race race;
    private final Thread thread;
    private final AtomicLong steps = new AtomicLong();

    /** How long this thread waited for locks. Read by others after the race. */
    final Waits waits = new Waits();

    private long finishedNanos;
    private Machine.Switches switches = Machine.Switches.UNKNOWN;

    Racer(Race race, String name) {
        this.race = race;
        thread = new Thread(this, name);
        thread.setDaemon(true); // a lock that keeps it forever must not keep the program
    }

    /**
     * Does this thread's part.
     *
     * @throws InterruptedException if the race was stopped
     */
    abstract void work() throws InterruptedException;

    @Override
    public final void run() {
        try {
            Machine.Switches before = Machine.threadSwitches();
            race.awaitStart();
            work();
            finishedNanos = System.nanoTime();
            switches = Machine.threadSwitches().minus(before);
        } catch (Throwable failure) {
            race.fail(thread.getName() + ": " + failure);
        } finally {
            race.finished();
        }
    }

    final Thread thread() {
        return thread;
    }

    /**
     * Counts what has been done. Only this thread writes, so no atomic instruction is needed, which could hide a lock's
     * cost.
     *
     * @param more lines or look-ups, whatever this thread deals with
     */
    final void countSteps(long more) {
        steps.setOpaque(steps.getPlain() + more);
    }

    /**
     * What has been done so far.
     *
     * @return the number of lines or look-ups, for any thread
     */
    final long steps() {
        return steps.getOpaque();
    }

    final long finishedNanos() {
        return finishedNanos;
    }

    final Machine.Switches switches() {
        return switches;
    }
}

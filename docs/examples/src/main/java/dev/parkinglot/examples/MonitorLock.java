package dev.parkinglot.examples;

import java.util.function.BooleanSupplier;

/** What {@code synchronized}, {@code wait} and {@code notifyAll} make of an object. */
final class MonitorLock implements ContestLock {
    private final Object monitor = new Object();

    @Override
    public <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException {
        long called = System.nanoTime();
        long acquired;
        R result;
        synchronized (monitor) {
            acquired = System.nanoTime();
            result = section.run(argument);
        }
        waits.record(acquired - called);
        return result;
    }

    @Override
    public Condition newCondition() {
        return new MonitorCondition(monitor);
    }

    /** One of several conditions that share the monitor's only wait set, so a signal must wake every thread in it. */
    private record MonitorCondition(Object monitor) implements Condition {
        @Override
        public void awaitWhile(BooleanSupplier obstacle) throws InterruptedException {
            synchronized (monitor) { // held already; says so to the reader and the compiler
                while (obstacle.getAsBoolean()) {
                    monitor.wait();
                }
            }
        }

        @Override
        public void signal() {
            signalAll();
        }

        @Override
        public void signalAll() {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        }
    }
}

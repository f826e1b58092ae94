package dev.parkinglot.testing;

/** What a test thread runs. */
@FunctionalInterface
public interface ThrowingRunnable {
    /**
     * Runs.
     *
     * @throws Throwable whatever makes the test fail
     */
    void run() throws Throwable;
}

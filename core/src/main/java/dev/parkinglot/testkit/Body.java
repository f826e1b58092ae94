package dev.parkinglot.testkit;

/** What a driven thread runs. */
@FunctionalInterface
public interface Body {
    /**
     * Runs.
     *
     * @throws Throwable whatever makes the test fail, unless the test asks for it ({@link DrivenThread#failure})
     */
    void run() throws Throwable;
}

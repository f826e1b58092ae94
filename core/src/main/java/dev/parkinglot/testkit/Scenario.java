package dev.parkinglot.testkit;

/** A short play for a few threads, which {@link Schedules} runs many times. */
@FunctionalInterface
public interface Scenario {
    /**
     * Makes a fresh synchronizer and its threads ({@link DrivenLot#thread}), and starts none.
     *
     * @param lot for this run only
     * @return what to check when no thread can run any more: it throws if something is wrong
     */
    Body prepare(DrivenLot lot);
}

package dev.parkinglot.testkit;

/** A short play for a few threads, which {@link Schedules} runs many times. */
@FunctionalInterface
public interface Scenario {
    /**
     * Makes a fresh synchronizer and its threads ({@link DrivenLot#thread}). It may let some of them go to where the
     * scenario begins; the orders that are tried are those of the steps after that.
     *
     * @param lot for this run only
     * @return what to check when no thread can run any more: it throws if something is wrong
     */
    Body prepare(DrivenLot lot);
}

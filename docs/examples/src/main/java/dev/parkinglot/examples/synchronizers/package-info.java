/**
 * Synchronizers on the parking lot, each in a page: to be read, copied and changed. docs/synchronizers.md explains the
 * rules that they keep.
 *
 * <p>Whatever waits is given a {@link dev.parkinglot.core.Patience}: for how long at most, and whether an interrupt
 * ends the wait, which then throws {@code InterruptedException}. It returns false if time was over first, or throws
 * {@code TimeoutException} where it returns something else.
 */
package dev.parkinglot.examples.synchronizers;

/**
 * A test kit for authors of synchronizers: real threads, but one at a time, in the order that the test says.
 *
 * <p>{@link dev.parkinglot.testkit.DrivenLot} is a lot of one's own with threads, parkers and a clock that the test
 * drives step by step; {@link dev.parkinglot.testkit.Schedules} runs a short scenario in every order of its steps.
 */
package dev.parkinglot.testkit;

/**
 * Records what threads do in the parking lot, for the page in {@code docs/visualizer}. {@link
 * dev.parkinglot.examples.trace.Recorder} is for any program; {@link dev.parkinglot.examples.trace.RecordScenarios}
 * makes the recordings of that page.
 */
package dev.parkinglot.examples.trace;

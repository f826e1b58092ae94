/**
 * What a service waits for: {@link dev.parkinglot.examples.autopsy.Autopsy} looks at a running JVM, or at a recording
 * of JDK Flight Recorder, and writes a table and a page.
 */
package dev.parkinglot.examples.autopsy;

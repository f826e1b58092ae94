/** Programs that use locks wrongly, for docs/diagnosing.md to show what finds the fault. */
package dev.parkinglot.examples.faults;

/** With the drop-ins. */
package dev.parkinglot.examples.migration.after;

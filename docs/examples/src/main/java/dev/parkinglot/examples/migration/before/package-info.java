/** With the locks of the JDK. */
package dev.parkinglot.examples.migration.before;

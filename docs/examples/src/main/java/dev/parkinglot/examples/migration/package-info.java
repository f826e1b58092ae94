/**
 * What migrating takes: two classes as people write them, with the locks of the JDK in {@code before} and with the
 * drop-ins in {@code after}. The sources differ in their import lines and nowhere else, which a test checks. {@link
 * dev.parkinglot.examples.migration.Migration} runs both.
 */
package dev.parkinglot.examples.migration;

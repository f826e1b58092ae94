/**
 * Measures with JMH what its command line cannot: competitors in turn, disturbed forks again, sizes of objects; and
 * turns the results, which are kept as JMH's JSON, into the tables and charts of {@code docs}.
 *
 * <p>{@link dev.parkinglot.report.Catalogue} says what is measured, {@link dev.parkinglot.report.Measuring} does it,
 * {@link dev.parkinglot.report.Tables} has the one rule by which results become tables.
 */
package dev.parkinglot.report;

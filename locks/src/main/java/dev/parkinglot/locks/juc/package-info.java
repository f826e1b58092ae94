/**
 * Drop-in replacements for classes of {@code java.util.concurrent.locks}: replacing the import is the whole migration.
 * What gets faster, what it costs and what differs is told in {@code docs/migrating.md}.
 */
package dev.parkinglot.locks.juc;

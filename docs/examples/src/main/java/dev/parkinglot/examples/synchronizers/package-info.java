/**
 * Synchronizers on the parking lot, each in a page: to be read, copied and changed. docs/synchronizers.md explains the
 * rules that they keep.
 */
package dev.parkinglot.examples.synchronizers;

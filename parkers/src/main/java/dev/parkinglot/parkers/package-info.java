/**
 * Parkers: put the current thread to sleep, wake a given thread.
 *
 * <p>{@link dev.parkinglot.parkers.ThreadParker} is the protocol, {@link dev.parkinglot.parkers.ParkerBackend} a way of
 * sleeping, and {@link dev.parkinglot.parkers.ParkerBackends} chooses among the ways that work on this machine.
 */
package dev.parkinglot.parkers;

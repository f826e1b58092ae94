/**
 * The parking lot: a global table of wait queues keyed by address.
 *
 * <p>{@link dev.parkinglot.core.ParkingLot} has the operations; the interfaces {@link
 * dev.parkinglot.core.ParkCallbacks}, {@link dev.parkinglot.core.UnparkCallback}, {@link
 * dev.parkinglot.core.RequeueCallbacks} and {@link dev.parkinglot.core.ParkTokenFilter} say what may run under its
 * bucket locks. {@link dev.parkinglot.core.SpinWait} is what to do before parking.
 *
 * <p>Who waits for what is shown by {@link dev.parkinglot.core.LotSnapshot} and {@link
 * dev.parkinglot.core.Observation}; {@link dev.parkinglot.core.DeadlockDetector} and {@link
 * dev.parkinglot.core.LockChecks} find mistakes.
 */
package dev.parkinglot.core;

/**
 * Locks of 16 bytes whose queues live in the parking lot.
 *
 * <p>{@link dev.parkinglot.locks.Mutex} is the one to start with; {@link dev.parkinglot.locks.FairMutex} hands over at every
 * unlock; {@link dev.parkinglot.locks.Condvar} waits for conditions.
 */
package dev.parkinglot.locks;

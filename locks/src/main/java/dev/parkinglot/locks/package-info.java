/**
 * Locks of 16 bytes, 24 if reentrant, whose queues live in the parking lot.
 *
 * <p>{@link dev.parkinglot.locks.Mutex} is the one to start with; {@link dev.parkinglot.locks.FairMutex} hands over at
 * every unlock; {@link dev.parkinglot.locks.ReentrantMutex} has an owner; {@link dev.parkinglot.locks.RwLock} lets many
 * read; {@link dev.parkinglot.locks.Condvar} waits for conditions; {@link dev.parkinglot.locks.Once} runs something
 * once; {@link dev.parkinglot.locks.LockField} is a mutex in two bits of a field that you have;
 * {@link dev.parkinglot.locks.BufferMutex} and {@link dev.parkinglot.locks.BufferRwLock} lie in the memory of an Agrona
 * buffer. {@link dev.parkinglot.locks.ReentrantLock} and {@link dev.parkinglot.locks.ReentrantReadWriteLock} are
 * drop-in replacements for the classes of {@code java.util.concurrent.locks}: replacing the import is the whole
 * migration.
 *
 * <p>{@link dev.parkinglot.locks.ScopedLock} says what mutexes and the modes of readers-writer locks have in common.
 *
 * <p>Unless something else is said, null is refused with a {@link NullPointerException}, and nothing is changed.
 */
package dev.parkinglot.locks;

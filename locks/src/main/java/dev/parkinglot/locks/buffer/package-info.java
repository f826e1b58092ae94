/**
 * Locks that are no objects: four bytes at an index of an Agrona {@code AtomicBuffer}, on the heap, off the heap, or in
 * a mapped file.
 *
 * <p>{@link dev.parkinglot.locks.buffer.BufferMutex} and {@link dev.parkinglot.locks.buffer.BufferRwLock} need Agrona,
 * which is an optional dependency of this module: add {@code org.agrona:agrona} to yours. Agrona itself needs the JVM
 * to be started with {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}, or {@code =org.agrona} if it is on
 * the module path.
 *
 * <p><b>Not between processes.</b> The bytes may lie in memory that other processes map too, but the queues of those
 * who wait lie in this JVM. Locks that several processes use exclude nobody reliably and wake nobody in the other
 * process. One process at a time may use them.
 *
 * <p><b>Which lock is it?</b> The memory decides, not the buffer: two buffers over the same memory, wrapped at
 * different offsets, see the same lock at the same bytes. While a thread uses a lock, its buffer must not be wrapped
 * around other memory, and the memory not unmapped or freed: Agrona does not check that.
 *
 * <p><b>Locks that outlive the process.</b> Zero bytes are free locks, so fresh memory and fresh files are full of
 * them. A file that is closed while a lock in it is held keeps it held, by nobody: the next process would wait for
 * ever. A free one may still bear marks of threads that waited in the old process; one of them says that a thread is on
 * its way to the lock, and as long as it stands, an unlock wakes nobody. So whoever opens such a file calls {@code
 * reset} for each lock, or fills its bytes with zeros, before any thread uses it; whether the data that a held lock
 * guarded is whole, is for the program to find out. The layouts are those of {@link dev.parkinglot.locks.DetachedMutex}
 * and {@link dev.parkinglot.locks.DetachedRwLock}.
 */
package dev.parkinglot.locks.buffer;

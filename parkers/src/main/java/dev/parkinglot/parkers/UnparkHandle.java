package dev.parkinglot.parkers;

/**
 * The second half of a wake-up: the part that may cost a system call.
 *
 * <p>Waking has two steps so that no lock is held across a system call. {@link ThreadParker#unparkLock()} decides,
 * under the caller's queue lock, that the thread is unparked; {@link #unpark()} then rouses it, after that lock was
 * released.
 *
 * <p>Idea: {@code UnparkHandleT} of Rust's {@code parking_lot_core}.
 */
@FunctionalInterface
public interface UnparkHandle {
    /** A handle with nothing left to do. */
    UnparkHandle NONE = new NothingToUnpark();

    /**
     * Rouses the thread that the handle was made for. Call it once, on any thread, without a queue lock.
     *
     * <p>The thread may long have noticed that it was unparked, and may even have ended; then this does nothing that
     * matters to it.
     *
     * @throws IllegalStateException if the system refuses to wake a thread, which it may do in a sandbox that was set
     *     up after the backend had been tried out; then this thread may sleep on, but no other
     */
    void unpark();
}

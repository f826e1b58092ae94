/**
 * Locks and other synchronizers on top of the parking lot: each is a word or two of state and its slow paths.
 *
 * <p>Nothing here knows a queue. Only {@code BufferMutex} and {@code BufferRwLock} need Agrona;
 * without it the rest works.
 */
@SuppressWarnings("requires-automatic") // Agrona is one
module dev.parkinglot.locks {
    requires transitive dev.parkinglot.core;
    requires static org.agrona;

    exports dev.parkinglot.locks;
}

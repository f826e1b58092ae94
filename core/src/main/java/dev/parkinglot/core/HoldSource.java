package dev.parkinglot.core;

import java.util.List;

/**
 * What a library of locks knows about the holders of its locks, for the {@link DeadlockDetector}. Asked only when
 * somebody looks for deadlocks, by the thread that looks, without any lock of the lot.
 */
public interface HoldSource {
    /**
     * The threads each of which must go on before a waiting thread can.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param waiter who waits in its queue
     * @return the threads, each once; empty if nobody holds what is waited for; null if the key is not known here, and
     *     then the recorded holders of the key count
     */
    List<Thread> blockers(Object base, long offset, ParkedThread waiter);

    /**
     * What is waited for, for people.
     *
     * @param base the key's object, null for memory outside the heap
     * @param offset the key's offset
     * @param parkToken the waiting thread's token
     * @return such as "Mutex@1b2c", or "RwLock@1b2c for writing"; null if the key is not known here
     */
    String describe(Object base, long offset, long parkToken);
}

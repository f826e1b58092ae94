package dev.parkinglot.parkers;

/**
 * One system's way to wait at an address and to be woken there. All of them compare the word and begin to wait in one
 * step: where the word is no longer ASLEEP the wait returns at once, and a wake that comes after the word was changed
 * ends it.
 */
abstract class AddressWait {
    /** How a wait has ended. */
    enum Outcome {
        /** Woken, timed out, interrupted by a signal, or for no reason: the caller looks for itself. */
        RETURNED,
        /** As above, and the call of the waker has met this wait, so that it needs no other. */
        MET_WAKER,
        /** The system will not wait here, by an answer that is not foreseen: wait in some other way from now on. */
        REFUSED
    }

    /** Waits while the word of the current thread is ASLEEP. May return early for any reason. */
    abstract Outcome await(WaitWord word);

    /**
     * Waits as {@link #await} does, at most until a moment that is told twice: as a deadline on the clock of {@link
     * System#nanoTime()}, and as the nanoseconds left, greater than 0.
     */
    abstract Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft);

    /**
     * Wakes the owner of a word, which the caller has changed from ASLEEP to WOKEN, and which may not have begun to
     * wait.
     *
     * @throws IllegalStateException if the system will not; the owner may then sleep on
     */
    abstract void wake(WaitWord word);

    /**
     * A waker has changed the word to WOKEN, but no wait has met its {@link #wake}. By the owner, before it goes on.
     * For a system whose wakers wait until they meet someone; the others have nothing to do.
     */
    void meetWaker(WaitWord word) {}

    /**
     * Tries every call once, on the word of the current thread and without waiting.
     *
     * @throws UnavailableException if one does not behave as it should
     */
    abstract void tryOut(WaitWord word) throws UnavailableException;

    static IllegalStateException cannotWake(String call, int code) {
        return new IllegalStateException(call + " cannot wake a thread, and answers " + code
                + "; choose another way to sleep with -D" + ParkerBackends.PROPERTY + "=locksupport");
    }
}

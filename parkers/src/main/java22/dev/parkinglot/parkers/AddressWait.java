package dev.parkinglot.parkers;

/** One system's way to wait at an address and to be woken there, and what it makes of the word at that address. */
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

    /** Waits, while the word of the current thread is ASLEEP, until woken. May return early for any reason. */
    abstract Outcome await(WaitWord word);

    /**
     * Waits as {@link #await} does, at most until a moment that is told twice: as a deadline on the clock of {@link
     * System#nanoTime()}, and as the nanoseconds left, greater than 0.
     */
    abstract Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft);

    /**
     * Makes the word AWAKE, after a wait or instead of one. By the owner.
     *
     * @param outcome of that wait; RETURNED if there was none
     */
    abstract void leave(WaitWord word, Outcome outcome);

    /**
     * Ends a wait of the owner of a word, which may not have begun; does nothing if the word is AWAKE.
     *
     * @throws IllegalStateException if the system will not; the owner may then sleep on, but other wakers will end its
     *     wait as if this one had never come
     */
    abstract void wake(WaitWord word);

    /**
     * Tries every call once, on the word of the current thread, which is AWAKE, and without waiting.
     *
     * @throws UnavailableException if one does not behave as it should
     */
    abstract void tryOut(WaitWord word) throws UnavailableException;

    static IllegalStateException cannotWake(String call, int code) {
        return new IllegalStateException(call + " cannot wake a thread, and answers " + code
                + "; choose another way to sleep with -D" + ParkerBackends.PROPERTY + "=locksupport");
    }
}

package dev.parkinglot.core;

/**
 * In which way something is held, for the {@link DeadlockDetector}: whom such a hold keeps waiting. A library of locks
 * has one constant instance for each way; a hold ends in the mode in which it began.
 */
public interface HoldMode {
    /** The mode of a hold that keeps everybody in its queue waiting, such as that of a mutex. */
    HoldMode EXCLUSIVE = new HoldMode() {
        @Override
        public boolean keepsWaiting(long parkToken) {
            return true;
        }

        @Override
        public String purpose() {
            return "";
        }
    };

    /**
     * Whether a thread in the queue under whose key the hold is recorded cannot go on before the hold ends.
     *
     * @param parkToken the token of that thread
     * @return always the same for the same token
     */
    boolean keepsWaiting(long parkToken);

    /**
     * What it is held for, for people.
     *
     * @return such as "for reading"; empty if there is only one way to hold the lock
     */
    String purpose();

    /**
     * The key by which the lock is known, if it has several queues and the hold is recorded under the key of one.
     *
     * @param offset the offset of the key under which the hold is recorded
     * @return the offset of the lock's own key, with the same base
     */
    default long lockOffset(long offset) {
        return offset;
    }
}

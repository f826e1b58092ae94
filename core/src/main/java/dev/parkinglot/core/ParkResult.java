package dev.parkinglot.core;

/**
 * How a park ended.
 *
 * <p>Cost: the usual results (no token, or a token from 0 to 7) are shared instances.
 *
 * @param kind what ended it
 * @param unparkToken what the unparker handed over, if {@code kind} is {@link Kind#UNPARKED}, otherwise 0
 */
public record ParkResult(Kind kind, long unparkToken) {
    /** The four ways in which a park ends. */
    public enum Kind {
        /** Another thread chose this one and handed it a token. */
        UNPARKED,
        /** {@link ParkCallbacks#validate} said no, at the start or when asked again; the thread has left the queue. */
        INVALID,
        /** The deadline passed first; the thread has left the queue. */
        TIMED_OUT,
        /** An interrupt came first; the thread has left the queue and its interrupt flag is clear. */
        INTERRUPTED
    }

    /** Validation failed. */
    public static final ParkResult INVALID = new ParkResult(Kind.INVALID, 0L);

    /** The deadline passed. */
    public static final ParkResult TIMED_OUT = new ParkResult(Kind.TIMED_OUT, 0L);

    /** The thread was interrupted; the flag has been cleared, as if {@code InterruptedException} had been thrown. */
    public static final ParkResult INTERRUPTED = new ParkResult(Kind.INTERRUPTED, 0L);

    private static final ParkResult[] UNPARKED = new ParkResult[8];

    static {
        for (int token = 0; token < UNPARKED.length; token++) {
            UNPARKED[token] = new ParkResult(Kind.UNPARKED, token);
        }
    }

    static ParkResult unparked(long token) {
        return token >= 0L && token < UNPARKED.length ? UNPARKED[(int) token] : new ParkResult(Kind.UNPARKED, token);
    }

    /**
     * Whether another thread unparked this one.
     *
     * @return true if {@code kind} is {@link Kind#UNPARKED}
     */
    public boolean isUnparked() {
        return kind == Kind.UNPARKED;
    }
}

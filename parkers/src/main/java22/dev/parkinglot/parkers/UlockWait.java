package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * macOS: three generations of the same kernel interface. {@code os_sync_wait_on_address} is public, from macOS 14.4 on;
 * {@code __ulock_wait2} (macOS 11, nanoseconds) and {@code __ulock_wait} (macOS 10.12, microseconds) are what the
 * system's own libraries, Rust, Zig and libc++ call. Which there are is asked by name.
 *
 * <p>All take a relative timeout: a wait that returns early is begun anew with what is left by then.
 */
abstract sealed class UlockWait extends ComparingWait {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENOMEM = 12;
    static final int EFAULT = 14;
    static final int ETIMEDOUT = 60;

    private static final long WORD_BYTES = 4L;

    /** The newest that works here, tried out on the word of the current thread. */
    static UlockWait newest(NativeCalls calls, WaitWord word) throws UnavailableException {
        try {
            UlockWait newest = new OsSync(calls);
            newest.tryOut(word);
            return newest;
        } catch (UnavailableException e) {
            return older(calls, e.getMessage());
        }
    }

    private static UlockWait older(NativeCalls calls, String whyNotNewer) throws UnavailableException {
        try {
            return new Ulock(calls);
        } catch (UnavailableException e) {
            throw new UnavailableException(whyNotNewer + ", and " + e.getMessage());
        }
    }

    /** The number of an error, 0 for none. */
    abstract int callWait(WaitWord word);

    abstract int callWait(WaitWord word, long nanos);

    abstract int callWake(WaitWord word);

    @Override
    final Outcome await(WaitWord word) {
        return outcome(callWait(word));
    }

    @Override
    final Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
        return outcome(callWait(word, nanosLeft));
    }

    private static Outcome outcome(int error) {
        return switch (error) {
            case 0 -> Outcome.RETURNED; // woken, or the word had been changed before the kernel looked
            case EINTR -> Outcome.RETURNED; // a signal handler has run on this thread
            case EFAULT -> Outcome.RETURNED; // the page of the word was not in memory; the next try brings it
            case ETIMEDOUT -> Outcome.RETURNED; // the caller compares with its own clock
            case ENOMEM -> Outcome.REFUSED; // the kernel has no room for another waiter
            default -> Outcome.REFUSED; // EINVAL: none that a word of ours can bring about
        };
    }

    @Override
    final void tryOut(WaitWord word) throws UnavailableException {
        int waitError = callWait(word); // the word is AWAKE and not ASLEEP, so this returns at once
        int wakeError = callWake(word);
        if (waitError != 0 || (wakeError != 0 && wakeError != ENOENT)) {
            throw new UnavailableException("its trial ended with the errors " + waitError + " and " + wakeError);
        }
    }

    /** Answers -1 with an error number beside it, or how many threads still wait. */
    static final class OsSync extends UlockWait {
        private static final int NO_FLAGS = 0;
        private static final int CLOCK_MACH_ABSOLUTE_TIME = 32;
        private static final int TRIES = 8;

        private final MethodHandle await;
        private final MethodHandle awaitFor;
        private final MethodHandle wake;

        OsSync(NativeCalls calls) throws UnavailableException {
            await = calls.findCapturing(
                    "os_sync_wait_on_address",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT));
            awaitFor = calls.findCapturing(
                    "os_sync_wait_on_address_with_timeout",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
            wake = calls.findCapturing(
                    "os_sync_wake_by_address_any", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
        }

        @Override
        int callWait(WaitWord word) {
            try {
                int result = (int)
                        await.invokeExact(word.ownersError, word.word, (long) WaitWord.ASLEEP, WORD_BYTES, NO_FLAGS);
                return result >= 0 ? 0 : NativeCalls.error(word.ownersError);
            } catch (Throwable failure) {
                throw NativeCalls.unexpected(failure);
            }
        }

        @Override
        int callWait(WaitWord word, long nanos) {
            try {
                int result = (int) awaitFor.invokeExact(
                        word.ownersError,
                        word.word,
                        (long) WaitWord.ASLEEP,
                        WORD_BYTES,
                        NO_FLAGS,
                        CLOCK_MACH_ABSOLUTE_TIME,
                        nanos);
                return result >= 0 ? 0 : NativeCalls.error(word.ownersError);
            } catch (Throwable failure) {
                throw NativeCalls.unexpected(failure);
            }
        }

        /**
         * Two answers are possible: ENOENT (the owner had not begun to wait, and now won't), and EINTR (not done).
         * Which of them it was cannot be said when several wakers leave their errors in one place. So it is done again,
         * a few times, as long as the owner has not left.
         */
        @Override
        void wakeAt(WaitWord word) {
            for (int i = 0; i < TRIES && call(word) < 0 && word.wordVolatile() == WaitWord.WOKEN; i++) {
                Thread.onSpinWait();
            }
        }

        /** Exact for one waker at a time: for the trial. */
        @Override
        int callWake(WaitWord word) {
            return call(word) >= 0 ? 0 : NativeCalls.error(word.wakersError);
        }

        private int call(WaitWord word) {
            try {
                return (int) wake.invokeExact(word.wakersError, word.word, WORD_BYTES, NO_FLAGS);
            } catch (Throwable failure) {
                throw NativeCalls.unexpected(failure);
            }
        }
    }

    /** Asked for it, answers with the negated error number. A timeout of 0 means none. */
    static final class Ulock extends UlockWait {
        private static final int COMPARE_AND_WAIT = 1;
        private static final int NO_ERRNO = 0x0100_0000;
        private static final int OPERATION = COMPARE_AND_WAIT | NO_ERRNO;

        private static final long NANOS_PER_MICRO = 1_000L;

        /** Of two: one in nanoseconds, or one in microseconds of 32 bits. The other is null. */
        private final MethodHandle awaitNanos;

        private final MethodHandle awaitMicros;
        private final MethodHandle wake;

        Ulock(NativeCalls calls) throws UnavailableException {
            wake = calls.find("__ulock_wake", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
            MethodHandle nanos = null;
            MethodHandle micros = null;
            try {
                nanos = calls.find(
                        "__ulock_wait2",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG));
            } catch (UnavailableException older) {
                micros = calls.find(
                        "__ulock_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
            }
            awaitNanos = nanos;
            awaitMicros = micros;
        }

        @Override
        int callWait(WaitWord word) {
            return callWait(word, 0L);
        }

        @Override
        int callWait(WaitWord word, long nanos) {
            try {
                int result = awaitNanos != null
                        ? (int) awaitNanos.invokeExact(OPERATION, word.word, (long) WaitWord.ASLEEP, nanos, 0L)
                        : (int) awaitMicros.invokeExact(OPERATION, word.word, (long) WaitWord.ASLEEP, micros(nanos));
                return result >= 0 ? 0 : -result;
            } catch (Throwable failure) {
                throw NativeCalls.unexpected(failure);
            }
        }

        /**
         * Rounded up, so that a short time does not become none; a time too long for 32 bits is waited for in pieces.
         */
        private static int micros(long nanos) {
            long micros = nanos / NANOS_PER_MICRO + (nanos % NANOS_PER_MICRO == 0L ? 0L : 1L);
            return (int) Math.min(micros, Integer.MAX_VALUE);
        }

        @Override
        void wakeAt(WaitWord word) {
            int error;
            do {
                error = callWake(word);
            } while (error == EINTR); // not done, though nothing is wrong
            if (error != 0 && error != ENOENT) { // ENOENT: the owner had not begun to wait, and now won't
                throw cannotWake("ulock", error);
            }
        }

        @Override
        int callWake(WaitWord word) {
            try {
                int result = (int) wake.invokeExact(OPERATION, word.word, 0L);
                return result >= 0 ? 0 : -result;
            } catch (Throwable failure) {
                throw NativeCalls.unexpected(failure);
            }
        }
    }
}

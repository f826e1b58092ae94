package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Linux: {@code FUTEX_WAIT_BITSET}, which, unlike {@code FUTEX_WAIT}, takes the deadline as a point on the monotonic
 * clock, so that a wait which is begun anew loses no time; and {@code FUTEX_WAKE}. Both private to the process.
 *
 * <p>The deadline is one of {@link System#nanoTime()}, which on Linux HotSpot reads that very clock. Where it does not,
 * the difference is measured once.
 */
final class FutexWait extends ComparingWait {
    private static final int PRIVATE = 128;
    private static final int WAIT_BITSET = 9 | PRIVATE;
    private static final int WAKE = 1 | PRIVATE;
    private static final int ANY_BIT = -1;

    private static final int CLOCK_MONOTONIC = 1;

    private static final int EPERM = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOSYS = 38;
    private static final int ETIMEDOUT = 110;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final MethodHandle syscall;
    private final long number;

    /** What to add to a value of nanoTime to get one of the monotonic clock, in nanoseconds. */
    private final long clockOffset;

    /**
     * Finds the calls.
     *
     * @param word any, for its room
     */
    FutexWait(NativeCalls calls, LinuxNumbers numbers, WaitWord word) throws UnavailableException {
        // syscall(number, address, operation, value, timeout, second address, bits): all but the first are variadic.
        syscall = calls.findCapturing(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(1));
        number = numbers.futex();
        clockOffset = measureClockOffset(
                calls.find("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS)), word);
    }

    @Override
    Outcome await(WaitWord word) {
        return outcome(word, callWait(word, MemorySegment.NULL));
    }

    @Override
    Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
        // Unsigned: nanoTime plus what is left may pass Long.MAX_VALUE, and the kernel takes 64 bits of seconds.
        long deadline = deadlineNanos + clockOffset;
        word.timeout.set(JAVA_LONG, 0L, Long.divideUnsigned(deadline, NANOS_PER_SECOND));
        word.timeout.set(JAVA_LONG, 8L, Long.remainderUnsigned(deadline, NANOS_PER_SECOND));
        return outcome(word, callWait(word, word.timeout));
    }

    private static Outcome outcome(WaitWord word, long result) {
        if (result == 0L) {
            return Outcome.RETURNED; // woken, by whomever
        }
        return switch (NativeCalls.error(word.ownersError)) {
            case EAGAIN -> Outcome.RETURNED; // the word had been changed before the kernel looked
            case EINTR -> Outcome.RETURNED; // a signal handler has run on this thread
            case ETIMEDOUT -> Outcome.RETURNED; // the deadline; the caller compares with its own clock
            case EPERM, ENOSYS -> Outcome.REFUSED; // a sandbox, set up after the trial
            default -> Outcome.REFUSED; // EFAULT, EINVAL: none that a word of ours can bring about
        };
    }

    @Override
    void wakeAt(WaitWord word) {
        // The result is the number of threads woken. None is right, too: the owner had not begun to wait, nor will it.
        // There is no error that a word of ours can bring about; EPERM and ENOSYS are a sandbox's.
        if (callWake(word) < 0L) {
            throw cannotWake("futex", NativeCalls.error(word.wakersError));
        }
    }

    /** After so many calls the JDK has made of a method handle what it makes of one that is called often. */
    static final int CALLS_TO_BECOME_FAST = 256;

    /** Often, since what the JDK does for a handle that is called often takes more stack than a wake may have. */
    @Override
    void tryOut(WaitWord word) throws UnavailableException {
        for (int i = 0; i < CALLS_TO_BECOME_FAST; i++) {
            tryOnce(word);
        }
    }

    private void tryOnce(WaitWord word) throws UnavailableException {
        // The word is AWAKE and not ASLEEP, so a kernel that knows the call says EAGAIN.
        if (callWait(word, MemorySegment.NULL) >= 0L) {
            throw new UnavailableException("futex waited for a word that was not the expected one");
        }
        int error = NativeCalls.error(word.ownersError);
        if (error != EAGAIN) {
            throw new UnavailableException(
                    error == ENOSYS ? "the kernel has no futex" : "futex answered a trial wait with error " + error);
        }
        if (callWake(word) != 0L) {
            throw new UnavailableException(
                    "futex answered a trial wake with error " + NativeCalls.error(word.wakersError));
        }
    }

    private long callWait(WaitWord word, MemorySegment timeout) {
        try {
            return (long) syscall.invokeExact(
                    word.ownersError,
                    number,
                    word.word,
                    WAIT_BITSET,
                    WaitWord.ASLEEP,
                    timeout,
                    MemorySegment.NULL,
                    ANY_BIT);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }

    private long callWake(WaitWord word) {
        try {
            return (long) syscall.invokeExact(
                    word.wakersError, number, word.word, WAKE, 1, MemorySegment.NULL, MemorySegment.NULL, 0);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }

    private static long measureClockOffset(MethodHandle clockGettime, WaitWord word) throws UnavailableException {
        long before = System.nanoTime();
        int result;
        try {
            result = (int) clockGettime.invokeExact(CLOCK_MONOTONIC, word.timeout);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
        long after = System.nanoTime();
        if (result != 0) {
            throw new UnavailableException("the system has no monotonic clock");
        }
        long monotonic = word.timeout.get(JAVA_LONG, 0L) * NANOS_PER_SECOND + word.timeout.get(JAVA_LONG, 8L);
        boolean same = monotonic - before >= 0L && after - monotonic >= 0L;
        return same ? 0L : monotonic - before; // late by the time between, never early
    }
}

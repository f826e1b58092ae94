package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/**
 * Windows 8 and later: {@code WaitOnAddress} and {@code WakeByAddressSingle}, found in the API set that promises them.
 */
final class WaitAddressWait extends ComparingWait {
    private static final long WORD_BYTES = 4L;

    /** Milliseconds, unsigned: the largest means for ever. */
    private static final int INFINITE = -1;

    private static final int ERROR_TIMEOUT = 1460;

    private final MethodHandle waitOnAddress;
    private final MethodHandle wakeByAddressSingle;

    WaitAddressWait(NativeCalls calls) throws UnavailableException {
        waitOnAddress = calls.findCapturing(
                "WaitOnAddress", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
        wakeByAddressSingle = calls.find("WakeByAddressSingle", FunctionDescriptor.ofVoid(ADDRESS));
    }

    @Override
    Outcome await(WaitWord word) {
        return outcome(word, callWait(word, INFINITE));
    }

    @Override
    Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
        // Rounded up; a time too long for 31 bits is waited for in pieces.
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(nanosLeft - 1L) + 1L, Integer.MAX_VALUE);
        return outcome(word, callWait(word, (int) millis));
    }

    private static Outcome outcome(WaitWord word, int result) {
        if (result != 0) {
            return Outcome.RETURNED; // woken, the word had been changed, or for no reason
        }
        return switch (NativeCalls.error(word.ownersError)) {
            case ERROR_TIMEOUT -> Outcome.RETURNED; // the caller compares with its own clock
            default -> Outcome.REFUSED; // none is documented
        };
    }

    @Override
    void wakeAt(WaitWord word) {
        try {
            wakeByAddressSingle.invokeExact(word.word);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }

    @Override
    void tryOut(WaitWord word) throws UnavailableException {
        if (callWait(word, INFINITE) == 0) { // the word is AWAKE and not ASLEEP, so this returns at once
            throw new UnavailableException(
                    "WaitOnAddress answered a trial with error " + NativeCalls.error(word.ownersError));
        }
        wakeAt(word);
    }

    private int callWait(WaitWord word, int millis) {
        try {
            return (int) waitOnAddress.invokeExact(word.ownersError, word.word, word.asleep, WORD_BYTES, millis);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }
}

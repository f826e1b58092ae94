package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/* Overview.
 *
 * A keyed event compares nothing: it is a meeting place. NtWaitForKeyedEvent and NtReleaseKeyedEvent of the same key
 * each wait until the other has come. So the word decides whether there will be a meeting, and both sides keep to it:
 *
 *   - A waker releases only if it has changed the word from ASLEEP to WOKEN. One that finds it WOKEN waits for the
 *     outcome: the meeting, after which the word is AWAKE, or the failure of the other waker.
 *   - A waker that fails (the system refuses; there is no stack for the call) makes the word ASLEEP again.
 *   - The owner goes on only from ASLEEP, or after a meeting. If it finds WOKEN though no wait of its own has met the
 *     release (it timed out at that moment, or found itself unparked before it waited), it waits for the waker, and
 *     looks now and then whether that has failed.
 *
 * So every release meets exactly one wait, and both are over before the owner can sleep again: a release is never left
 * over for a later sleep, and no waker is stuck. The price is that a timed wait may end late by as long as its waker is
 * kept from running.
 */

/**
 * Windows: keyed events of {@code ntdll}, undocumented but unchanged from Windows XP on. Every Windows that can run the
 * JDK that this needs has {@code WaitOnAddress}, too, so that this is used by name only.
 */
final class KeyedEventWait extends AddressWait {
    private static final int SUCCESS = 0;
    private static final int TIMEOUT = 0x102;

    private static final int GENERIC_READ_AND_WRITE = 0xC000_0000;
    private static final byte NOT_ALERTABLE = 0;

    private static final long NANOS_PER_TICK = 100L;

    /** A millisecond from now. */
    private static final long LOOK_AGAIN_TICKS = -10_000L;

    private final MethodHandle waitForKeyedEvent;
    private final MethodHandle releaseKeyedEvent;

    /** The handle of the event, for all keys, as long as the process lives. */
    private final MemorySegment event;

    KeyedEventWait(NativeCalls calls) throws UnavailableException {
        FunctionDescriptor meet = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_BYTE, ADDRESS);
        waitForKeyedEvent = calls.find("NtWaitForKeyedEvent", meet);
        releaseKeyedEvent = calls.find("NtReleaseKeyedEvent", meet);
        event = create(calls.find(
                "NtCreateKeyedEvent", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT)));
    }

    private static MemorySegment create(MethodHandle createKeyedEvent) throws UnavailableException {
        int status;
        MemorySegment handle;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ADDRESS);
            status = (int) createKeyedEvent.invokeExact(result, GENERIC_READ_AND_WRITE, MemorySegment.NULL, 0);
            handle = result.get(ADDRESS, 0L);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
        if (status != SUCCESS) {
            throw new UnavailableException("NtCreateKeyedEvent answered with status " + status);
        }
        return handle;
    }

    @Override
    Outcome await(WaitWord word) {
        return outcome(meet(waitForKeyedEvent, word, MemorySegment.NULL));
    }

    @Override
    Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
        // Negative: relative, on a clock that nobody sets. Rounded away from 0, which would mean no time at all.
        word.timeout.set(JAVA_LONG, 0L, -((nanosLeft - 1L) / NANOS_PER_TICK) - 1L);
        return outcome(meet(waitForKeyedEvent, word, word.timeout));
    }

    private static Outcome outcome(int status) {
        return switch (status) {
            case SUCCESS -> Outcome.MET_WAKER;
            case TIMEOUT -> Outcome.RETURNED; // perhaps at the very moment when a waker came; the word knows
            default -> Outcome.REFUSED; // alerts and APCs are for alertable waits; the rest would be errors of ours
        };
    }

    @Override
    void leave(WaitWord word, Outcome outcome) {
        if (outcome == Outcome.MET_WAKER) {
            word.setVolatile(WaitWord.AWAKE);
            return;
        }
        while (!word.casWord(WaitWord.ASLEEP, WaitWord.AWAKE)) {
            word.timeout.set(JAVA_LONG, 0L, LOOK_AGAIN_TICKS);
            if (meet(waitForKeyedEvent, word, word.timeout) == SUCCESS) {
                word.setVolatile(WaitWord.AWAKE);
                return;
            }
        }
    }

    @Override
    void wake(WaitWord word) {
        int seen = word.caeWord(WaitWord.ASLEEP, WaitWord.WOKEN);
        while (seen == WaitWord.WOKEN) {
            Thread.yield();
            seen = word.caeWord(WaitWord.ASLEEP, WaitWord.WOKEN);
        }
        if (seen == WaitWord.ASLEEP) {
            release(word);
        }
    }

    private void release(WaitWord word) {
        try {
            int status = meet(releaseKeyedEvent, word, MemorySegment.NULL);
            if (status != SUCCESS) {
                throw cannotWake("NtReleaseKeyedEvent", status);
            }
        } catch (Throwable failure) {
            word.casWord(WaitWord.WOKEN, WaitWord.ASLEEP);
            throw failure;
        }
    }

    @Override
    void tryOut(WaitWord word) throws UnavailableException {
        word.timeout.set(JAVA_LONG, 0L, -1L);
        int waitStatus = meet(waitForKeyedEvent, word, word.timeout); // nobody comes
        int releaseStatus = meet(releaseKeyedEvent, word, word.timeout);
        if (waitStatus != TIMEOUT || releaseStatus != TIMEOUT) {
            throw new UnavailableException("its trial ended with the statuses " + waitStatus + " and " + releaseStatus);
        }
    }

    private int meet(MethodHandle function, WaitWord word, MemorySegment timeout) {
        try {
            return (int) function.invokeExact(event, word.word, NOT_ALERTABLE, timeout);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }
}

package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is found out at first use. */
class ProbeTest {
    private final AtomicInteger attempts = new AtomicInteger();

    /** Attempts that end in this way, one after the other: an exception is thrown, anything else was found. */
    private Probe<Object> probeOf(Object... outcomes) {
        Queue<Object> script = new ArrayDeque<>(List.of(outcomes));
        return new Probe<>(() -> {
            attempts.incrementAndGet();
            Object outcome = script.remove();
            if (outcome instanceof UnavailableException unavailable) {
                throw unavailable;
            }
            if (outcome instanceof RuntimeException exception) {
                throw exception;
            }
            if (outcome instanceof Error error) {
                throw error;
            }
            return outcome;
        });
    }

    @Test
    void whatWasFoundIsTheSameEverAfterAndNotLookedForAgain() {
        Object thing = new Object();
        Probe<Object> probe = probeOf(thing, new Object());
        for (int i = 0; i < 3; i++) {
            assertSame(thing, probe.foundOrNull());
            assertEquals(Optional.empty(), probe.unavailableReason());
        }
        assertEquals(1, attempts.get());
    }

    @Test
    void nothingIsTriedBeforeSomebodyAsks() {
        probeOf(new Object());
        assertEquals(0, attempts.get());
    }

    @Test
    void whereThereIsNothingItSaysWhyEverAfter() {
        Probe<Object> probe = probeOf(new UnavailableException("none here"), new Object());
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.of("none here"), probe.unavailableReason());
            assertNull(probe.foundOrNull());
        }
        assertEquals(1, attempts.get());
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("this and that"),
                new NoClassDefFoundError("this and that"),
                new ExceptionInInitializerError("this and that"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void anAttemptThatBreaksIsAnAnswerAndNotTheCallersProblem(Throwable failure) {
        Probe<Object> probe = probeOf(failure, new Object());
        assertNull(probe.foundOrNull());
        String reason = probe.unavailableReason().orElseThrow();
        assertTrue(reason.contains(failure.getClass().getName()), reason);
        assertTrue(reason.contains("this and that"), reason);
        assertEquals(1, attempts.get());
    }

    static Stream<Error> shortages() {
        return Stream.of(new OutOfMemoryError("for this test"), new StackOverflowError("for this test"));
    }

    @ParameterizedTest
    @MethodSource("shortages")
    void aShortageGoesToTheCallerAndTheNextOneTriesAgain(Error shortage) {
        Object thing = new Object();
        Probe<Object> probe = probeOf(shortage, shortage, thing);
        assertSame(shortage, assertThrows(shortage.getClass(), probe::foundOrNull));
        assertSame(shortage, assertThrows(shortage.getClass(), probe::unavailableReason));
        assertSame(thing, probe.foundOrNull());
        assertEquals(3, attempts.get());
    }

    @Test
    void threadsThatAskAtTheSameTimeAllTryAndGetOneAndTheSame() {
        int count = 8;
        CountDownLatch everybodyTries = new CountDownLatch(count);
        Probe<Object> probe = new Probe<>(() -> {
            everybodyTries.countDown();
            awaitLatch(everybodyTries);
            return new Object();
        });
        Set<Object> found = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        try (TestThreads threads = new TestThreads()) {
            threads.start(count, "asks", () -> found.add(probe.foundOrNull()));
        }
        assertEquals(Set.of(probe.foundOrNull()), found);
    }

    @Test
    void nobodyWaitsForTheAttemptOfAnotherWhichThenGetsWhatWasFoundMeanwhile() {
        Object thing = new Object();
        CountDownLatch firstTries = new CountDownLatch(1);
        CountDownLatch secondHasFound = new CountDownLatch(1);
        Probe<Object> probe = new Probe<>(() -> {
            if (firstTries.getCount() == 0L) {
                return thing;
            }
            firstTries.countDown();
            awaitLatch(secondHasFound);
            throw new UnavailableException("too late to say so");
        });
        AtomicReference<Object> first = new AtomicReference<>();
        try (TestThreads threads = new TestThreads()) {
            threads.start("first", () -> first.set(probe.foundOrNull()));
            awaitLatch(firstTries);
            Thread second = threads.start("second", () -> assertSame(thing, probe.foundOrNull()));
            TestThreads.join(second);
            secondHasFound.countDown();
        }
        assertSame(thing, first.get());
        assertEquals(Optional.empty(), probe.unavailableReason());
    }

    /** Fails in the end: where threads wait for each other's attempts, the others never get there. */
    private static void awaitLatch(CountDownLatch latch) {
        TestThreads.await("the others have got there", () -> latch.getCount() == 0L);
    }
}

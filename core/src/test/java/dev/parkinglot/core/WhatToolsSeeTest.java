package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.parkers.ParkerBackends;
import dev.parkinglot.testing.TestThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tools that do not know us see of a thread that waits, in the way to sleep that is the default. */
class WhatToolsSeeTest {
    /** What is waited for; no other test waits for one of this class. */
    private static final class Gate {}

    @TempDir
    Path folder;

    private final Gate gate = new Gate();

    @BeforeEach
    void noOtherWayToSleepIsChosen() {
        assumeTrue(System.getProperty(ParkerBackends.PROPERTY) == null);
    }

    private void seeAsleep(Patience patience, Thread.State state) {
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("waiter", () -> ParkingLot.park(gate, 0L, () -> true, patience));
            TestThreads.await("asleep", () -> waiter.getState() == state);
            assertSame(gate, LockSupport.getBlocker(waiter));
            ParkingLot.unparkAll(gate, 0L);
        }
    }

    @Test
    void aThreadThatWaitsIsWaitingForAnObject() {
        seeAsleep(Patience.ENDLESS, Thread.State.WAITING);
    }

    @Test
    void aThreadThatWaitsUntilADeadlineIsTimedWaitingForAnObject() {
        seeAsleep(Patience.within(Duration.ofHours(1)), Thread.State.TIMED_WAITING);
    }

    @Test
    void theJdksOwnEventTellsWhatWasWaitedFor() throws IOException {
        Path file = folder.resolve("parks.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ThreadPark").withThreshold(Duration.ZERO);
            recording.start();
            seeAsleep(Patience.ENDLESS, Thread.State.WAITING);
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> parks = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.ThreadPark")) // our own may be there, too
                .filter(event -> event.getClass("parkedClass") != null
                        && event.getClass("parkedClass").getName().equals(Gate.class.getName()))
                .toList();
        assertFalse(parks.isEmpty()); // one, unless the system has let it return for no reason
        assertEquals("waiter", parks.get(0).getThread().getJavaName());
    }
}

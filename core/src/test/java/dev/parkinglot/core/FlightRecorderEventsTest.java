package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.FinishedWait.Outcome;
import dev.parkinglot.testing.TestThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events, read back from a recording. */
class FlightRecorderEventsTest {
    private static final String WAIT = "dev.parkinglot.Wait";

    @TempDir
    Path folder;

    private final Object base = KeyNames.name(new Object(), "recorded");

    @BeforeAll
    static void theRecorderIsKnown() {
        FlightRecording.install(); // what the first wait does on a thread of its own
    }

    private List<RecordedEvent> eventsOf(Recording recording, Predicate<RecordedEvent> wanted) throws IOException {
        recording.stop();
        Path file = folder.resolve("events.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream().filter(wanted).toList();
    }

    private boolean isOurWait(RecordedEvent event) {
        return event.getEventType().getName().equals(WAIT)
                && KeyNames.describe(base, 0L).equals(event.getString("lock"));
    }

    /** One wait of two parks, of which the second is handed over. */
    private Thread waitOnce() {
        try (TestThreads threads = new TestThreads()) {
            Thread waiter = threads.start("recorded waiter", () -> {
                WaitSpan span = WaitSpan.begin(base, 0L, "gate", 5L);
                ParkingLot.park(base, 1L, () -> true, Patience.within(Duration.ofMillis(2)));
                ParkingLot.park(base, 0L, () -> true);
                span.end(Outcome.ACQUIRED);
            });
            TestThreads.await("queued", () -> ParkingLot.waiters(base, 0L).size() == 1);
            ParkingLot.unparkOne(base, 0L, 5L);
            return waiter;
        }
    }

    @Test
    void aWaitIsOneEvent() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(WAIT).withThreshold(Duration.ZERO).withStackTrace();
            recording.start();
            Thread waiter = waitOnce();
            List<RecordedEvent> events = eventsOf(recording, this::isOurWait);
            assertEquals(1, events.size(), events::toString);
            RecordedEvent event = events.get(0);
            // of at least 2 ms; but the recorder's clock was seen to be 1.5 % slower than System.nanoTime
            assertTrue(event.getDuration().compareTo(Duration.ofMillis(1)) > 0, event::toString);
            assertEquals(waiter.getName(), event.getThread().getJavaName());
            assertEquals("recorded", event.getString("name"));
            assertEquals("java.lang.Object", event.getClass("lockClass").getName());
            assertEquals("gate", event.getString("mode"));
            assertEquals("ACQUIRED", event.getString("outcome"));
            assertEquals(2, event.getInt("parks"));
            assertTrue(event.getBoolean("handedOver"));
            assertNull(event.getThread("holder"), "nobody is known to hold it");
            assertTrue(event.getDuration("awake").compareTo(event.getDuration()) <= 0);
            assertFalse(event.getStackTrace().getFrames().isEmpty());
        }
    }

    @Test
    @SuppressWarnings("try") // it is there to be closed
    void anEventTellsWhatObserversAreTold() throws IOException {
        Thread holder = Thread.currentThread();
        DeadlockDetector.addSource(new KnownHolder(base, () -> holder));
        List<FinishedWait> told = new CopyOnWriteArrayList<>();
        try (Recording recording = new Recording();
                Observation observation = Observation.start(told::add)) {
            recording.enable(WAIT).withThreshold(Duration.ZERO);
            recording.start();
            WaitSpan.begin(base, 0L, "gate", 5L).end(Outcome.TIMED_OUT);
            RecordedEvent event = eventsOf(recording, this::isOurWait).get(0);
            FinishedWait wait =
                    told.stream().filter(one -> one.base() == base).findFirst().orElseThrow();
            assertEquals("TIMED_OUT", event.getString("outcome"));
            assertEquals(0, event.getInt("parks"));
            assertFalse(event.getBoolean("handedOver"));
            assertEquals(wait.awakeNanos(), event.getDuration("awake").toNanos());
            assertEquals(holder.getName(), event.getThread("holder").getJavaName());
        }
    }

    @Test
    void aWaitBelowTheThresholdIsNone() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(WAIT).withThreshold(Duration.ofHours(1));
            recording.start();
            waitOnce();
            assertEquals(List.of(), eventsOf(recording, this::isOurWait));
        }
    }

    @Test
    void theThresholdIsTenMillisecondsByDefault() {
        EventType type = EventType.getEventType(FlightRecorderEvents.WaitEvent.class);
        assertEquals(
                List.of("10 ms"),
                type.getSettingDescriptors().stream()
                        .filter(setting -> setting.getName().equals("threshold"))
                        .map(SettingDescriptor::getDefaultValue)
                        .toList());
    }

    @Test
    void allButTheEventsOfMovedThreadsAreOnByDefault() {
        assertEquals("true", isEnabledByDefault(FlightRecorderEvents.WaitEvent.class));
        assertEquals("false", isEnabledByDefault(FlightRecorderEvents.RequeueEvent.class));
        assertEquals("true", isEnabledByDefault(FlightRecorderEvents.ResizeEvent.class));
        assertEquals("true", isEnabledByDefault(FlightRecorderEvents.DeadlockEvent.class));
    }

    private static String isEnabledByDefault(Class<? extends Event> event) {
        return EventType.getEventType(event).getSettingDescriptors().stream()
                .filter(setting -> setting.getName().equals("enabled"))
                .map(SettingDescriptor::getDefaultValue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aWaitThatIsNotRecordedIsNotEvenLookedAt() {
        try (Recording recording = new Recording()) {
            recording.disable(WAIT);
            recording.start();
            assertEquals(null, Lot.observers.beginEvent());
        }
    }

    @Test
    void movedThreadsGrowthAndDeadlocksAreEvents() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable("dev.parkinglot.Requeue");
            recording.enable("dev.parkinglot.Resize");
            recording.enable("dev.parkinglot.Deadlock");
            recording.start();
            Lot.observers.requeued(base, 0L, base, 1L, 3);
            Lot.observers.resized(64, 128);
            ParkedThread waiting = new ParkedThread(Thread.currentThread(), 0L, 1L, false);
            Deadlock.Member alone =
                    new Deadlock.Member(Thread.currentThread(), base, 0L, waiting, "the gate", List.of(), List.of());
            Deadlock deadlock = new Deadlock(List.of(alone));
            Lot.observers.deadlocksFound(List.of(deadlock));
            List<RecordedEvent> events =
                    eventsOf(recording, event -> event.getEventType().getName().startsWith("dev.parkinglot."));
            RecordedEvent requeue = only(events, "Requeue");
            assertEquals(KeyNames.describe(base, 0L), requeue.getString("from"));
            assertEquals(KeyNames.describe(base, 1L), requeue.getString("to"));
            assertEquals(3, requeue.getInt("threads"));
            RecordedEvent resize = only(events, "Resize");
            assertEquals(64, resize.getInt("fromBuckets"));
            assertEquals(128, resize.getInt("toBuckets"));
            assertEquals(1, only(events, "Deadlock").getInt("threads"));
            assertEquals(deadlock.toString(), only(events, "Deadlock").getString("report"));
        }
    }

    private static RecordedEvent only(List<RecordedEvent> events, String type) {
        List<RecordedEvent> found = events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.parkinglot." + type))
                .toList();
        assertEquals(1, found.size(), events::toString);
        return found.get(0);
    }
}

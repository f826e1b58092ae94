package dev.parkinglot.examples.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recordings of the page can be made again, and say what the page promises. */
class RecordScenariosTest {
    private static final Path RECORDINGS = Path.of("..", "visualizer", "traces");

    static List<Trace> recordings() {
        return RecordScenarios.all();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void theRecordingOfThePageIsTheOneThatIsMadeToday(Trace trace) throws IOException {
        assertEquals(
                Files.readString(RECORDINGS.resolve(trace.scenario() + ".js")),
                trace.toScript(),
                "if it should be another one: mvn -q compile exec:exec@record");
    }

    @Test
    void thereAreNoOtherRecordings() throws IOException {
        Set<String> expected =
                recordings().stream().map(trace -> trace.scenario() + ".js").collect(Collectors.toSet());
        try (var files = Files.list(RECORDINGS)) {
            assertEquals(
                    expected, files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void itIsJsonWithALineForEachStep(Trace trace) {
        assertEquals(
                trace.steps().size(),
                JsonParser.parseString(trace.toJson())
                        .getAsJsonObject()
                        .getAsJsonArray("steps")
                        .size());
        assertEquals(trace.steps().size() + 2, trace.toJson().lines().count());
    }

    @Test
    void eachScenarioShowsWhatItIsAbout() {
        assertTrue(has("contention", "unpark", "RETRY"));
        assertTrue(has("handoff", "unpark", "HANDOFF"));
        assertTrue(has("signal-all", "requeue", "moves A, B and C to the queue of mutex without waking"));
        assertTrue(has("exit", "leave", "looks again"));
        assertTrue(has("growth", "grow", "from 16 buckets to 32"));
        assertTrue(has("upgrade", "park", "sleeps in the queue of drain"));
        assertTrue(has("deadlock", "deadlock", "A waits for N"));
    }

    private static boolean has(String scenario, String event, String words) {
        return recordings().stream()
                .filter(trace -> scenario.equals(trace.scenario()))
                .flatMap(trace -> trace.steps().stream())
                .anyMatch(step -> step.event().equals(event) && step.text().contains(words));
    }

    @Test
    void theProgramOfTheReadmeIsRecorded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("gate.json");
        // region:gate
        try (DrivenLot lot = new DrivenLot()) {
            Gate gate = new Gate();
            Recorder recorder = new Recorder(lot, "A gate");
            recorder.key("gate", gate, 0L);
            recorder.word("gate", () -> List.of(new Trace.Field("open", gate.isOpen() ? 1 : 0)));
            DrivenThread waiter = recorder.thread("A", gate::await);
            DrivenThread opener = recorder.thread("B", gate::open);
            recorder.run(waiter); // until it sleeps
            recorder.run(opener); // until it has ended
            recorder.run(waiter);
            Files.writeString(file, recorder.trace(null, null, null).toJson());
        }
        // end
        List<JsonObject> steps =
                JsonParser.parseString(Files.readString(file))
                        .getAsJsonObject()
                        .getAsJsonArray("steps")
                        .asList()
                        .stream()
                        .map(JsonElement::getAsJsonObject)
                        .toList();
        assertEquals(List.of("arrive", "park", "arrive", "unpark", "end"), all(steps, "event"));
        assertEquals(
                List.of(
                        "A must wait, and is about to park.",
                        "A sleeps in the queue of gate.",
                        "B is about to look at the queue.",
                        "B takes A out of the queue of gate and wakes it, and is done.",
                        "A wakes up, and is done."),
                all(steps, "text"));
        String queue = steps.get(1)
                .getAsJsonObject("state")
                .getAsJsonArray("buckets")
                .get(0)
                .getAsJsonObject()
                .get("queues")
                .toString();
        assertEquals("[{\"key\":\"gate\",\"waiters\":[{\"thread\":\"A\"}]}]", queue);
    }

    private static List<String> all(List<JsonObject> steps, String name) {
        return steps.stream().map(step -> step.get(name).getAsString()).toList();
    }

    private static final class Gate {
        private volatile boolean open;

        boolean isOpen() {
            return open;
        }

        void await() {
            while (!open) {
                ParkingLot.park(this, 0L, () -> !open);
            }
        }

        void open() {
            open = true;
            ParkingLot.unparkAll(this, 0L);
        }
    }

    @Test
    void theProgramWantsOneFolder() {
        assertThrows(IllegalArgumentException.class, RecordScenarios::main);
    }
}

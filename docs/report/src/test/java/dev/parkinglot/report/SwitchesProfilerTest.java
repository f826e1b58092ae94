package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwitchesProfilerTest {
    @TempDir
    Path tasks;

    private Path thread(String id, int wanted, int unwanted) throws IOException {
        Path thread = Files.createDirectories(tasks.resolve(id));
        String status = "Threads:\t7\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n"
                .formatted(wanted, unwanted);
        Files.writeString(thread.resolve("status"), status);
        return thread;
    }

    @Test
    void bothKindsOfSwitchesOfEachThreadCount() throws IOException {
        Path one = thread("1", 20, 3);
        Path two = thread("2", 100, 0);
        assertEquals(Map.of(one, 23L, two, 100L), SwitchesProfiler.switches(tasks));
    }

    @Test
    void aThreadThatHasJustEndedAndASystemWithoutThemAreLeftOut() throws IOException {
        Files.createDirectories(tasks.resolve("1"));
        assertEquals(Map.of(), SwitchesProfiler.switches(tasks));
        assertEquals(Map.of(), SwitchesProfiler.switches(tasks.resolve("nowhere")));
    }

    @Test
    void newThreadsCountFromTheirStartAndEndedOnesNotAtAll() {
        Path stays = Path.of("1");
        Map<Path, Long> before = Map.of(stays, 10L, Path.of("2"), 50L);
        assertEquals(7L, SwitchesProfiler.difference(before, Map.of(stays, 15L, Path.of("3"), 2L)));
    }
}

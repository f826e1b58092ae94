package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Look-ups while an index is built: who does what, and what is counted. */
@Timeout(60)
class LookUpRaceTest {
    private static final int LINES = 100;

    private static Race.Plan plan(String line) {
        List<Corpus.Line> lines = Collections.nCopies(LINES, new Corpus.Line(0, line));
        Corpus corpus = new Corpus(Path.of("nowhere"), List.of("file"), lines, 0L);
        return Race.Plan.of(corpus, 1, 2, Duration.ofHours(1));
    }

    private static Outcome race(ContestLock lock, Race.Plan plan) throws InterruptedException {
        return new LookUpRace(new Entrant("lock", "", () -> lock), plan).run();
    }

    @Test
    void aTextWithoutWordsIsNoProblem() throws InterruptedException {
        assertNull(
                race(Entrant.READERS_WRITER.get(0).newLock().get(), plan("...")).defect());
    }

    @Test
    void chunksCoverEverythingOnce() {
        Race.Chunks chunks = new Race.Chunks(10L, 4);
        List<Long> numbers = new ArrayList<>();
        long from;
        while ((from = chunks.claim()) != Race.Chunks.NONE) {
            LongStream.range(from, chunks.end(from)).forEach(numbers::add);
        }
        assertEquals(LongStream.range(0L, 10L).boxed().toList(), numbers);
        assertEquals(Race.Chunks.NONE, chunks.claim());
    }
}

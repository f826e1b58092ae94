package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Look-ups while an index is built: who does what, and what is counted. */
@Timeout(60)
class LookUpRaceTest {
    private static final int LINES = 100;
    private static final int LOOK_UPS = 12 * LINES;

    private static Race.Plan plan(String line) {
        List<Corpus.Line> lines = Collections.nCopies(LINES, new Corpus.Line(0, line));
        Corpus corpus = new Corpus(Path.of("nowhere"), List.of("file"), lines, 0L);
        return Race.Plan.of(corpus, 1, 2, Duration.ofHours(1));
    }

    private static Outcome race(ContestLock lock, Race.Plan plan) throws InterruptedException {
        return new LookUpRace(new Entrant("lock", "", () -> lock), plan).run();
    }

    /** A lock that lets nobody in before a latch is open, and counts another down for everybody who has left. */
    private record Gate(ContestLock lock, CountDownLatch before, CountDownLatch after) implements ContestLock {
        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            before.await();
            R result = lock.hold(waits, section, argument);
            after.countDown();
            return result;
        }

        @Override
        public Condition newCondition() {
            return lock.newCondition();
        }
    }

    @Test
    void whereWritersAreKeptOutAllLookUpsAreMadeWhileTheIndexIsBuilt() throws InterruptedException {
        CountDownLatch open = new CountDownLatch(0);
        CountDownLatch lookedUp = new CountDownLatch(LOOK_UPS);
        ContestLock lock = ContestLock.monitor();
        Outcome outcome = race(
                new ContestLock.OfReadWriteLock(new Gate(lock, lookedUp, open), new Gate(lock, open, lookedUp)),
                plan("to be"));
        assertNull(outcome.defect());
        assertEquals(LOOK_UPS, outcome.waits().getTotalCount());
        assertEquals((LINES + 7) / 8, outcome.writeWaits().getTotalCount());
        assertTrue(outcome.whileBuilt() > 0.99, "all but what had not been counted yet: " + outcome.whileBuilt());
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

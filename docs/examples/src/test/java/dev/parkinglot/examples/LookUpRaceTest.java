package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Look-ups while an index is built: who does what, and what is counted. */
@Timeout(60)
class LookUpRaceTest {
    private static final int LINES = 100;
    private static final int LOOK_UPS = 12 * LINES;
    private static final List<String> WORDS = List.of("to", "be", "or", "not");

    private static Job job(String line) {
        List<Corpus.Line> lines = Collections.nCopies(LINES, new Corpus.Line(0, line));
        return new Job(new Corpus(Path.of("nowhere"), List.of("file"), lines, 0L, List.of()), 1);
    }

    private static Outcome race(RwContestLock lock, Job job) throws InterruptedException {
        Tournament.Plan plan = new Tournament.Plan(2, 1, Duration.ofHours(1));
        return new LookUpRace(new Entrant<>("lock", () -> lock), job, plan).run(job.expected(), unused -> {});
    }

    /** A lock that lets nobody in before a latch is open, and counts another down for everybody who has left. */
    private record Gate(ContestLock lock, CountDownLatch before, CountDownLatch after) implements ContestLock {
        @Override
        public <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException {
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
        ContestLock lock = new MonitorLock();
        Outcome outcome =
                race(new RwContestLock(new Gate(lock, open, lookedUp), new Gate(lock, lookedUp, open)), job("to be"));
        assertNull(outcome.defect());
        assertEquals(LOOK_UPS, outcome.waits().getTotalCount());
        assertEquals((LINES + 7) / 8, outcome.writeWaits().getTotalCount());
        assertTrue(outcome.whileBuilt() > 0.99, "all but what had not been counted yet: " + outcome.whileBuilt());
    }

    @Test
    void aTextWithoutWordsIsNoProblem() throws InterruptedException {
        assertNull(
                race(Entrant.READERS_WRITER.get(0).newLock().get(), job("...")).defect());
    }

    @Test
    void chunksCoverEverythingOnce() {
        Chunks chunks = new Chunks(10L, 4);
        List<Long> numbers = new ArrayList<>();
        long from;
        while ((from = chunks.claim()) != Chunks.NONE) {
            LongStream.range(from, chunks.end(from)).forEach(numbers::add);
        }
        assertEquals(LongStream.range(0L, 10L).boxed().toList(), numbers);
        assertEquals(Chunks.NONE, chunks.claim());
    }

    private static List<String> sequence(int number) {
        WordSequence words = new WordSequence(WORDS, number);
        return Stream.generate(words::next).limit(100L).toList();
    }

    @Test
    void wordSequencesAreFixedAndDifferAndChooseAmongAll() {
        for (int number : IntStream.range(0, 8).toArray()) {
            assertEquals(sequence(number), sequence(number));
            assertNotEquals(sequence(number), sequence(number + 1));
            assertEquals(new HashSet<>(WORDS), new HashSet<>(sequence(number)));
        }
    }
}

package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as its user sees it: exit codes, complaints, files. */
@Timeout(60)
class ContestTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int RACES_EACH = 2; // the warm-up and one round

    @TempDir
    private Path folder;

    private Path text;
    private Path output;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeText() throws IOException {
        text = Files.createDirectory(folder.resolve("text"));
        output = folder.resolve("output");
        Files.writeString(text.resolve("a.txt"), "To be, or not to be\n\nthat is the question\n".repeat(40));
        Files.writeString(text.resolve("b.txt"), "whether 'tis nobler in the mind to suffer\n".repeat(40));
    }

    private int contest(List<Entrant> candidates, Duration stallLimit, String... args) {
        return contest(candidates, List.of(), stallLimit, args);
    }

    private int contest(List<Entrant> exclusive, List<Entrant> readersWriter, Duration stallLimit, String... args) {
        return new Contest(exclusive, readersWriter, print(out), print(err), stallLimit).execute(args);
    }

    private int contest(String... args) {
        return contest(Entrant.EXCLUSIVE, Entrant.READERS_WRITER, NEVER, args);
    }

    private String[] quickly() {
        return new String[] {text.toString(), "-o", output.toString(), "-q", "-p", "3"};
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** What stands on the standard error, without the progress. */
    private List<String> complaints() {
        return err.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("contest: "))
                .toList();
    }

    private void assertOneLine(String start) {
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("contest: " + start), lines.get(0));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    /** What this waits for comes at once, or the test times out. */
    private static void awaitEndOfRacers() {
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(ContestTest::isRacer)) {
            assertFalse(Thread.interrupted(), "a racer does not end");
        }
    }

    private static boolean isRacer(Thread thread) {
        return thread.getName().matches("(reader|indexer|searcher|writer)-\\d+");
    }

    // ---- wrong arguments

    @Test
    void missingFolder() {
        assertEquals(2, contest(text.resolve("nowhere").toString()));
        assertOneLine("no such folder: " + text.resolve("nowhere"));
    }

    @Test
    void unknownLock() {
        assertEquals(2, contest(text.toString(), "--locks", "mutex,spinlock"));
        assertOneLine("unknown lock 'spinlock': choose among Mutex, FairMutex, ReentrantMutex, drop-in ReentrantLock, "
                + "drop-in ReentrantLock(true), ReentrantLock, ReentrantLock(true), synchronized, RwLock, "
                + "drop-in ReentrantReadWriteLock, ReentrantReadWriteLock, StampedLock");
    }

    @ParameterizedTest
    @CsvSource({"--threads,0", "-t,-1", "-t,100000", "--rounds,0", "--passes,0"})
    void numberOutOfRange(String option, String value) {
        assertEquals(2, contest(text.toString(), option, value));
        assertOneLine("--");
    }

    @ParameterizedTest
    @CsvSource({"--threads,many", "--frobnicate,1"})
    void senselessOption(String option, String value) {
        assertEquals(2, contest(text.toString(), option, value));
        assertOneLine("");
    }

    @Test
    void helpIsNoFailure() {
        assertEquals(0, contest("--help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("--threads"));
    }

    // ---- unreadable text

    @Test
    void folderWithoutText() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertEquals(1, contest(empty.toString()));
        assertOneLine("no text under " + empty);
    }

    @Test
    void theOnlyFileIsUnreadable() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path dangling = Files.createSymbolicLink(empty.resolve("gone.txt"), Path.of("nowhere"));
        assertEquals(1, contest(empty.toString()));
        assertOneLine("cannot read " + dangling.toRealPath(LinkOption.NOFOLLOW_LINKS) + ": no such file");
    }

    @Test
    void anUnreadableFileAmongOthersIsReportedAndTheRestIsDone() throws IOException {
        Files.createSymbolicLink(text.resolve("gone.txt"), Path.of("nowhere"));
        assertEquals(0, contest(quickly()));
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).endsWith("gone.txt: no such file"),
                complaints().toString());
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("2 files, "));
    }

    @Test
    void anOutputThatCannotBeWrittenIsToldBeforeTheRaces() throws IOException {
        Files.writeString(output, "a file where a folder should be");
        assertEquals(1, contest(quickly()));
        assertOneLine("cannot write to " + output);
    }

    // ---- the contest

    @Test
    void allLocksBuildTheIdenticalIndex() throws IOException {
        List<Entrant> candidates = Entrant.EXCLUSIVE;
        assertEquals(0, contest(candidates, Entrant.READERS_WRITER, NEVER, quickly()));
        assertEquals(List.of(), complaints());
        String console = out.toString(StandardCharsets.UTF_8);
        assertTrue(console.contains("all built the identical index"), console);
        assertTrue(console.contains("p99.99 write"), console);
        assertTrue(console.contains("ratio to ReentrantReadWriteLock;"), console);
        assertTrue(console.lines().anyMatch(line -> line.startsWith("Fastest: ")), console);
        assertTrue(console.lines().anyMatch(line -> line.startsWith("Shortest tail of reads: ")), console);
        assertTrue(console.lines().allMatch(line -> line.length() <= 130), console);

        List<String> csv = Files.readAllLines(output.resolve("races.csv"));
        assertEquals(1 + RACES_EACH * (candidates.size() + Entrant.READERS_WRITER.size()), csv.size());
        csv.forEach(line -> assertEquals(csv.get(0).split(",", -1).length, line.split(",", -1).length, line));
        for (Entrant entrant : Entrant.READERS_WRITER) {
            assertEquals(
                    RACES_EACH,
                    csv.stream()
                            .filter(line -> line.matches("read-mostly,\\d,\\d," + entrant.name() + ",.*"))
                            .count(),
                    entrant.name());
        }

        String html = Files.readString(output.resolve("report.html"));
        Stream.concat(candidates.stream(), Entrant.READERS_WRITER.stream()).forEach(entrant -> {
            assertTrue(html.contains("<td>" + entrant + "</td>"), entrant + " in the table of all races");
            assertTrue(html.contains("<span class=\"name\">" + entrant + "</span>"), entrant + " has bars");
        });
        List<Tournament.Discipline> both = List.of(Tournament.Discipline.EXCLUSIVE, Tournament.Discipline.READ_MOSTLY);
        for (Metric metric :
                both.stream().flatMap(one -> one.metrics().stream()).toList()) {
            assertTrue(
                    html.contains("<figcaption>" + metric.label() + " <small>" + metric.direction()),
                    metric + " has no bars");
        }
        assertEquals(
                both.stream().mapToInt(one -> one.curves().size()).sum(),
                html.split("<svg", -1).length - 1,
                "curves of waits");
        assertTrue(html.indexOf("Fastest: ") < html.indexOf("<figure>"), "the verdict comes first");
        assertFalse(html.replace("http://www.w3.org/", "").contains("://"), "needs nothing from elsewhere");
    }

    @Test
    void everyLookUpIsMadeOnceAndEveryLineWrittenOnce() throws IOException {
        assertEquals(0, contest(List.of(), Entrant.READERS_WRITER, NEVER, quickly()));
        for (String line : Files.readAllLines(output.resolve("races.csv")).subList(1, 1 + RACES_EACH)) {
            String[] columns = line.split(",", -1);
            assertEquals(360 * 12, Integer.parseInt(columns[5]), line); // 120 lines, 3 passes, 12 look-ups for each
            assertEquals(360 / 8, Integer.parseInt(columns[10]), line); // in batches of 8
        }
    }

    @Test
    void aChoiceMayLeaveOneContestOut() throws IOException {
        String[] args = {text.toString(), "-o", output.toString(), "-q", "-l", "stampedlock,rwlock", "-t", "1"};
        assertEquals(0, contest(args));
        List<String> csv = Files.readAllLines(output.resolve("races.csv"));
        assertEquals(1 + 2 * RACES_EACH, csv.size());
        assertTrue(csv.get(1).startsWith("read-mostly,0,0,StampedLock,"), csv.get(1));
        assertTrue(csv.get(2).startsWith("read-mostly,0,1,RwLock,"), csv.get(2));
        String console = out.toString(StandardCharsets.UTF_8);
        assertFalse(console.contains("Exclusive"), console);
    }

    @Test
    void aReadersWriterLockThatLosesAnUpdateIsNamed() throws IOException {
        assertNamed("forgetful", () -> BrokenLocks.whenWriting(BrokenLocks.forgetful()), "the index differs in .*");
    }

    @Test
    void aReadersWriterLockThatShowsAHalfWrittenBatchIsNamed() throws IOException {
        assertNamed("porous", BrokenLocks::porous, "searcher-\\d+: .*: looked up '\\w+' in a half-written batch");
    }

    private void assertNamed(String name, Supplier<ContestLock> broken, String defect) throws IOException {
        List<Entrant> candidates =
                List.of(Entrant.READERS_WRITER.get(0), new Entrant(name, "", broken), Entrant.READERS_WRITER.get(2));
        assertEquals(1, contest(List.of(), candidates, NEVER, quickly()));
        awaitEndOfRacers();
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).matches("contest: " + name + ": " + defect),
                complaints().toString());
        String table = out.toString(StandardCharsets.UTF_8);
        assertTrue(table.contains("disqualified: "), table);
        assertFalse(table.contains("identical"), table);
        assertTrue(Files.readString(output.resolve("report.html")).contains("disqualified: "));
    }

    @Test
    void aReadersWriterLockThatStandsStillIsGivenUp() {
        CountDownLatch over = new CountDownLatch(1);
        Entrant stuck =
                new Entrant("stuck", "", () -> BrokenLocks.whenWriting(BrokenLocks.stuck(new CountDownLatch(1), over)));
        try {
            // One writer, so that nobody else moves lines.
            String[] args = {text.toString(), "-o", output.toString(), "-q", "-t", "1"};
            assertEquals(1, contest(List.of(), List.of(stuck), SOON, args));
        } finally {
            over.countDown();
            awaitEndOfRacers();
        }
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).matches("contest: stuck: nothing moved for .*writer-0 .*"),
                complaints().toString());
    }

    @Test
    void locksAreChosenByNameInAnyCase() throws IOException {
        String[] args = {text.toString(), "-o", output.toString(), "-q", "-l", "reentrantlock-TRUE,mutex", "-t", "1"};
        assertEquals(0, contest(args));
        List<String> csv = Files.readAllLines(output.resolve("races.csv"));
        assertTrue(csv.get(1).startsWith("exclusive,0,0,ReentrantLock(true),"), csv.get(1));
        assertTrue(csv.get(2).startsWith("exclusive,0,1,Mutex,"), csv.get(2));
    }

    @Test
    void aDifferingIndexIsNamed() throws IOException {
        List<Entrant> candidates = List.of(
                Entrant.EXCLUSIVE.get(0),
                new Entrant("forgetful", "", BrokenLocks::forgetful),
                Entrant.EXCLUSIVE.get(5));
        assertEquals(1, contest(candidates, NEVER, quickly()));
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).startsWith("contest: forgetful: the index differs in "),
                complaints().toString());
        String table = out.toString(StandardCharsets.UTF_8);
        assertTrue(table.matches("(?s).*forgetful +disqualified: the index differs.*"), table);
        assertFalse(table.contains("identical"), table);
        assertTrue(Files.readString(output.resolve("report.html")).contains("disqualified: the index differs"));
        assertEquals(
                1,
                Files.readAllLines(output.resolve("races.csv")).stream()
                        .filter(line -> line.contains(",forgetful,"))
                        .count(),
                "races no more");
    }

    @Test
    void aFailingThreadEndsItsRaceAndIsReported() {
        List<Entrant> candidates =
                List.of(new Entrant("throwing", "", BrokenLocks::throwing), Entrant.EXCLUSIVE.get(0));
        assertEquals(1, contest(candidates, NEVER, quickly()));
        awaitEndOfRacers();
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).matches("contest: throwing: indexer-\\d: .*IllegalMonitorState.*: not yours"),
                complaints().toString());
    }

    @Test
    void aRaceThatStandsStillIsGivenUp() {
        CountDownLatch over = new CountDownLatch(1);
        Entrant stuck = new Entrant("stuck", "", () -> BrokenLocks.stuck(new CountDownLatch(1), over));
        try {
            // One thread of each kind, so that nobody else moves lines.
            String[] args = {text.toString(), "-o", output.toString(), "-q", "-t", "1"};
            assertEquals(1, contest(List.of(stuck), SOON, args));
        } finally {
            over.countDown();
            awaitEndOfRacers();
        }
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).contains("stuck: nothing moved for "),
                complaints().toString());
        assertTrue(complaints().get(0).contains("indexer-0 "), "tells where threads are: " + complaints());
    }

    @Test
    void anInterruptEndsIt() throws InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Entrant stuck = new Entrant("stuck", "", () -> BrokenLocks.stuck(reached, over));
        FutureTask<Integer> running = new FutureTask<>(() -> contest(List.of(stuck), NEVER, quickly()));
        Thread thread = new Thread(running, "contest");
        thread.start();
        try {
            reached.await();
            thread.interrupt();
            assertEquals(130, running.get(30, TimeUnit.SECONDS));
        } finally {
            over.countDown();
            awaitEndOfRacers();
        }
        assertEquals(List.of("contest: interrupted"), complaints());
    }
}

package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
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

    // ---- what was written

    private List<JsonObject> races(String contest) throws IOException {
        String json = Files.readString(output.resolve("races.json"));
        return objects(JsonParser.parseString(json).getAsJsonObject().getAsJsonArray(contest));
    }

    /** The locks of all races, in their order. */
    private List<String> locks(String contest) throws IOException {
        return races(contest).stream()
                .map(race -> race.getAsJsonObject("outcome").get("entrant").getAsString())
                .toList();
    }

    /** The data of the page. */
    private JsonObject report() throws IOException {
        String data = Files.readString(output.resolve("report.html")).split("id=\"data\">", 2)[1];
        return JsonParser.parseString(data.split("</script>", 2)[0]).getAsJsonObject();
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    private static List<String> strings(JsonArray array, String member) {
        return objects(array).stream()
                .map(object -> object.get(member).getAsString())
                .toList();
    }

    private static List<String> sorted(List<String> strings) {
        return strings.stream().sorted().toList();
    }

    /** All names in order, each so many times. */
    private static List<String> names(List<Entrant> entrants, int times) {
        return entrants.stream()
                .flatMap(entrant -> Collections.nCopies(times, entrant.name()).stream())
                .sorted()
                .toList();
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
    void anOutputThatCannotBeWrittenIsToldBeforeTheRaces() throws IOException {
        Files.writeString(output, "a file where a folder should be");
        assertEquals(1, contest(quickly()));
        assertOneLine("cannot write to " + output);
    }

    // ---- the contest

    @Test
    void allLocksBuildTheIdenticalIndex() throws IOException {
        assertEquals(0, contest(quickly()));
        assertEquals(List.of(), complaints());
        String console = out.toString(StandardCharsets.UTF_8);
        assertTrue(console.contains("all built the identical index"), console);
        assertTrue(console.contains("p99.99 write"), console);
        assertTrue(console.contains("ratio to ReentrantReadWriteLock;"), console);
        assertTrue(console.lines().anyMatch(line -> line.startsWith("Fastest: ")), console);
        assertTrue(console.lines().anyMatch(line -> line.startsWith("Shortest tail of reads: ")), console);
        assertTrue(console.lines().allMatch(line -> line.length() <= 130), console);

        assertEquals(names(Entrant.EXCLUSIVE, RACES_EACH), sorted(locks("Exclusive locks")));
        assertEquals(names(Entrant.READERS_WRITER, RACES_EACH), sorted(locks("Readers-writer locks")));

        for (JsonElement results : report().getAsJsonArray("results")) {
            JsonObject tournament = results.getAsJsonObject();
            boolean exclusive = tournament.get("title").getAsString().equals("Exclusive locks");
            List<String> locks = names(exclusive ? Entrant.EXCLUSIVE : Entrant.READERS_WRITER, 1);
            assertEquals(
                    1 + RACES_EACH * locks.size(),
                    tournament.getAsJsonArray("races").size());
            for (JsonObject figure : objects(tournament.getAsJsonArray("figures"))) {
                assertEquals(locks, sorted(strings(figure.getAsJsonArray("bars"), "lock")), figure::toString);
            }
            for (JsonObject chart : objects(tournament.getAsJsonArray("curves"))) {
                assertEquals(locks, sorted(strings(chart.getAsJsonArray("curves"), "lock")), chart::toString);
            }
        }
        String html = Files.readString(output.resolve("report.html"));
        assertFalse(html.matches("(?s).*(src|href)=.http.*"), "needs nothing from elsewhere");
    }

    @Test
    void everyLookUpIsMadeOnceAndEveryLineWrittenOnce() throws IOException {
        assertEquals(0, contest(List.of(), Entrant.READERS_WRITER, NEVER, quickly()));
        for (JsonObject race : races("Readers-writer locks")) {
            JsonObject outcome = race.getAsJsonObject("outcome");
            // 120 lines, 3 passes, 12 look-ups for each
            assertEquals(
                    360L * 12, outcome.getAsJsonObject("waits").get("count").getAsLong(), race::toString);
            // in batches of 8
            assertEquals(
                    360L / 8, outcome.getAsJsonObject("writeWaits").get("count").getAsLong(), race::toString);
        }
    }

    @Test
    void aChoiceMayLeaveOneContestOut() throws IOException {
        String[] args = {text.toString(), "-o", output.toString(), "-q", "-l", "stampedlock,rwlock", "-t", "1"};
        assertEquals(0, contest(args));
        assertEquals(List.of("StampedLock", "RwLock", "RwLock", "StampedLock"), locks("Readers-writer locks"));
        String console = out.toString(StandardCharsets.UTF_8);
        assertFalse(console.contains("Exclusive"), console);
    }

    @Test
    void aLockThatLosesAnUpdateIsNamed() throws IOException {
        List<Entrant> candidates = among(Entrant.EXCLUSIVE, "forgetful", BrokenLocks::forgetful);
        assertNamed(candidates, List.of(), "forgetful: the index differs in .*");
        assertEquals(
                1L,
                locks("Exclusive locks").stream().filter("forgetful"::equals).count(),
                "races no more");
    }

    @Test
    void aReadersWriterLockThatLosesAnUpdateIsNamed() throws IOException {
        Supplier<ContestLock> forgetful = () -> BrokenLocks.whenWriting(BrokenLocks.forgetful());
        List<Entrant> candidates = among(Entrant.READERS_WRITER, "forgetful", forgetful);
        assertNamed(List.of(), candidates, "forgetful: the index differs in .*");
    }

    @Test
    void aReadersWriterLockThatShowsAHalfWrittenBatchIsNamed() throws IOException {
        List<Entrant> candidates = among(Entrant.READERS_WRITER, "porous", BrokenLocks::porous);
        assertNamed(List.of(), candidates, "porous: searcher-\\d+: .*: looked up '\\w+' in a half-written batch");
    }

    @Test
    void aFailingThreadEndsItsRaceAndIsNamed() throws IOException {
        List<Entrant> candidates = among(Entrant.EXCLUSIVE, "throwing", BrokenLocks::throwing);
        assertNamed(candidates, List.of(), "throwing: indexer-\\d: .*IllegalMonitorState.*: not yours");
    }

    private static List<Entrant> among(List<Entrant> sound, String name, Supplier<ContestLock> broken) {
        return List.of(sound.get(0), new Entrant(name, "", broken), sound.get(2));
    }

    private void assertNamed(List<Entrant> exclusive, List<Entrant> readersWriter, String defect) throws IOException {
        assertEquals(1, contest(exclusive, readersWriter, NEVER, quickly()));
        awaitEndOfRacers();
        assertOneComplaint(defect);
        String table = out.toString(StandardCharsets.UTF_8);
        assertTrue(table.contains("disqualified: "), table);
        assertFalse(table.contains("identical"), table);
        assertEquals(1, report().getAsJsonArray("defects").size());
    }

    private void assertOneComplaint(String pattern) {
        assertEquals(1, complaints().size(), complaints().toString());
        assertTrue(
                complaints().get(0).matches("contest: " + pattern), complaints().toString());
    }

    @Test
    void locksAreChosenByNameInAnyCase() throws IOException {
        String[] args = {text.toString(), "-o", output.toString(), "-q", "-l", "reentrantlock-TRUE,mutex", "-t", "1"};
        assertEquals(0, contest(args));
        assertEquals(List.of("ReentrantLock(true)", "Mutex", "Mutex", "ReentrantLock(true)"), locks("Exclusive locks"));
    }

    /** With one thread of each kind, so that nobody else moves lines. */
    @ParameterizedTest
    @CsvSource({"true,indexer", "false,writer"})
    void aRaceThatStandsStillIsGivenUp(boolean exclusive, String stuckThread) {
        CountDownLatch over = new CountDownLatch(1);
        BrokenLocks.Broken stuck = BrokenLocks.stuck(new CountDownLatch(1), over);
        List<Entrant> candidates =
                List.of(new Entrant("stuck", "", () -> exclusive ? stuck : BrokenLocks.whenWriting(stuck)));
        try {
            String[] args = {text.toString(), "-o", output.toString(), "-q", "-t", "1"};
            List<Entrant> none = List.of();
            assertEquals(1, contest(exclusive ? candidates : none, exclusive ? none : candidates, SOON, args));
        } finally {
            over.countDown();
            awaitEndOfRacers();
        }
        assertOneComplaint("stuck: nothing moved for .*" + stuckThread + "-0 .*");
    }

    @Test
    void anInterruptEndsIt() throws InterruptedException, ExecutionException, TimeoutException {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Entrant stuck = new Entrant("stuck", "", () -> BrokenLocks.stuck(reached, over));
        FutureTask<Integer> running = new FutureTask<>(() -> contest(List.of(stuck), List.of(), NEVER, quickly()));
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

package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Builds a word index with many threads, once with each lock, and compares the locks.
 *
 * <p>Exit codes: 0 if all went well; 1 if the contest could not be held, or a lock was disqualified; 2 for wrong
 * arguments; 130 if interrupted. Everything but 0 comes with a line on the standard error that says why.
 */
@Command(
        name = "contest",
        description = {
            "Builds an inverted word index of text files with many threads, once with each lock,",
            "looks words up meanwhile if it is a readers-writer lock, and compares the locks.",
            "Writes a verdict and a table, and a report with charts and raw numbers."
        },
        mixinStandardHelpOptions = true,
        version = "contest 0.1.0",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class Contest implements Callable<Integer> {
    private static final int MAX_THREADS = 256;
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_PASSES = 100_000;

    /** Lines that a race should index, unless told otherwise: enough that each takes about a second. */
    private static final int USUAL_LINES = 150_000;

    private static final int QUICK_LINES = 10_000;
    private static final int USUAL_ROUNDS = 3;
    private static final int QUICK_ROUNDS = 1;

    private final List<Entrant> exclusive;
    private final List<Entrant> readersWriter;
    private final PrintStream out;
    private final PrintStream err;
    private final Console console;
    private final Duration stallLimit;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The text to index. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "T",
            defaultValue = "4",
            description =
                    "Number of reader threads, and of indexer threads; the races of readers-writer locks have as many"
                            + " in all, a quarter of them writers. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = {"-l", "--locks"},
            paramLabel = "NAME",
            split = ",",
            description = "Which locks take part, separated by commas. Default: all.")
    private List<String> locks;

    @Option(
            names = {"-r", "--rounds"},
            paramLabel = "N",
            description = "How often each lock races, not counting the warm-up. Default: 3.")
    private Integer rounds;

    @Option(
            names = {"-p", "--passes"},
            paramLabel = "N",
            description = "How often a race indexes the text. Default: as often as makes 150,000 lines.")
    private Integer passes;

    @Option(
            names = {"-q", "--quick"},
            description = "A smoke run of a few seconds: one round of 10,000 lines.")
    private boolean quick;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            defaultValue = "${sys:contest.output:-target/contest}",
            description = "Where to write the report. Default: ${DEFAULT-VALUE}.")
    private Path output;

    /** The locks to choose from for the one contest and for the other, and how long a race may stand still. */
    Contest(
            List<Entrant> exclusive,
            List<Entrant> readersWriter,
            PrintStream out,
            PrintStream err,
            Duration stallLimit) {
        this.exclusive = exclusive;
        this.readersWriter = readersWriter;
        this.out = out;
        this.err = err;
        console = new Console("contest", out, err);
        this.stallLimit = stallLimit;
    }

    /** Runs the program; see {@code --help}. */
    public static void main(String[] args) {
        Contest contest =
                new Contest(Entrant.EXCLUSIVE, Entrant.READERS_WRITER, System.out, System.err, Duration.ofSeconds(10));
        System.exit(contest.execute(args));
    }

    /** Runs the program without ending the virtual machine, and returns the exit code. */
    int execute(String... args) {
        try {
            return console.run(this, IOException.class, args);
        } catch (OutOfMemoryError e) {
            return console.complain(Console.FAILED, "not enough memory: " + e.getMessage());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkNames();
        checkNumbers();
        if (!Files.exists(folder)) {
            throw wrong("no such folder: " + folder);
        }
        checkOutput();
        Corpus corpus = Corpus.read(folder);
        Race.Plan plan = Race.Plan.of(corpus, passes(corpus), threads, stallLimit);
        List<Tournament> tournaments = new ArrayList<>();
        announce(tournaments, Tournament.Discipline.EXCLUSIVE, exclusive, plan);
        announce(tournaments, Tournament.Discipline.READ_MOSTLY, readersWriter, plan);
        hold(tournaments, plan);
        return publish(tournaments, plan);
    }

    // ---- arguments

    private void checkNames() {
        List<Entrant> candidates = new ArrayList<>(exclusive);
        candidates.addAll(readersWriter);
        for (String name : locks == null ? List.<String>of() : locks) {
            if (candidates.stream().noneMatch(candidate -> candidate.isCalled(name))) {
                throw wrong("unknown lock '" + name + "': choose among "
                        + candidates.stream().map(Entrant::name).collect(Collectors.joining(", ")));
            }
        }
    }

    private void checkNumbers() {
        checkNumber("--threads", threads, MAX_THREADS);
        checkNumber("--rounds", rounds, MAX_ROUNDS);
        checkNumber("--passes", passes, MAX_PASSES);
    }

    private void checkNumber(String option, Integer value, int max) {
        if (value != null && (value < 1 || value > max)) {
            throw wrong(String.format(Locale.ROOT, "%s must be from 1 to %,d, not %d", option, max, value));
        }
    }

    /** Before the races: nobody wants to lose their outcome for a folder that cannot be written. */
    private void checkOutput() throws IOException {
        try {
            Files.createDirectories(output);
            Files.delete(Files.createTempFile(output, "contest", ".tmp"));
        } catch (IOException e) {
            throw new IOException("cannot write to " + output + ": " + e, e);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int passes(Corpus corpus) {
        int usualLines = quick ? QUICK_LINES : USUAL_LINES;
        int usualPasses = Math.max(1, usualLines / corpus.lines().size());
        return passes == null ? usualPasses : passes;
    }

    // ---- the contest

    private void announce(
            List<Tournament> tournaments, Tournament.Discipline discipline, List<Entrant> candidates, Race.Plan plan) {
        List<Entrant> entrants = locks == null
                ? candidates
                : locks.stream()
                        .flatMap(name -> candidates.stream().filter(candidate -> candidate.isCalled(name)))
                        .distinct()
                        .toList();
        if (!entrants.isEmpty()) {
            int usualRounds = quick ? QUICK_ROUNDS : USUAL_ROUNDS;
            tournaments.add(new Tournament(discipline, entrants, plan, rounds == null ? usualRounds : rounds));
        }
    }

    private void hold(List<Tournament> tournaments, Race.Plan plan) throws InterruptedException {
        Corpus corpus = plan.corpus();
        out.printf(
                Locale.ROOT,
                "%,d files, %,d lines, %,d words; %d races, each of %,d lines%n",
                corpus.files().size(),
                corpus.lines().size(),
                plan.vocabulary().size(),
                tournaments.stream().mapToInt(Tournament::races).sum(),
                plan.totalLines());
        for (Tournament tournament : tournaments) {
            tournament.run(err::println);
        }
    }

    private int publish(List<Tournament> tournaments, Race.Plan plan) throws IOException {
        Summary.disturbance(tournaments).ifPresent(sentence -> out.printf("%n%s", Summary.wrapped(sentence)));
        for (Tournament tournament : tournaments) {
            out.printf("%n%s", Summary.text(tournament));
        }
        out.println();
        String command = "contest "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
        Report report = Report.of(plan, tournaments, command);
        if (report.defects().isEmpty()) {
            out.println("all built the identical index");
        }
        Path page = write("report.html", report.html());
        Path races = write("races.json", Report.rawNumbers(tournaments));
        out.println("report: " + page + ", " + races.getFileName());
        report.defects().forEach(defect -> console.complain(Console.FAILED, defect));
        return report.defects().isEmpty() ? 0 : Console.FAILED;
    }

    private Path write(String name, String content) throws IOException {
        Path file = output.resolve(name);
        try {
            return Files.writeString(file, content, StandardCharsets.UTF_8).toAbsolutePath();
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e, e);
        }
    }
}

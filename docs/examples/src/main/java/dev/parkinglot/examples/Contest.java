package dev.parkinglot.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
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
            "looks words up meanwhile if it is a readers-writer lock, and compares the locks. Writes a table, and a "
                    + "report with charts and raw numbers."
        },
        mixinStandardHelpOptions = true,
        version = "contest 0.1.0",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class Contest implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int WRONG_ARGUMENTS = 2;
    private static final int INTERRUPTED = 130;

    private static final int MAX_THREADS = 256;
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_PASSES = 100_000;

    /** Lines that a race should index, unless told otherwise: enough that each takes about a second. */
    private static final int USUAL_LINES = 150_000;

    private static final int QUICK_LINES = 10_000;
    private static final int USUAL_ROUNDS = 3;
    private static final int QUICK_ROUNDS = 1;
    private static final int MAX_COMPLAINTS = 10;

    private final List<Entrant<ContestLock>> exclusive;
    private final List<Entrant<RwContestLock>> readersWriter;
    private final PrintStream out;
    private final PrintStream err;
    private final Duration stallLimit;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "The text to index. Default: this repository's sources and docs.")
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
            description = "Where to write the report. Default: target/contest/.")
    private Path output;

    /**
     * Prepares a contest.
     *
     * @param exclusive the locks to choose from for one contest
     * @param readersWriter the locks to choose from for the other
     * @param out for the table
     * @param err for progress and complaints
     * @param stallLimit how long a race may stand still
     */
    Contest(
            List<Entrant<ContestLock>> exclusive,
            List<Entrant<RwContestLock>> readersWriter,
            PrintStream out,
            PrintStream err,
            Duration stallLimit) {
        this.exclusive = exclusive;
        this.readersWriter = readersWriter;
        this.out = out;
        this.err = err;
        this.stallLimit = stallLimit;
    }

    /**
     * Runs the program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.setProperty("java.awt.headless", "true"); // charts are drawn into memory
        Contest contest =
                new Contest(Entrant.EXCLUSIVE, Entrant.READERS_WRITER, System.out, System.err, Duration.ofSeconds(10));
        System.exit(contest.execute(args));
    }

    /**
     * Runs the program, without ending the virtual machine.
     *
     * @param args see {@code --help}
     * @return the exit code
     */
    int execute(String... args) {
        CommandLine commandLine = new CommandLine(this)
                .setOut(new PrintWriter(out, true, Charset.defaultCharset()))
                .setParameterExceptionHandler((e, unused) -> complain(WRONG_ARGUMENTS, e.getMessage()))
                .setExecutionExceptionHandler((e, command, unused) -> complainAbout(e));
        try {
            return commandLine.execute(args);
        } catch (OutOfMemoryError e) {
            return complain(FAILED, "not enough memory: " + e.getMessage());
        }
    }

    private int complainAbout(Exception failure) {
        if (failure instanceof InterruptedException) {
            return complain(INTERRUPTED, "interrupted");
        }
        return complain(FAILED, failure instanceof ContestException ? failure.getMessage() : failure.toString());
    }

    private int complain(int exitCode, String message) {
        err.println("contest: " + message.lines().findFirst().orElse("failed"));
        return exitCode;
    }

    @Override
    public Integer call() throws Exception {
        Optional<Path> repository = Repository.find();
        checkNames();
        checkNumbers();
        Path root = root(repository);
        Path target = output != null
                ? output
                : repository
                        .map(found -> found.resolve("docs/examples"))
                        .orElse(Path.of(""))
                        .resolve("target/contest");
        Corpus corpus = Corpus.read(root);
        report(corpus.complaints());

        Job job = new Job(corpus, passes(corpus));
        List<Tournament<?>> tournaments = new ArrayList<>();
        announce(tournaments, Discipline.EXCLUSIVE, exclusive, job);
        announce(tournaments, Discipline.READ_MOSTLY, readersWriter, job);
        hold(tournaments, job);
        return publish(tournaments, job, target);
    }

    // ---- arguments

    private void checkNames() {
        List<Entrant<?>> candidates = new ArrayList<>(exclusive);
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

    private Path root(Optional<Path> repository) {
        if (folder == null) {
            return repository.orElseThrow(
                    () -> wrong("this repository is not to be found from here: name a folder with text files"));
        }
        if (!Files.exists(folder)) {
            throw wrong("no such folder: " + folder);
        }
        return folder;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int passes(Corpus corpus) {
        int usualLines = quick ? QUICK_LINES : USUAL_LINES;
        int usualPasses = Math.max(1, usualLines / corpus.lines().size());
        return passes == null ? usualPasses : passes;
    }

    private Tournament.Plan plan() {
        int usualRounds = quick ? QUICK_ROUNDS : USUAL_ROUNDS;
        return new Tournament.Plan(threads, rounds == null ? usualRounds : rounds, stallLimit);
    }

    // ---- the contest

    private void report(List<String> complaints) {
        complaints.stream().limit(MAX_COMPLAINTS).forEach(complaint -> err.println("contest: " + complaint));
        if (complaints.size() > MAX_COMPLAINTS) {
            err.println("contest: and " + (complaints.size() - MAX_COMPLAINTS) + " more like these");
        }
    }

    private <L> void announce(
            List<Tournament<?>> tournaments, Discipline<L> discipline, List<Entrant<L>> candidates, Job job) {
        List<Entrant<L>> entrants = locks == null ? candidates : Entrant.named(locks, candidates);
        if (!entrants.isEmpty()) {
            tournaments.add(new Tournament<>(discipline, entrants, job, plan()));
        }
    }

    private void hold(List<Tournament<?>> tournaments, Job job) throws InterruptedException {
        Corpus corpus = job.corpus();
        out.printf(
                Locale.ROOT,
                "%,d files, %,d lines, %,d words; each race indexes %,d lines%n",
                corpus.files().size(),
                corpus.lines().size(),
                job.vocabulary().size(),
                job.totalLines());
        long lines = tournaments.stream().mapToLong(Tournament::lines).sum();
        try (Progress progress = new Progress(lines, err, Machine.isErrorATerminal())) {
            for (Tournament<?> tournament : tournaments) {
                tournament.run(progress);
            }
        }
    }

    private int publish(List<Tournament<?>> tournaments, Job job, Path target) throws ContestException {
        for (Tournament<?> tournament : tournaments) {
            out.printf("%n%s%n", tournament.discipline().title());
            out.println(tournament.description());
            out.println();
            out.print(TextTable.of(tournament));
        }
        long disturbed = tournaments.stream().mapToLong(Tournament::disturbed).sum();
        if (disturbed != 0) {
            out.printf("%d races were disturbed by other programs: see the report%n", disturbed);
        }
        Path page = write(target, "report.html", new HtmlReport(job, tournaments, command()).html());
        Path numbers = write(
                target,
                "races.csv",
                RawNumbers.csv(tournaments.stream()
                        .flatMap(tournament -> tournament.entries().stream())
                        .toList()));
        List<Standing> bad = tournaments.stream()
                .flatMap(tournament -> tournament.standings().stream())
                .filter(standing -> standing.defect().isPresent())
                .toList();
        if (bad.isEmpty()) {
            out.println("all built the identical index");
        }
        out.println("report: " + page + ", " + numbers.getFileName());
        bad.forEach(standing -> complain(
                FAILED, standing.entrant().name() + ": " + standing.defect().orElseThrow()));
        return bad.isEmpty() ? 0 : FAILED;
    }

    private String command() {
        return "contest " + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }

    private static Path write(Path folder, String name, String content) throws ContestException {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(folder);
            return Files.writeString(file, content, StandardCharsets.UTF_8).toAbsolutePath();
        } catch (IOException e) {
            throw new ContestException("cannot write " + file + ": " + e);
        }
    }
}

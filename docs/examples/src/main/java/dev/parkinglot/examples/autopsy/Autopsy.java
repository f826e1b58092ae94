package dev.parkinglot.examples.autopsy;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.parkinglot.examples.Console;
import dev.parkinglot.examples.WebPage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Tells what threads wait for: in a JVM that runs on this machine, or in a recording of JDK Flight Recorder.
 *
 * <p>Exit codes: 0 if it could tell; 1 if it could not; 2 for wrong arguments; 130 if interrupted. Everything but 0
 * comes with one line on the standard error that says why.
 */
@Command(
        name = "autopsy",
        description = "Tells what threads wait for: the hottest locks, the longest waits, deadlocks.",
        mixinStandardHelpOptions = true,
        version = "autopsy 0.1.0",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class Autopsy implements Callable<Integer> {
    private final PrintStream out;
    private final PrintStream err;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PID|FILE",
            description = "The process id of a JVM of this machine, or a recording (such as a.jfr).")
    private String patient;

    @Option(
            names = {"-s", "--seconds"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How long to watch a JVM. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = {"-n", "--rows"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How many rows a table has at most. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write a page with the wait graph and the waits over time. Default: no page.")
    private Path page;

    @Option(
            names = {"-j", "--json"},
            description = "Print everything as JSON instead of tables.")
    private boolean json;

    Autopsy(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the program; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new Autopsy(System.out, System.err).execute(args));
    }

    /** Runs the program without ending the virtual machine, and returns the exit code. */
    int execute(String... args) {
        return new Console("autopsy", out, err).run(this, AutopsyException.class, args);
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 0 || rows < 1) {
            throw new ParameterException(spec.commandLine(), "--seconds must be at least 0, and --rows at least 1");
        }
        Findings findings = look();
        out.print(
                json
                        ? new GsonBuilder().setPrettyPrinting().create().toJson(findings) + System.lineSeparator()
                        : FindingsTable.of(findings.first(rows)));
        if (page != null) {
            write(WebPage.of("autopsy/findings.html", new Gson(), findings.first(rows)));
        }
        return 0;
    }

    private Findings look() throws AutopsyException, InterruptedException {
        if (patient.matches("[0-9]+")) {
            return RunningJvm.watch(patient, Duration.ofSeconds(seconds));
        }
        Path file = Path.of(patient);
        if (!Files.isRegularFile(file)) {
            throw new AutopsyException(
                    "there is no file " + file + "; name a recording, or the process id of a JVM (jps lists them)");
        }
        return FlightRecordings.read(file);
    }

    private void write(String html) throws AutopsyException {
        try {
            Files.writeString(page, html);
            err.println("page: " + page.toAbsolutePath());
        } catch (IOException e) {
            throw new AutopsyException("cannot write " + page + ": " + e);
        }
    }
}

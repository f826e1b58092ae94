package dev.parkinglot.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Runs the benchmarks, keeps what they measured in docs/benchmarks, and writes docs/benchmarks.md "
                + "with charts from what is kept of all JDKs.")
public final class Report implements Callable<Integer> {
    /** One repetition for so many measurements may be needed. */
    private static final int REPETITIONS = 4;

    @Parameters(paramLabel = "SECTION", description = "what to run; everything if none is named")
    private List<String> names = List.of();

    @Option(
            names = "--quick",
            description = "a look in less than five minutes: fewer cells, one round, not to judge by; written to the "
                    + "folder docs/report/target/quick")
    private boolean quick;

    @Option(names = "--page", description = "measure nothing, only write the page from what is kept")
    private boolean pageOnly;

    @Option(names = "--list", description = "tell the names of the sections, and how many measurements each takes")
    private boolean list;

    @Option(names = "--docs", description = "the folder with benchmarks.md (default: docs, or the quick one)")
    private Path docs;

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private Report() {}

    /**
     * Runs the command and ends the program.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Report()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        List<Section> chosen = chosenSections();
        if (list) {
            chosen.forEach(section ->
                    System.out.printf("%-16s %4d  %s%n", section.id(), measurements(section), section.title()));
            return CommandLine.ExitCode.OK;
        }
        Archive archive = new Archive(folder());
        int failures = pageOnly ? 0 : measure(chosen, archive);
        archive.writePage(Sections.ALL);
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private Path folder() {
        if (docs != null) {
            return docs;
        }
        return quick ? Path.of("docs", "report", "target", "quick") : Path.of("docs");
    }

    private List<Section> chosenSections() {
        for (String name : names) {
            if (Sections.ALL.stream().noneMatch(section -> section.id().equals(name))) {
                throw new ParameterException(spec.commandLine(), "no section is called " + name + "; try --list");
            }
        }
        return Sections.ALL.stream()
                .filter(section -> names.isEmpty() || names.contains(section.id()))
                .map(section -> quick ? section.quick() : section)
                .toList();
    }

    private int measure(List<Section> sections, Archive archive) throws IOException {
        List<Section> possible = sections.stream()
                .filter(section -> Machine.jdk() >= section.leastJdk())
                .toList();
        sections.stream()
                .filter(section -> !possible.contains(section))
                .forEach(section ->
                        System.out.printf("%s is left out: it needs JDK %d%n", section.id(), section.leastJdk()));
        int total = possible.stream().mapToInt(Report::measurements).sum();
        Progress progress = new Progress(System.out, total);
        Repeater repeater = new Repeater(new Footprint(new JmhFork()), total / REPETITIONS);
        Rounds rounds = new Rounds(repeater, progress);
        boolean canPin = OneProcessor.available();
        Results results = archive.load(Machine.jdk());
        for (Section section : possible) {
            results.begin(
                    section.id(),
                    new Conditions(
                            LocalDate.now(ZoneId.systemDefault()).toString(),
                            Machine.java(),
                            Machine.hardware(),
                            section.pace().toString()));
            rounds.run(section, results, cell -> cell.pinned() && !canPin);
            archive.save(Machine.jdk(), results);
        }
        return progress.failures();
    }

    private static int measurements(Section section) {
        return section.pace().rounds()
                * section.tables().stream()
                        .mapToInt(table -> table.cells().size() * table.peers().size())
                        .sum();
    }
}

package dev.parkinglot.report;

import dev.parkinglot.report.Catalogue.Section;
import java.io.IOException;
import java.nio.file.Path;
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
        description =
                "Measures sections anew on the JDK that runs it, keeps the results in docs/benchmarks, and writes "
                        + "docs/benchmarks.md, the tables and the charts from what is kept of all JDKs.")
public final class Report implements Callable<Integer> {
    /** One repetition for so many measurements may be needed. */
    private static final int REPETITIONS = 4;

    @Parameters(paramLabel = "SECTION", description = "what to measure; nothing if none is named")
    private List<String> names = List.of();

    @Option(names = "--all", description = "measure everything; about an hour")
    private boolean all;

    @Option(names = "--list", description = "tell the names of the sections, and how many forks each takes")
    private boolean list;

    @Option(
            names = "--docs",
            defaultValue = "docs",
            description = "the folder with benchmarks.md (default: ${DEFAULT-VALUE})")
    private Path docs;

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private final Catalogue catalogue = Catalogue.load();

    private Report() {}

    /** Runs the command and ends the program; see {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Report()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            catalogue
                    .sections()
                    .forEach(section ->
                            System.out.printf("%-20s %4d forks  %s%n", section.id(), forks(section), section.title()));
            return CommandLine.ExitCode.OK;
        }
        Page page = new Page(catalogue, docs);
        int failures = measure(chosen(), page);
        page.write();
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private List<Section> chosen() {
        for (String name : names) {
            if (catalogue.sections().stream().noneMatch(section -> section.id().equals(name))) {
                throw new ParameterException(spec.commandLine(), "no section is called " + name + "; try --list");
            }
        }
        return catalogue.sections().stream()
                .filter(section -> all || names.contains(section.id()))
                .toList();
    }

    private int measure(List<Section> sections, Page page) throws IOException {
        int jdk = Runtime.version().feature();
        List<Section> possible =
                sections.stream().filter(section -> jdk >= section.leastJdk()).toList();
        sections.stream()
                .filter(section -> !possible.contains(section))
                .forEach(section ->
                        System.out.printf("%s is left out: it needs JDK %d%n", section.id(), section.leastJdk()));
        int total = possible.stream().mapToInt(Report::forks).sum();
        Measuring measuring =
                new Measuring(catalogue, new Footprint(new JmhFork()), total, total / REPETITIONS, System.out);
        boolean canPin = OneProcessor.available();
        for (Section section : possible) {
            page.save(jdk, section, measuring.run(section, trial -> OneProcessor.isAskedFor(trial) && !canPin));
        }
        return measuring.failures();
    }

    private static int forks(Section section) {
        return section.rounds() * section.trials().size();
    }
}

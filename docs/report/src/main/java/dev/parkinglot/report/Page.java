package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The page: what was measured, where, how, and what to make of it. */
final class Page {
    private static final String INTRODUCTION = """
            # Benchmarks

            What was measured, beside the peers, and how to repeat it. Written by the report (module `docs/report`)
            from the figures kept in `docs/benchmarks`: do not edit it by hand.

            ```sh
            # all of it, about 50 minutes on each JDK
            mvn -q test-compile exec:exec@report
            # a look, less than five minutes
            mvn -q test-compile exec:exec@report -Dreport.args="--quick"
            # only these sections, the others stay
            mvn -q test-compile exec:exec@report -Dreport.args="contended tail"
            # names of the sections
            mvn -q test-compile exec:exec@report -Dreport.args="--list"
            # only this page, from the kept figures
            mvn -q test-compile exec:exec@report -Dreport.args="--page"
            # any benchmark of `src/jmh` by itself
            mvn -q test-compile exec:exec@jmh -Djmh.args="ContendedBenchmark -p in=20"
            ```

            A run measures on the JDK that runs Maven and keeps the figures of the others. Competitors of a line are
            measured in turn, each in a JVM of its own, round after round. A figure is the median of the rounds, ± half
            the range; the figure after it, bold for ours, is its ratio to the baseline of the table or to the rival
            that the column names. What other processes took of the machine is read from `/proc/stat`; a measurement of
            which they took more than 6 % is repeated, up to twice while a quarter of all has not been, and marked `~`
            if that did not help. Absolute figures are of this machine on that day: look at the ratio, and at the
            spread before you believe it.
            """;

    private final List<Section> sections;
    private final Map<Integer, Results> byJdk;
    private final Charts charts;
    private final String byHand;

    Page(List<Section> sections, Map<Integer, Results> byJdk, Charts charts, String byHand) {
        this.sections = sections;
        this.byJdk = byJdk;
        this.charts = charts;
        this.byHand = byHand;
    }

    String text() {
        List<String> blocks = new ArrayList<>();
        blocks.add(INTRODUCTION.strip());
        blocks.add(machines());
        blocks.add("## What it must show");
        blocks.add(lines(targets()));
        blocks.add("## Where we lose");
        List<String> losses = new Losses(sections, byJdk).lines();
        blocks.add(
                "Every figure in which one of our locks is behind by more than 3 %: behind its rival where it has one, "
                        + "as `FairMutex` "
                        + "has `ReentrantLock(true)`, or else behind the best of all others. Below 1 is behind.");
        blocks.add(losses.isEmpty() ? "Nowhere." : lines(losses));
        sections.forEach(section -> addSection(blocks, section));
        if (!byHand.isBlank()) {
            blocks.add(byHand.strip());
        }
        return String.join("\n\n", blocks) + "\n";
    }

    private String machines() {
        List<String> lines = new ArrayList<>();
        byJdk.forEach((jdk, results) -> {
            String where = distinct(results, Conditions::java) + "; " + distinct(results, Conditions::machine) + "; "
                    + distinct(results, Conditions::date);
            String disturbed = results.disturbed() + " of " + results.size() + " figures disturbed";
            lines.add("- JDK " + jdk + ": " + where + "; " + disturbed);
        });
        return lines.isEmpty() ? "Nothing was measured yet." : lines(lines);
    }

    private static String distinct(Results results, Function<Conditions, String> property) {
        return results.allConditions().stream().map(property).distinct().collect(Collectors.joining(", "));
    }

    List<String> targets() {
        List<String> heads = new ArrayList<>(List.of("target", ""));
        byJdk.keySet().forEach(jdk -> heads.add("JDK " + jdk));
        List<String> lines = new ArrayList<>();
        lines.add(MarkdownTable.row(heads));
        lines.add(MarkdownTable.row(heads.stream().map(head -> "---").toList()));
        for (Target target : Targets.ALL) {
            List<String> columns = new ArrayList<>();
            columns.add(target.text());
            columns.add((target.least() ? "at least " : "at most ") + Format.limit(target.limit()));
            byJdk.forEach((jdk, results) -> columns.add(
                    jdk < target.leastJdk()
                            ? "since JDK " + target.leastJdk()
                            : verdict(target, target.figure().applyAsDouble(results))));
            lines.add(MarkdownTable.row(columns));
        }
        return lines;
    }

    private static String verdict(Target target, double value) {
        if (Double.isNaN(value)) {
            return "not measured";
        }
        String shown = value >= 100.0 ? Format.number(value) : Format.ratio(value);
        return shown + (target.isMetBy(value) ? ", met" : ", **not met**");
    }

    private void addSection(List<String> blocks, Section section) {
        List<String> tables = new ArrayList<>();
        for (Table table : section.tables()) {
            List<String> lines = new MarkdownTable(section.id(), table, byJdk).lines();
            if (!lines.isEmpty()) {
                tables.add("### " + capitalized(table.title()));
                tables.add(table.metrics().stream().map(Metric::title).collect(Collectors.joining("; "))
                        + "; ratios to " + table.baseline() + ".");
                tables.add(lines(lines));
                String pictures = byJdk.keySet().stream()
                        .flatMap(jdk -> charts.picture(section, table, jdk).stream())
                        .collect(Collectors.joining(" "));
                if (!pictures.isEmpty()) {
                    tables.add(pictures);
                }
            }
        }
        if (!tables.isEmpty()) {
            blocks.add("## " + section.title());
            blocks.add(section.text());
            blocks.add(howMeasured(section));
            blocks.addAll(tables);
        }
    }

    private String howMeasured(Section section) {
        String paces = byJdk.values().stream()
                .flatMap(results -> results.conditions(section.id()).stream())
                .map(Conditions::pace)
                .distinct()
                .collect(Collectors.joining("; or "));
        String since = section.leastJdk() > 17 ? " Needs JDK " + section.leastJdk() + "." : "";
        return "`-Dreport.args=\"" + section.id() + "\"`: " + paces + "." + since;
    }

    private static String capitalized(String title) {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines);
    }
}

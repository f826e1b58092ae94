package dev.parkinglot.report;

import dev.parkinglot.report.Catalogue.Chart;
import dev.parkinglot.report.Catalogue.Section;
import dev.parkinglot.report.Table.Loss;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder with what was measured, and everything that is written from it: the page {@code benchmarks.md}, of which
 * the words are in {@code page.md}, a file of tables for each section, and the charts.
 *
 * <pre>
 * docs/benchmarks.md
 * docs/benchmarks/SECTION.md
 * docs/benchmarks/CHART.svg
 * docs/benchmarks/jdk-N/SECTION.json
 * </pre>
 */
final class Page {
    private static final String PREFIX = "jdk-";
    private static final int LINE_LENGTH = 120;

    private final Catalogue catalogue;
    private final Path docs;

    /** The folder is that of {@code benchmarks.md}. */
    Page(Catalogue catalogue, Path docs) {
        this.catalogue = catalogue;
        this.docs = docs;
    }

    private Path folder() {
        return docs.resolve("benchmarks");
    }

    private Path file(int jdk, String section) {
        return folder().resolve(PREFIX + jdk).resolve(section + ".json");
    }

    void save(int jdk, Section section, List<Result> results) throws IOException {
        Result.write(file(jdk, section.id()), results);
    }

    /** Writes page, tables and charts from what is kept of all JDKs. */
    void write() throws IOException {
        Files.createDirectories(folder());
        for (Section section : catalogue.sections()) {
            SortedMap<Integer, List<Result>> byJdk = load(section.id());
            if (!byJdk.isEmpty()) {
                Files.writeString(folder().resolve(section.id() + ".md"), tables(section, byJdk));
            }
        }
        for (Chart chart : catalogue.charts()) {
            SortedMap<Integer, List<Result>> byJdk = load(chart.section());
            if (!byJdk.isEmpty()) {
                int newest = byJdk.lastKey();
                String svg = new LineChart(catalogue, chart, byJdk.get(newest)).svg(newest);
                Files.writeString(folder().resolve(chart.id() + ".svg"), svg);
            }
        }
        Files.writeString(docs.resolve("benchmarks.md"), text());
    }

    /** The results of a section, for each JDK on which it was measured. */
    private SortedMap<Integer, List<Result>> load(String section) throws IOException {
        SortedMap<Integer, List<Result>> byJdk = new TreeMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder(), PREFIX + "*")) {
            for (Path each : folders) {
                int jdk = Integer.parseInt(each.getFileName().toString().substring(PREFIX.length()));
                List<Result> results = Result.read(file(jdk, section));
                if (!results.isEmpty()) {
                    byJdk.put(jdk, results);
                }
            }
        }
        return byJdk;
    }

    // ---- the files of tables

    private String tables(Section section, SortedMap<Integer, List<Result>> byJdk) {
        List<String> blocks = new ArrayList<>();
        blocks.add("# " + section.title());
        blocks.add(wrapped(String.join(" ", section.text())));
        blocks.add(wrapped("Written by the report: do not edit. `-Dreport.args=\"" + section.id() + "\"` measures it: "
                + section.pace() + "."));
        blocks.add(byJdk.entrySet().stream()
                .map(entry -> wrapped("- JDK " + entry.getKey() + ": " + conditions(entry.getValue())))
                .collect(Collectors.joining("\n")));
        blocks.add(wrapped(
                "A figure is the median of the forks, ± half the range, or with the range; the figure after it, bold"
                        + " for ours, is its ratio to the baseline, or to the lock that the head of the column names."
                        + " `~` marks what other programs disturbed in spite of repetitions."));
        for (Table table : Table.of(catalogue, section.metrics(), byJdk)) {
            blocks.add("## " + table.benchmark() + ": " + table.metric().label());
            String baseline = table.baseline();
            blocks.add(wrapped(capitalized(table.metric().title()) + "; " + table.same()
                    + (baseline.isEmpty()
                            ? "."
                            : "; ratios to " + catalogue.peer(baseline).name() + ".")));
            blocks.add(String.join("\n", table.markdown()));
        }
        return String.join("\n\n", blocks) + "\n";
    }

    private static String conditions(List<Result> results) {
        return distinct(results, result -> text(result, "vmName") + " " + text(result, "vmVersion")) + "; measured on "
                + distinct(results, result -> result.note("date")) + ", on "
                + distinct(results, result -> result.note("processor"));
    }

    private static String text(Result result, String field) {
        return result.json().has(field) ? result.json().get(field).getAsString() : "";
    }

    private static String distinct(List<Result> results, Function<Result, String> property) {
        return results.stream()
                .map(property)
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    // ---- the page

    String text() throws IOException {
        return template()
                .replace("{{charts}}", charts())
                .replace("{{tails}}", tails())
                .replace("{{losses}}", losses())
                .replace("{{sections}}", sections());
    }

    private static String template() {
        try (InputStream in = Page.class.getResourceAsStream("page.md")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String charts() {
        return catalogue.charts().stream()
                .filter(chart -> Files.exists(folder().resolve(chart.id() + ".svg")))
                .map(chart -> "![" + chart.title() + "](benchmarks/" + chart.id() + ".svg)")
                .collect(Collectors.joining("\n\n"));
    }

    /** Of each chart of waits the figures: medians and p99 beside the tails. */
    private String tails() throws IOException {
        List<String> blocks = new ArrayList<>();
        for (Chart chart : catalogue.charts()) {
            if (chart.metrics() != null) {
                SortedMap<Integer, List<Result>> byJdk = load(chart.section());
                List<List<String>> grid = new ArrayList<>();
                byJdk.forEach((jdk, results) -> addTails(grid, chart, jdk, results));
                if (!grid.isEmpty()) {
                    blocks.add(chart.title() + ", µs, less is better:");
                    blocks.add(String.join("\n", Table.lines(grid)));
                }
            }
        }
        return String.join("\n\n", blocks);
    }

    private void addTails(List<List<String>> grid, Chart chart, int jdk, List<Result> all) {
        List<Result> results = all.stream()
                .filter(result ->
                        result.dimensions().entrySet().containsAll(chart.where().entrySet()))
                .toList();
        String competitor = catalogue.competitorDimension(
                results.stream().map(Result::dimensions).toList());
        List<Metric> metrics = Stream.concat(chart.metrics().keySet().stream(), Stream.of("waits.longest"))
                .map(name -> new Metric(name, "us"))
                .toList();
        if (grid.isEmpty()) {
            List<String> head = new ArrayList<>(List.of("lock", "JDK"));
            metrics.forEach(metric -> head.add(metric.label()));
            grid.add(head);
        }
        for (Result result : results) {
            Catalogue.Peer peer = catalogue.peer(result.dimensions().get(competitor));
            List<String> line =
                    new ArrayList<>(List.of(peer.ours() ? "**" + peer.name() + "**" : peer.name(), "" + jdk));
            metrics.forEach(metric -> line.add(metric.format(result.median(metric.name()))));
            grid.add(line);
        }
    }

    /** A line for each section in which something is lost: how often, and the worst. */
    private String losses() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Section section : catalogue.sections()) {
            List<Table> tables = Table.of(catalogue, section.metrics(), load(section.id()));
            List<Loss> losses =
                    tables.stream().flatMap(table -> table.losses().stream()).toList();
            if (!losses.isEmpty()) {
                Loss worst = losses.stream()
                        .min(Comparator.comparingDouble(Loss::advantage))
                        .orElseThrow();
                lines.add(wrapped("- [" + section.title() + "](benchmarks/" + section.id() + ".md): behind in "
                        + losses.size() + " of "
                        + tables.stream().mapToLong(Table::comparisons).sum() + " figures; the worst is "
                        + Metric.ratio(worst.advantage()) + ", `"
                        + catalogue.peer(worst.competitor()).name() + "`, "
                        + worst.table().metric().label() + " (" + worst.where() + ")."));
            }
        }
        return lines.isEmpty() ? "Nowhere." : String.join("\n", lines);
    }

    private String sections() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Section section : catalogue.sections()) {
            boolean measured = Files.exists(folder().resolve(section.id() + ".md"));
            lines.add((measured ? "[" + section.title() + "](benchmarks/" + section.id() + ".md)" : section.title())
                    + " (`" + section.id() + "`)");
        }
        return wrapped(String.join(", ", lines) + ".");
    }

    private static String capitalized(String title) {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    /** Breaks a paragraph into lines, those of a list item indented. */
    static String wrapped(String text) {
        String indent = text.startsWith("- ") ? "  " : "";
        return text.replaceAll("(.{1," + (LINE_LENGTH - indent.length()) + "})( |$)", "$1\n" + indent)
                .stripTrailing();
    }
}

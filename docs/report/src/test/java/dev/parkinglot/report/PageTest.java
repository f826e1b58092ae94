package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.report.Catalogue.Chart;
import dev.parkinglot.report.Catalogue.Peer;
import dev.parkinglot.report.Catalogue.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, the files of tables and the charts: of an example, and as they are kept in this repository. */
class PageTest {
    private static final Path REPOSITORY = Path.of("../..");
    private static final Path DOCS = REPOSITORY.resolve("docs");
    private static final Catalogue CATALOGUE = Catalogue.load();

    @TempDir
    private Path folder;

    private static final List<Result> RESULTS = List.of(
            Example.rate("OURS", 2, 20.0),
            Example.rate("THEIRS", 2, 10.0),
            Example.rate("OURS", 8, 5.0),
            Example.rate("THEIRS", 8, 10.0));

    // ---- an example

    @Test
    void aPageIsWrittenFromWhatIsKept() throws IOException {
        Page page = new Page(Example.catalogue(), folder);
        page.save(17, Example.section(3), RESULTS);
        page.write();
        String text = Files.readString(folder.resolve("benchmarks.md"));
        assertTrue(
                text.contains(
                        "- [Example](benchmarks/example.md): behind in 1 of 2 figures; the worst is 0.50, `ours`, rate"
                                + " (threads 8, JDK 17)."),
                text);
        assertFalse(text.contains("{{"), text);
        String tables = Files.readString(folder.resolve("benchmarks/example.md"));
        assertTrue(tables.startsWith("# Example\n\nA text.\n"), tables);
        assertTrue(tables.contains("- JDK 17: Some VM 17.0.1; measured on 2026-11-26, on Abacus 2\n"), tables);
        assertTrue(tables.contains("Rate, M/s (more is better); method race; ratios to theirs.\n"), tables);
    }

    @Test
    void whatWasMeasuredOnAnotherJdkStays() throws IOException {
        Page page = new Page(Example.catalogue(), folder);
        page.save(17, Example.section(3), RESULTS);
        page.save(25, Example.section(3), RESULTS.subList(0, 2));
        page.write();
        String tables = Files.readString(folder.resolve("benchmarks/example.md"));
        assertTrue(tables.contains("| 8 | 17 | "), tables);
        assertTrue(tables.contains("| 2 | 25 | "), tables);
    }

    @Test
    void pointsLieWhereTheirFigureIs() {
        Chart byThreads = new Chart("c", "t", "example", Map.of(), "threads", null, "threads");
        LineChart chart = new LineChart(Example.catalogue(), byThreads, RESULTS);
        assertEquals(new TreeMap<>(Map.of(2.0, 20.0, 8.0, 5.0)), chart.lines().get("OURS"));
        Chart byMetric = new Chart("c", "t", "example", Map.of("threads", "8"), null, Map.of("waits.p99", 100.0), "");
        assertEquals(
                new TreeMap<>(Map.of(100.0, 3.0)),
                new LineChart(Example.catalogue(), byMetric, RESULTS).lines().get("OURS"));
        assertEquals("8", LineChart.label(2.0, 3.0));
        assertEquals("", LineChart.label(2.0, 2.5));
        assertEquals("10 000", LineChart.label(10.0, 4.0));
    }

    @Test
    void oursAndTheirsAreToldApartByColourAndDashes() {
        Chart byThreads = new Chart("c", "t", "example", Map.of(), "threads", null, "threads");
        String svg = new LineChart(Example.catalogue(), byThreads, RESULTS).svg(17);
        assertTrue(svg.contains("stroke:rgb(0,114,178)"), "ours in blue");
        assertTrue(
                Pattern.compile("stroke:rgb\\(213,94,0\\)[^\"]*stroke-dasharray")
                        .matcher(svg)
                        .find(),
                "theirs in red");
        assertFalse(Pattern.compile("stroke:rgb\\(0,114,178\\)[^\"]*stroke-dasharray")
                .matcher(svg)
                .find());
        assertEquals("", new LineChart(Example.catalogue(), byThreads, List.of()).svg(17));
    }

    @Test
    void paragraphsAreBroken() {
        String text = "- " + "word ".repeat(60).strip();
        List<String> lines = Page.wrapped(text).lines().toList();
        assertTrue(lines.stream().allMatch(line -> line.length() <= 120), lines.toString());
        assertTrue(
                lines.subList(1, lines.size()).stream().allMatch(line -> line.startsWith("  word")), lines.toString());
        assertEquals(text, String.join(" ", lines.stream().map(String::strip).toList()));
    }

    // ---- the catalogue

    @Test
    void namesThatBelongTogetherHaveValuesThatDo() {
        Section contended = CATALOGUE.sections().stream()
                .filter(section -> section.id().equals("contended"))
                .findFirst()
                .orElseThrow();
        Set<String> cells = new HashSet<>();
        contended
                .trials()
                .forEach(trial -> cells.add(
                        trial.params().get("in") + "," + trial.params().get("out")));
        assertEquals(Set.of("1,0", "1,20", "20,0", "20,20", "200,200"), cells);
    }

    @Test
    void everyBenchmarkOfTheCatalogueIsThere() throws IOException {
        for (Section section : CATALOGUE.sections()) {
            for (Trial trial : section.trials()) {
                if (!trial.benchmark().equals(Footprint.BENCHMARK)) {
                    int dot = trial.benchmark().lastIndexOf('.');
                    String file = trial.benchmark().substring(0, dot).replace('.', '/') + ".java";
                    Path source = Stream.of("parkers", "core", "locks")
                            .map(module -> REPOSITORY.resolve(module + "/src/jmh/java/" + file))
                            .filter(Files::exists)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(trial.benchmark()));
                    String method = trial.benchmark().substring(dot + 1);
                    assertTrue(Files.readString(source).contains(" " + method + "("), trial.benchmark());
                }
            }
        }
    }

    @Test
    void everyObjectOfTheCatalogueCanBeMade() throws ReflectiveOperationException {
        for (Section section : CATALOGUE.sections()) {
            for (Trial trial : section.trials()) {
                if (trial.benchmark().equals(Footprint.BENCHMARK)) {
                    Class.forName(trial.params().get(Footprint.PARAMETER))
                            .getConstructor()
                            .newInstance();
                }
            }
        }
    }

    @Test
    void nothingIsMeasuredTwice() {
        for (Section section : CATALOGUE.sections()) {
            List<Trial> trials = section.trials();
            assertEquals(trials.size(), new HashSet<>(trials).size(), section.id());
        }
    }

    @Test
    void everyRivalHasAName() {
        for (Peer peer : CATALOGUE.peers().values()) {
            assertTrue(peer.rival() == null || CATALOGUE.peers().containsKey(peer.rival()), peer.toString());
        }
    }

    @Test
    void everyChartIsOfASection() {
        List<String> sections = CATALOGUE.sections().stream().map(Section::id).toList();
        CATALOGUE.charts().forEach(chart -> assertTrue(sections.contains(chart.section()), chart.id()));
        assertEquals(5, CATALOGUE.charts().size());
    }

    // ---- what is kept

    /** Otherwise the next run of the section would measure something else than its tables show. */
    @Test
    void everythingKeptIsOfTheCatalogue() throws IOException {
        int kept = 0;
        for (Section section : CATALOGUE.sections()) {
            List<String> trials = section.trials().stream()
                    .map(trial -> trial.benchmark() + sorted(trial.dimensions()))
                    .toList();
            for (int jdk : new int[] {17, 25}) {
                for (Result result :
                        Result.read(DOCS.resolve("benchmarks/jdk-" + jdk + "/" + section.id() + ".json"))) {
                    String name = result.json().get("benchmark").getAsString() + sorted(result.dimensions());
                    assertTrue(trials.contains(name), section.id() + ": " + name);
                    kept++;
                }
            }
        }
        assertTrue(kept > 0);
    }

    private static Map<String, String> sorted(Map<String, String> dimensions) {
        return new TreeMap<>(dimensions);
    }

    /** Run the report without a section if this fails: it writes the pages anew. */
    @Test
    void thePagesAreThoseOfTheResultsThatAreKept() throws IOException {
        copy(DOCS.resolve("benchmarks"), folder.resolve("benchmarks"));
        new Page(CATALOGUE, folder).write();
        try (Stream<Path> files = Files.list(folder.resolve("benchmarks"))) {
            List<Path> pages = new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(".md")).toList());
            pages.add(folder.resolve("benchmarks.md"));
            for (Path page : pages) {
                assertEquals(
                        Files.readString(DOCS.resolve(folder.relativize(page).toString())), Files.readString(page));
            }
        }
    }

    @Test
    void everyLinkOfThePageLeadsSomewhere() throws IOException {
        Matcher links = Pattern.compile("\\]\\(([^)#]+)").matcher(Files.readString(DOCS.resolve("benchmarks.md")));
        int count = 0;
        while (links.find()) {
            assertTrue(Files.exists(DOCS.resolve(links.group(1))), links.group(1));
            count++;
        }
        assertTrue(count > CATALOGUE.charts().size());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}

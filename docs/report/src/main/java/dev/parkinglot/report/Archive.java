package dev.parkinglot.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The folder with the page, its charts, and what was measured on each JDK. */
final class Archive {
    private static final String PREFIX = "jdk-";
    private static final String SUFFIX = ".csv";

    private final Path docs;

    Archive(Path docs) {
        this.docs = docs;
    }

    Results load(int jdk) throws IOException {
        return Results.load(file(jdk));
    }

    void save(int jdk, Results results) throws IOException {
        results.save(file(jdk));
    }

    /** Writes page and charts from what is kept of all JDKs. */
    void writePage(List<Section> sections) throws IOException {
        Map<Integer, Results> byJdk = loadAll();
        Charts charts = new Charts(docs.resolve("charts"));
        byJdk.forEach((jdk, results) -> sections.forEach(section -> charts.draw(section, jdk, results)));
        Files.createDirectories(docs);
        Files.writeString(docs.resolve("benchmarks.md"), new Page(sections, byJdk, charts, byHand()).text());
    }

    /** What cannot be measured by the report, and is kept by hand. */
    private String byHand() throws IOException {
        Path file = folder().resolve("by-hand.md");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private Map<Integer, Results> loadAll() throws IOException {
        Map<Integer, Results> byJdk = new TreeMap<>();
        Files.createDirectories(folder());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(), PREFIX + "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String jdk = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
                byJdk.put(Integer.valueOf(jdk), Results.load(file));
            }
        }
        return byJdk;
    }

    private Path folder() {
        return docs.resolve("benchmarks");
    }

    private Path file(int jdk) {
        return folder().resolve(PREFIX + jdk + SUFFIX);
    }
}

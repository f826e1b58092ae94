package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The Java code of documents is part of a source that is compiled and tested. In the document a line says where it is
 * from, and the code follows:
 *
 * <pre>
 * &lt;!-- from Gate.java: gate --&gt;
 * ```java
 * ...
 * ```
 * </pre>
 *
 * <p>In the source, the part begins after {@code // region:gate} and ends before {@code // end}. With {@code
 * -Dtest.jvm.args=-Dsnippets=write} the documents are written anew.
 */
class SnippetsTest {
    private static final Path DOCS = Path.of("..");
    private static final Path SOURCES = Path.of("src");
    private static final String FROM = "<!-- from ";

    /** Documents all of whose Java code must come from a source. */
    private static Stream<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("..", "..", "README.md")));
        for (String document : List.of("synchronizers.md", "locks.md", "diagnosing.md", "visualizer/README.md")) {
            documents.add(DOCS.resolve(document));
        }
        if (Files.isDirectory(DOCS.resolve("course"))) {
            try (Stream<Path> files = Files.list(DOCS.resolve("course"))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
            }
        }
        return documents.stream();
    }

    @Test
    void theCodeOfDocumentsIsThatOfTheSources() throws IOException {
        for (Path document : documents().toList()) {
            List<String> now = Files.readAllLines(document);
            List<String> wanted = render(now);
            if ("write".equals(System.getProperty("snippets"))) {
                Files.write(document, wanted);
            }
            assertEquals(
                    String.join("\n", wanted), String.join("\n", Files.readAllLines(document)), document::toString);
            assertTrue(
                    now.stream().filter(line -> line.startsWith("```java")).count()
                            == now.stream()
                                    .filter(line -> line.startsWith(FROM))
                                    .count(),
                    () -> document + " has Java code that is not from a source");
        }
    }

    @Test
    void whatIsNotThereIsReported() {
        assertThrows(AssertionError.class, () -> render(List.of(FROM + "Nowhere.java: a -->", "```java", "```")));
        assertThrows(AssertionError.class, () -> render(List.of(FROM + "Gate.java: nothing -->", "```java", "```")));
        assertThrows(AssertionError.class, () -> render(List.of(FROM + "Gate.java: gate -->", "text")));
    }

    private static List<String> render(List<String> document) throws IOException {
        List<String> rendered = new ArrayList<>();
        for (int i = 0; i < document.size(); i++) {
            String line = document.get(i);
            rendered.add(line);
            if (line.startsWith(FROM)) {
                String[] place =
                        line.substring(FROM.length(), line.indexOf(" -->")).split(": ", 2);
                if (!document.get(++i).equals("```java")) {
                    throw new AssertionError("code must follow: " + line);
                }
                rendered.add(document.get(i));
                while (!document.get(i).equals("```")) {
                    i++;
                }
                rendered.addAll(region(place[0], place[1]));
                rendered.add("```");
            }
        }
        return rendered;
    }

    private static List<String> region(String file, String name) throws IOException {
        List<String> region = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(find(file))) {
            if (line.strip().equals("// region:" + name)) {
                inside = true;
            } else if (inside && line.strip().equals("// end")) {
                String all = String.join("\n", region);
                return all.stripIndent().strip().lines().toList();
            } else if (inside && !line.strip().startsWith("// region:")) {
                region.add(line);
            }
        }
        throw new AssertionError("no region " + name + " in " + file);
    }

    private static Path find(String file) throws IOException {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            return all.filter(path -> path.getFileName().toString().equals(file))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no source " + file));
        }
    }
}

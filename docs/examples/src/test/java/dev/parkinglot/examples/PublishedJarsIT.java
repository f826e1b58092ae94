package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks into the jars that this build has packed, as their users will. Maven runs it after they are packed. */
class PublishedJarsIT {
    private static final Path TOP = Path.of("../..").toAbsolutePath().normalize();
    private static final String NEWER = "META-INF/versions/22/";
    private static final int CLASS_FILE_OF_17 = 61;
    private static final int CLASS_FILE_OF_22 = 66;

    @TempDir
    Path folder;

    /** The only jar of a module whose name ends like this, and not like another's. */
    private static Path jar(String module, String ending) throws IOException {
        String name = "parkinglot-" + module + "-[0-9.]+(-SNAPSHOT)?" + ending;
        try (Stream<Path> files = Files.list(TOP.resolve(module).resolve("target"))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(name))
                    .collect(Collectors.toList());
            assertEquals(1, found.size(), () -> "mvn clean first? " + found);
            return found.get(0);
        }
    }

    private static Path jar(String module) throws IOException {
        return jar(module, "[.]jar");
    }

    /** The names of the files below a folder, in the form of the names in a jar. */
    private static Set<String> filesBelow(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> namesIn(JarFile jar) {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(JarEntry::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Runs a tool of the JDK; returns what it printed. */
    private static String run(String tool, String... arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int status = ToolProvider.findFirst(tool).orElseThrow().run(console, console, arguments);
        String output = printed.toString(StandardCharsets.UTF_8);
        assertEquals(0, status, () -> tool + " " + List.of(arguments) + "\n" + output);
        return output;
    }

    private static String modulePath() throws IOException {
        return String.join(
                java.io.File.pathSeparator,
                jar("parkers").toString(),
                jar("core").toString(),
                jar("locks").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    void classesLieWhereTheJdkThatCanLoadThemLooks(String module) throws IOException {
        try (JarFile jar = new JarFile(jar(module).toFile())) {
            for (String name : namesIn(jar)) {
                if (name.endsWith(".class")) {
                    try (DataInputStream content = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
                        content.readInt(); // the magic number
                        content.readUnsignedShort(); // the minor version
                        int expected = name.startsWith(NEWER) ? CLASS_FILE_OF_22 : CLASS_FILE_OF_17;
                        assertEquals(expected, content.readUnsignedShort(), name);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    @DisabledForJreRange(max = JRE.JAVA_21, disabledReason = "the jar tool of JDK 17 cannot read records")
    void theVersionsOfAJarFitTogether(String module) throws IOException {
        run("jar", "--validate", "--file", jar(module).toString());
    }

    @Test
    @DisabledForJreRange(max = JRE.JAVA_21, disabledReason = "it has left the newer classes out")
    void theParkersOfTheSystemAreInAMultiReleaseJar() throws IOException {
        Set<String> expected = filesBelow(TOP.resolve("parkers/src/main/java22")).stream()
                .map(source -> NEWER + source.replaceAll("[.]java$", ".class"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(expected.size() > 10, expected::toString);
        try (JarFile jar = new JarFile(jar("parkers").toFile())) {
            Set<String> actual = namesIn(jar);
            actual.removeIf(name -> !name.startsWith(NEWER) || name.contains("$"));
            assertEquals(expected, actual);
            assertTrue(jar.isMultiRelease());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    void theSourcesAreAllThere(String module) throws IOException {
        Set<String> expected = new TreeSet<>(filesBelow(TOP.resolve(module).resolve("src/main/java")));
        expected.addAll(filesBelow(TOP.resolve(module).resolve("src/main/resources")));
        for (String newer : filesBelow(TOP.resolve(module).resolve("src/main/java22"))) {
            expected.add(NEWER + newer);
        }
        expected.addAll(List.of("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/MANIFEST.MF"));
        try (JarFile jar = new JarFile(jar(module, "-sources[.]jar").toFile())) {
            assertEquals(expected, namesIn(jar));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    void theLicenseAndTheNoticeAreInside(String module) throws IOException {
        for (String ending : List.of("[.]jar", "-sources[.]jar")) {
            try (JarFile jar = new JarFile(jar(module, ending).toFile())) {
                for (String name : List.of("LICENSE", "NOTICE")) {
                    try (InputStream content = jar.getInputStream(jar.getEntry("META-INF/" + name))) {
                        assertEquals(
                                Files.readString(TOP.resolve(name)),
                                new String(content.readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    void itIsAModuleWithADescriptorOfItsOwn(String module) throws IOException {
        String name = "dev.parkinglot." + module;
        ModuleDescriptor descriptor =
                ModuleFinder.of(jar(module)).find(name).orElseThrow().descriptor();
        assertFalse(descriptor.isAutomatic());
        assertTrue(jar(module).toString().contains(descriptor.rawVersion().orElseThrow()));
        assertTrue(
                descriptor.exports().stream().anyMatch(export -> export.source().equals(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"parkers", "core", "locks"})
    void noTestIsPacked(String module) throws IOException {
        try (Stream<Path> files = Files.list(TOP.resolve(module).resolve("target"))) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().endsWith("-tests.jar")).collect(Collectors.toList()));
        }
        try (JarFile jar = new JarFile(jar(module).toFile())) {
            assertEquals(
                    List.of(),
                    namesIn(jar).stream()
                            .filter(name -> name.matches(".*(Test|(?<!/Lock)Check|Stress|Benchmark)[.$].*"))
                            .collect(Collectors.toList()));
        }
    }

    @Test
    void theToolsThatLookAtModulesUnderstandThem() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--multi-release", "base", "--module-path", modulePath()));
        arguments.addAll(
                List.of("--ignore-missing-deps", "-summary", jar("locks").toString())); // Agrona is optional
        String dependencies = run("jdeps", arguments.toArray(String[]::new));
        assertTrue(dependencies.contains("dev.parkinglot.locks -> dev.parkinglot.core"), dependencies);

        Path image = folder.resolve("image");
        run(
                "jlink",
                "--strip-debug",
                "--module-path",
                modulePath(),
                "--add-modules",
                "dev.parkinglot.locks",
                "--output",
                image.toString());
        assertTrue(Files.readString(image.resolve("release")).contains("dev.parkinglot.parkers"));
    }
}

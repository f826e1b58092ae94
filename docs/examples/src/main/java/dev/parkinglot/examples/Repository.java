package dev.parkinglot.examples;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Finds the repository that this program belongs to. */
final class Repository {
    private static final String MARK = "<artifactId>parkinglot-parent</artifactId>";

    private Repository() {}

    /**
     * Looks above the working directory, then above the place that this class was loaded from.
     *
     * @return the top folder, if there is one
     */
    static Optional<Path> find() {
        return above(Path.of("").toAbsolutePath()).or(() -> ownPlace().flatMap(Repository::above));
    }

    private static Optional<Path> above(Path start) {
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (isTop(folder)) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /** The modules name their parent too, but only the parent lists modules. */
    private static boolean isTop(Path folder) {
        Path pom = folder.resolve("pom.xml");
        try {
            String text = Files.isRegularFile(pom) ? Files.readString(pom, StandardCharsets.UTF_8) : "";
            return text.contains(MARK) && text.contains("<modules>");
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> ownPlace() {
        CodeSource source = Repository.class.getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

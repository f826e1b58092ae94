package dev.parkinglot.examples.contest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The text that the contest indexes, read into memory before it begins: a slow disk must not be counted against a lock.
 *
 * <p>Taken are the files under a folder that look like text, except hidden files and folders and {@code target}
 * folders. Bytes that are not UTF-8 are replaced.
 *
 * @param root the folder, or the only file
 * @param files names relative to the root, in the order of their numbers
 * @param lines all lines but the blank ones, file by file
 * @param bytes the size of the files
 */
record Corpus(Path root, List<String> files, List<Line> lines, long bytes) {
    /** Files with a zero byte this near to their beginning are not text: the rule that git uses. */
    private static final int BINARY_PROBE = 8_000;

    /** A line of text, and the number of its file. */
    record Line(int file, String text) {}

    /** Reads at least one line, or throws with a message for the user. */
    static Corpus read(Path root) throws IOException {
        List<String> files = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        long bytes = 0L;
        try {
            Path realRoot = root.toRealPath();
            for (Path file : filesUnder(realRoot)) {
                byte[] content = Files.readAllBytes(file);
                if (isBinary(content)) {
                    continue;
                }
                int number = files.size();
                files.add((file.equals(realRoot) ? file.getFileName() : realRoot.relativize(file)).toString());
                new String(content, StandardCharsets.UTF_8)
                        .lines()
                        .filter(text -> !text.isBlank())
                        .forEach(text -> lines.add(new Line(number, text)));
                bytes += content.length;
            }
        } catch (IOException | UncheckedIOException e) {
            throw new IOException("cannot read " + root + ": " + e, e);
        }
        if (lines.isEmpty()) {
            throw new IOException("no text under " + root);
        }
        return new Corpus(root, List.copyOf(files), List.copyOf(lines), bytes);
    }

    /** Sorted, because folders are listed in any order and the index must not depend on it. */
    private static List<Path> filesUnder(Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(file -> isByPeople(root.relativize(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isByPeople(Path relative) {
        return StreamSupport.stream(relative.spliterator(), false)
                .map(Path::toString)
                .noneMatch(name -> name.startsWith(".") || name.equals("target"));
    }

    private static boolean isBinary(byte[] content) {
        for (int i = 0; i < Math.min(content.length, BINARY_PROBE); i++) {
            if (content[i] == 0) {
                return true;
            }
        }
        return false;
    }
}

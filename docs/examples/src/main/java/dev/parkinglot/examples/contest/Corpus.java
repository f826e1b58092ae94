package dev.parkinglot.examples.contest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The text that the contest indexes, read into memory before it begins: a slow disk must not be counted against a lock.
 *
 * <p>Taken are the files under a folder that look like text, except hidden files and folders and {@code target}
 * folders. Bytes that are not UTF-8 are replaced. A file that cannot be read is left out and complained about.
 *
 * @param root the folder, or the only file
 * @param files names relative to the root, in the order of their numbers
 * @param lines all lines but the blank ones, file by file
 * @param bytes the size of the files
 * @param complaints about what could not be read, each a line for the user
 */
record Corpus(Path root, List<String> files, List<Line> lines, long bytes, List<String> complaints) {
    /** The most text that is read, so that corpus and index fit into memory. */
    static final long MAX_BYTES = 64L << 20;

    /** Files with a zero byte this near to their beginning are not text: the rule that git uses. */
    private static final int BINARY_PROBE = 8_000;

    /**
     * A line of text.
     *
     * @param file the number of its file
     * @param text what it says
     */
    record Line(int file, String text) {}

    /**
     * Reads the text files under a folder.
     *
     * @param root the folder, or a single file
     * @return the corpus, with at least one line
     * @throws IOException if no text can be read; its message is for the user
     */
    static Corpus read(Path root) throws IOException {
        Reading reading = new Reading(root);
        try {
            Files.walkFileTree(root.toRealPath(), reading);
        } catch (IOException e) {
            throw new IOException("cannot read " + root + ": " + reason(e), e);
        }
        return reading.corpus();
    }

    /** One reading of a folder. */
    private static final class Reading extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Path> found = new ArrayList<>();
        private final List<String> files = new ArrayList<>();
        private final List<Line> lines = new ArrayList<>();
        private final List<String> complaints = new ArrayList<>();
        private Path realRoot;
        private long bytes;
        private int leftOut;

        Reading(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (realRoot == null) {
                realRoot = folder;
                return FileVisitResult.CONTINUE;
            }
            String name = folder.getFileName().toString();
            return name.startsWith(".") || name.equals("target")
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (realRoot == null) {
                realRoot = file;
                found.add(file);
            } else if (!file.getFileName().toString().startsWith(".") && mayBeText(file, attributes)) {
                found.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            complain(file, failure);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
            if (failure != null) {
                complain(folder, failure);
            }
            return FileVisitResult.CONTINUE;
        }

        /** Files, and links to files or to nothing: the latter will be complained about. Never a pipe or device. */
        private static boolean mayBeText(Path file, BasicFileAttributes attributes) {
            return attributes.isRegularFile()
                    || (attributes.isSymbolicLink() && (Files.isRegularFile(file) || Files.notExists(file)));
        }

        Corpus corpus() throws IOException {
            found.sort(null); // folders are listed in any order; the index must not depend on it
            for (Path file : found) {
                try {
                    add(file);
                } catch (IOException e) {
                    complain(file, e);
                }
            }
            if (lines.isEmpty()) {
                throw new IOException(
                        complaints.isEmpty()
                                ? "no text under " + root
                                : complaints.get(0) + (complaints.size() == 1 ? "" : " (nor anything else there)"));
            }
            if (leftOut != 0) {
                complaints.add(
                        "left out " + leftOut + " files: the contest reads " + (MAX_BYTES >> 20) + " MiB at most");
            }
            return new Corpus(root, List.copyOf(files), List.copyOf(lines), bytes, List.copyOf(complaints));
        }

        private void add(Path file) throws IOException {
            if (Files.size(file) > MAX_BYTES - bytes) {
                leftOut++;
                return;
            }
            byte[] content = Files.readAllBytes(file);
            if (isBinary(content)) {
                return;
            }
            bytes += content.length;
            int number = files.size();
            files.add(
                    file.equals(realRoot)
                            ? file.getFileName().toString()
                            : realRoot.relativize(file).toString());
            new String(content, StandardCharsets.UTF_8)
                    .lines()
                    .filter(text -> !text.isBlank())
                    .forEach(text -> lines.add(new Line(number, text)));
        }

        private static boolean isBinary(byte[] content) {
            for (int i = 0; i < Math.min(content.length, BINARY_PROBE); i++) {
                if (content[i] == 0) {
                    return true;
                }
            }
            return false;
        }

        private void complain(Path file, IOException failure) {
            complaints.add("cannot read " + file + ": " + reason(failure));
        }
    }

    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileSystemException detailed && detailed.getReason() != null) {
            return detailed.getReason();
        }
        return String.valueOf(failure.getMessage());
    }
}

package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken for text, and what is not. */
class CorpusTest {
    @TempDir
    private Path folder;

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    @Test
    void takesTextFilesInAFixedOrder() throws IOException {
        write("b/two.md", "second\n\n  \nthird");
        write("a/one.txt", "first");
        Corpus corpus = Corpus.read(folder);
        assertEquals(List.of("a/one.txt", "b/two.md"), slashes(corpus.files()));
        assertEquals(
                List.of(new Corpus.Line(0, "first"), new Corpus.Line(1, "second"), new Corpus.Line(1, "third")),
                corpus.lines());
    }

    @Test
    void leavesOutWhatIsNotWrittenByPeople() throws IOException {
        write("text", "kept");
        write(".git/config", "hidden");
        write(".hidden", "hidden");
        write("module/target/out.txt", "built");
        write("image", "PNG\0binary");
        assertEquals(List.of("text"), Corpus.read(folder).files());
    }

    @Test
    void aNamedFolderIsReadWhateverItsName() throws IOException {
        write("target/out.txt", "built");
        write(".hidden/text.txt", "hidden");
        assertEquals(List.of("out.txt"), Corpus.read(folder.resolve("target")).files());
        assertEquals(List.of("text.txt"), Corpus.read(folder.resolve(".hidden")).files());
    }

    @Test
    void aSingleFileWillDo() throws IOException {
        write("text", "kept");
        Corpus corpus = Corpus.read(folder.resolve("text"));
        assertEquals(List.of(new Corpus.Line(0, "kept")), corpus.lines());
        assertEquals(List.of("text"), corpus.files());
    }

    @Test
    void replacesWhatIsNotUtf8() throws IOException {
        Files.write(folder.resolve("latin1"), new byte[] {'n', (byte) 0xEF, 'v', 'e'});
        assertEquals("n\uFFFDve", Corpus.read(folder).lines().get(0).text());
    }

    @Test
    void linksAreReadButNotFollowedIntoFolders() throws IOException {
        write("a/text", "kept");
        Files.createSymbolicLink(folder.resolve("a/round"), folder);
        Files.createSymbolicLink(folder.resolve("gone"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("z"), Path.of("a/text"));
        assertEquals(List.of("a/text", "z"), slashes(Corpus.read(folder).files()));
    }

    @Test
    void aMissingFolderIsAFailure() {
        Path missing = folder.resolve("missing");
        IOException failure = assertThrows(IOException.class, () -> Corpus.read(missing));
        assertTrue(failure.getMessage().startsWith("cannot read " + missing + ": "), failure.getMessage());
    }

    private static List<String> slashes(List<String> names) {
        return names.stream().map(name -> name.replace('\\', '/')).toList();
    }
}

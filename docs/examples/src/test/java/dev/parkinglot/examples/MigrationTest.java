package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.parkinglot.examples.migration.Buffer;
import dev.parkinglot.examples.migration.Cache;
import dev.parkinglot.examples.migration.Migration;
import dev.parkinglot.testing.TestThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes before and after are the same, and do the same. */
class MigrationTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/parkinglot/examples/migration");

    @ParameterizedTest
    @ValueSource(strings = {"BoundedBuffer.java", "LruCache.java"})
    void theSourcesDifferInTheirImportLinesOnly(String file) throws IOException {
        List<String> before = Files.readAllLines(SOURCES.resolve("before").resolve(file));
        List<String> after = Files.readAllLines(SOURCES.resolve("after").resolve(file));
        assertEquals(body(before), body(after));
        assertEquals(
                before.stream()
                        .filter(line -> line.startsWith("import "))
                        .map(line ->
                                line.replace("java.util.concurrent.locks.Reentrant", "dev.parkinglot.locks.Reentrant"))
                        .sorted()
                        .toList(),
                after.stream()
                        .filter(line -> line.startsWith("import "))
                        .sorted()
                        .toList());
        assertNotEquals(before, after);
    }

    private static List<String> body(List<String> source) {
        return source.stream()
                .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
                .toList();
    }

    static Stream<Buffer<Integer>> buffers() {
        return Stream.of(
                new dev.parkinglot.examples.migration.before.BoundedBuffer<>(2, false),
                new dev.parkinglot.examples.migration.after.BoundedBuffer<>(2, false),
                new dev.parkinglot.examples.migration.before.BoundedBuffer<>(2, true),
                new dev.parkinglot.examples.migration.after.BoundedBuffer<>(2, true));
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void whatIsPutIsTakenInOrder(Buffer<Integer> buffer) throws InterruptedException {
        try (TestThreads threads = new TestThreads()) {
            threads.start("producer", () -> {
                for (int i = 0; i < 1_000; i++) {
                    buffer.put(i);
                }
            });
            for (int i = 0; i < 1_000; i++) {
                assertEquals(i, buffer.take());
            }
        }
        assertEquals(0, buffer.waitingConsumers());
    }

    static Stream<Cache<Integer, Integer>> caches() {
        return Stream.of(
                new dev.parkinglot.examples.migration.before.LruCache<>(2),
                new dev.parkinglot.examples.migration.after.LruCache<>(2));
    }

    @ParameterizedTest
    @MethodSource("caches")
    void theCacheForgetsWhatWasNotAskedForLongest(Cache<Integer, Integer> cache) {
        AtomicInteger loads = new AtomicInteger();
        for (int key : new int[] {1, 2, 1, 3, 1, 2}) { // 3 makes it forget 2, which makes it forget 3
            assertEquals(-key, cache.get(key, k -> {
                loads.incrementAndGet();
                return -k;
            }));
        }
        assertEquals(4, loads.get());
        assertEquals(2, cache.size());
    }

    @Test
    void bothRunAndDoTheSame() throws Exception {
        Migration.main(new String[] {"1", "1"});
    }
}

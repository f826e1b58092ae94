package dev.parkinglot.examples.contest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * For every word, how often it stands in which file. Not thread-safe: the lock of the contest guards it.
 *
 * <p>The content depends on what was added, not on the order. An addition that got lost or was made twice shows in a
 * count.
 */
final class InvertedIndex {
    private final Map<String, Postings> postingsByWord = new HashMap<>();

    // How many batches have been begun and completed. Equal whenever nobody writes. In opaque mode, so that the
    // compiler keeps them where they are, and no fence does a lock's work for it.
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();

    /** The words of a line, in lower case, repeated as often as they occur, and the number of its file. */
    record Words(int file, List<String> words) {
        /** Splits a line into runs of letters and digits. Work that needs no lock, so it is done before taking one. */
        static Words of(Corpus.Line line) {
            String text = line.text();
            List<String> words = new ArrayList<>();
            int start = 0;
            for (int end = 0; end <= text.length(); end++) {
                if (end == text.length() || !Character.isLetterOrDigit(text.charAt(end))) {
                    if (end > start) {
                        words.add(text.substring(start, end).toLowerCase(Locale.ROOT));
                    }
                    start = end + 1;
                }
            }
            return new Words(line.file(), words);
        }
    }

    void add(Words line) {
        for (String word : line.words()) {
            postingsByWord.computeIfAbsent(word, unused -> new Postings()).add(line.file());
        }
    }

    /** Adds the words of several lines, which {@link #occurrences} must see together or not at all. */
    void addAll(List<Words> lines) {
        begun.setOpaque(begun.getPlain() + 1);
        lines.forEach(this::add);
        completed.setOpaque(completed.getPlain() + 1);
    }

    /** How often a word has been added. Throws if a batch is being added meanwhile, which the lock should prevent. */
    long occurrences(String word) {
        int before = completed.getOpaque();
        long occurrences = count(word);
        if (begun.getOpaque() != before) {
            throw new IllegalStateException("looked up '" + word + "' in a half-written batch");
        }
        return occurrences;
    }

    /** All different words, in ascending order. */
    List<String> words() {
        return postingsByWord.keySet().stream().sorted().toList();
    }

    int size() {
        return postingsByWord.size();
    }

    /** What differs from another index, for people; nothing if all is the same. */
    Optional<String> differenceFrom(InvertedIndex expected) {
        List<String> different = new ArrayList<>();
        expected.postingsByWord.forEach((word, postings) -> {
            if (!postings.equals(postingsByWord.get(word))) {
                different.add(word);
            }
        });
        for (String word : postingsByWord.keySet()) {
            if (!expected.postingsByWord.containsKey(word)) {
                different.add(word);
            }
        }
        if (different.isEmpty()) {
            return Optional.empty();
        }
        String example = different.stream().min(String::compareTo).orElseThrow();
        return Optional.of(String.format(
                Locale.ROOT,
                "the index differs in %,d of %,d words, such as '%s', counted %,d times instead of %,d",
                different.size(),
                expected.size(),
                example,
                count(example),
                expected.count(example)));
    }

    private long count(String word) {
        Postings postings = postingsByWord.get(word);
        return postings == null ? 0L : postings.total();
    }

    /** The files of one word in ascending order, each with its count. */
    private static final class Postings {
        private int[] files = new int[2];
        private int[] counts = new int[2];
        private int size;

        void add(int file) {
            int at = Arrays.binarySearch(files, 0, size, file);
            if (at < 0) {
                at = -at - 1;
                insert(at, file);
            }
            counts[at]++;
        }

        private void insert(int at, int file) {
            if (size == files.length) {
                files = Arrays.copyOf(files, size * 2);
                counts = Arrays.copyOf(counts, size * 2);
            }
            System.arraycopy(files, at, files, at + 1, size - at);
            System.arraycopy(counts, at, counts, at + 1, size - at);
            files[at] = file;
            counts[at] = 0;
            size++;
        }

        long total() {
            long total = 0L;
            for (int i = 0; i < size; i++) {
                total += counts[i];
            }
            return total;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Postings that
                    && Arrays.equals(files, 0, size, that.files, 0, that.size)
                    && Arrays.equals(counts, 0, size, that.counts, 0, that.size);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(Arrays.copyOf(files, size)) * 31 + Arrays.hashCode(Arrays.copyOf(counts, size));
        }
    }
}

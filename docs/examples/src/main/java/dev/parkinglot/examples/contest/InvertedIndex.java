package dev.parkinglot.examples.contest;

import java.util.ArrayList;
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
    /** For each word its files, and how often it stands in each. */
    private final Map<String, Map<Integer, Integer>> postingsByWord = new HashMap<>();

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
            postingsByWord.computeIfAbsent(word, unused -> new HashMap<>()).merge(line.file(), 1, Integer::sum);
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
        Map<Integer, Integer> postings = postingsByWord.getOrDefault(word, Map.of());
        return postings.values().stream().mapToLong(count -> count).sum();
    }
}

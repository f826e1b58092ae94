package dev.parkinglot.examples;

import java.util.List;

/** An endless sequence of words that looks random and is the same in every race. Not thread-safe. */
final class WordSequence {
    /** The golden ratio: multiples of it lie far apart. */
    private static final int SEED = 0x9E3779B9;

    private final List<String> words;
    private int state;

    /**
     * Begins a sequence.
     *
     * @param words to choose from; if there are none, the sequence is of empty words
     * @param number different numbers give different sequences
     */
    WordSequence(List<String> words, int number) {
        this.words = words.isEmpty() ? List.of("") : words;
        state = SEED * (number + 1);
    }

    /**
     * Chooses the next word.
     *
     * @return one of the words, each about equally often
     */
    String next() {
        state ^= state << 13; // Marsaglia's xorshift
        state ^= state >>> 17;
        state ^= state << 5;
        return words.get(Integer.remainderUnsigned(state, words.size()));
    }
}

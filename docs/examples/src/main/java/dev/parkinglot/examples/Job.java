package dev.parkinglot.examples;

import java.util.List;
import java.util.Locale;

/** What every race does: to index each line of the corpus so and so many times. */
final class Job {
    private final Corpus corpus;
    private final int passes;
    private final InvertedIndex expected = new InvertedIndex();
    private final List<String> vocabulary;

    /**
     * Does the job once, with one thread and no lock, to know what to expect.
     *
     * @param corpus the text
     * @param passes how often each of its lines is indexed
     */
    Job(Corpus corpus, int passes) {
        this.corpus = corpus;
        this.passes = passes;
        for (long i = 0; i < totalLines(); i++) {
            expected.add(InvertedIndex.Words.of(line(i)));
        }
        vocabulary = expected.words();
    }

    Corpus corpus() {
        return corpus;
    }

    long totalLines() {
        return (long) corpus.lines().size() * passes;
    }

    /**
     * Finds a line.
     *
     * @param number from 0 to {@link #totalLines}
     * @return the line
     */
    Corpus.Line line(long number) {
        List<Corpus.Line> lines = corpus.lines();
        return lines.get((int) (number % lines.size()));
    }

    /**
     * What every race must build.
     *
     * @return the index, not to be changed
     */
    InvertedIndex expected() {
        return expected;
    }

    /**
     * The different words of the corpus.
     *
     * @return the words, always in the same order; perhaps none
     */
    List<String> vocabulary() {
        return vocabulary;
    }

    /**
     * Tells what is read.
     *
     * @return part of a sentence
     */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d lines ", corpus.lines().size())
                + (passes == 1 ? "once" : passes + " times");
    }
}

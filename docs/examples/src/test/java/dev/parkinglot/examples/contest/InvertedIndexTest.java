package dev.parkinglot.examples.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parkinglot.examples.contest.InvertedIndex.Words;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index, and how two of them are told apart. */
class InvertedIndexTest {
    private static final List<Words> LINES = List.of(
            new Words(0, List.of("to", "be", "or", "not", "to", "be")),
            new Words(3, List.of("that", "is", "to", "say")),
            new Words(1, List.of("to", "be")),
            new Words(2, List.of("not", "to")));

    private static InvertedIndex index(List<Words> lines) {
        InvertedIndex index = new InvertedIndex();
        lines.forEach(index::add);
        return index;
    }

    @Test
    void splitsIntoLowerCaseWords() {
        assertEquals(
                List.of("r2", "don", "t", "élan", "x"),
                Words.of(new Corpus.Line(7, "--R2: don't Élan...x")).words());
        assertEquals(7, Words.of(new Corpus.Line(7, "")).file());
    }

    @Test
    void theOrderOfAdditionsDoesNotMatter() {
        InvertedIndex expected = index(LINES);
        Random random = new Random(42);
        for (int i = 0; i < 20; i++) {
            List<Words> shuffled = new ArrayList<>(LINES);
            Collections.shuffle(shuffled, random);
            assertEquals(Optional.empty(), index(shuffled).differenceFrom(expected));
        }
    }

    @Test
    void looksUpHowOftenAWordWasAdded() {
        InvertedIndex index = new InvertedIndex();
        index.addAll(LINES);
        assertEquals(Optional.empty(), index.differenceFrom(index(LINES)));
        assertEquals(5L, index.occurrences("to"));
        assertEquals(0L, index.occurrences("too"));
        assertEquals(List.of("be", "is", "not", "or", "say", "that", "to"), index.words());
    }

    @Test
    void aLookUpBetweenTwoLinesOfABatchIsNoticed() {
        InvertedIndex index = new InvertedIndex();
        index.addAll(LINES);
        List<Words> interrupted = new AbstractList<>() {
            @Override
            public Words get(int i) {
                assertThrows(IllegalStateException.class, () -> index.occurrences("nowhere"));
                return LINES.get(i);
            }

            @Override
            public int size() {
                return LINES.size();
            }
        };
        index.addAll(interrupted);
        assertEquals(10L, index.occurrences("to"));
    }

    @Test
    void aLostAdditionIsADifference() {
        assertEquals(
                Optional.of("the index differs in 2 of 7 words, such as 'not', counted 1 times instead of 2"),
                index(LINES.subList(0, 3)).differenceFrom(index(LINES)));
    }

    @Test
    void theRightCountInTheWrongFileIsADifference() {
        InvertedIndex wrong = index(List.of(new Words(1, List.of("word"))));
        InvertedIndex right = index(List.of(new Words(0, List.of("word"))));
        assertEquals(
                Optional.of("the index differs in 1 of 1 words, such as 'word', counted 1 times instead of 1"),
                wrong.differenceFrom(right));
    }

    @Test
    void aWordTooManyIsADifference() {
        assertEquals(
                Optional.of("the index differs in 1 of 0 words, such as 'word', counted 1 times instead of 0"),
                index(List.of(new Words(0, List.of("word")))).differenceFrom(index(List.of())));
    }
}

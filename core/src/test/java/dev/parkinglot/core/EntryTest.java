package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is left in the entries of waits that are over: nothing that leads to others, which an old garbage collector
 * would keep alive after them; and in those of waits that go on: no mark of an operation that has failed.
 */
class EntryTest {
    private final KeyedLot lot = Sleepless.lot(4);
    private final List<Key> keys = Key.inTwoBuckets(4);
    private final Key key = keys.get(0);
    private final List<WaitingThread> entries =
            Stream.generate(() -> Sleepless.enqueue(lot, key)).limit(4).toList();

    @AfterEach
    void tableIsSound() {
        lot.checkInvariants();
    }

    private static void fail() {
        throw new IllegalArgumentException("injected");
    }

    private static void assertUnlinked(WaitingThread entry) {
        assertNull(entry.previous);
        assertNull(entry.next);
        assertNull(entry.queueAcquire());
    }

    static Stream<Arguments> operationsThatFail() {
        UnparkCallback<Object> callback = (context, token, result) -> {
            fail();
            return 0L;
        };
        return Stream.<Consumer<EntryTest>>of(
                        test -> test.lot.unparkOne(test.key, callback),
                        test -> test.lot.unparkUpTo(test.key, 3, callback),
                        test -> test.lot.unparkUpTo(test.key, Integer.MAX_VALUE, callback),
                        test -> test.lot.unparkFilter(test.key, (context, token) -> FilterOp.UNPARK, callback),
                        test -> test.lot.unparkFilter(
                                test.key,
                                new ParkTokenFilter<Object>() {
                                    private int asked;

                                    @Override
                                    public FilterOp filter(Object context, long token) {
                                        if (asked++ == 2) {
                                            fail();
                                        }
                                        return FilterOp.UNPARK;
                                    }
                                },
                                callback),
                        test -> test.lot.requeue(
                                test.key,
                                test.keys.get(1),
                                new FixedRequeue(RequeueOp.UNPARK_ONE_REQUEUE_REST, callback)))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("operationsThatFail")
    void operationThatFailsLeavesNobodyMarkedAsChosen(Consumer<EntryTest> operation) {
        assertThrows(IllegalArgumentException.class, () -> operation.accept(this));
        entries.forEach(entry -> assertFalse(entry.chosen));
        // A mark that was left would make the wrong one go now.
        assertEquals(1, lot.unparkOne(key, 0L).unparkedThreads());
        assertUnlinked(entries.get(0));
        entries.subList(1, 4).forEach(entry -> assertFalse(entry.isOutOfQueue()));
    }

    @Test
    void chosenEntriesKeepNoLinks() {
        lot.unparkUpTo(key, 3, KeyedLot.NO_TOKEN);
        entries.subList(0, 3).forEach(entry -> {
            assertUnlinked(entry);
            assertTrue(entry.chosen);
        });
        assertNull(entries.get(3).previous);
    }

    @Test
    void entriesThatAFilterChoosesKeepNoLinks() {
        int[] asked = {0};
        lot.unparkFilter(
                key, (context, token) -> asked[0]++ % 2 == 0 ? FilterOp.UNPARK : FilterOp.SKIP, KeyedLot.NO_TOKEN);
        assertUnlinked(entries.get(0));
        assertUnlinked(entries.get(2));
        assertSame(entries.get(3), entries.get(1).next);
    }

    @Test
    void entriesThatLeaveKeepNoLinksAndAreNotChosen() {
        for (int leaver : new int[] {2, 0, 3, 1}) { // from the middle, from the front, from the end, the only one
            assertSame(ParkResult.TIMED_OUT, Sleepless.timeOut(lot, entries.get(leaver)));
            assertUnlinked(entries.get(leaver));
            assertFalse(entries.get(leaver).chosen);
            lot.checkInvariants();
        }
    }

    @Test
    void chosenEntryOfARequeueKeepsNoLinks() {
        lot.requeue(key, keys.get(1), new FixedRequeue(RequeueOp.UNPARK_ONE_REQUEUE_REST));
        assertUnlinked(entries.get(0));
        assertNull(entries.get(1).previous);
        assertTrue(entries.get(1).requeued);
    }

    @Test
    void emptyQueueKeepsNeitherKeyNorEntries() {
        WaitQueue queue = entries.get(0).queueAcquire();
        lot.unparkAll(key, 0L);
        assertNull(queue.base);
        assertNull(queue.first);
        assertNull(queue.last);
        assertNull(queue.onDuty);
        assertNull(queue.nextInBucket);
        assertNull(queue.bucketAcquire());
    }
}

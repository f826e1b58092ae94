package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose turn it is, by age: {@link UnparkResult#beFair} and {@link ParkingLot#isTurnDue}. All keys share a bucket. */
class FairnessTest {
    private static final long MICROSECOND = 1_000L;
    private static final long AFTER = Turns.AFTER_NANOS;

    private final ManualClock clock = new ManualClock();
    private final KeyedLot lot = Sleepless.lot(1, clock);
    private final Key key = Key.fresh();
    private final Key neighbour = Key.fresh();

    private void park(Key where, long token) {
        Sleepless.enqueue(lot, where, Sleepless.newEntry(token, clock.getAsLong()), ParkOptions.NONE);
    }

    private void park(int count) {
        LongStream.range(0L, count).forEach(token -> park(key, token));
    }

    private void parkAgain(long token, long sinceNanos) {
        ParkOptions options = ParkOptions.NONE.returning(sinceNanos);
        Sleepless.enqueue(lot, key, Sleepless.newEntry(token, sinceNanos), options);
    }

    /** Wakes the first of a queue; whether that was fair, as the callback, the caller and isTurnDue were told. */
    private boolean unparkFairly(Key where) {
        boolean due = lot.isTurnDue(where);
        List<Boolean> told = new ArrayList<>();
        UnparkResult result = lot.unparkOne(where, (context, token, about) -> {
            told.add(about.beFair());
            return 0L;
        });
        assertEquals(List.of(due), told, "the callback is told what isTurnDue says");
        assertEquals(due, result.beFair());
        return due;
    }

    // ---- the age of the thread

    @Test
    void turnComesWhenTheThreadHasWaitedForMoreThanHalfAMillisecond() {
        park(1);
        clock.advance(AFTER);
        assertFalse(lot.isTurnDue(key));
        clock.advance(1L);
        assertTrue(unparkFairly(key));
    }

    @Test
    void threadThatHasJustComeHasNoTurn() {
        park(1);
        assertFalse(unparkFairly(key));
    }

    @Test
    void itIsTheAgeOfTheFirstThatCounts() {
        park(2);
        clock.advance(AFTER + 1L);
        park(key, 2L);
        assertTrue(unparkFairly(key));
        clock.advance(AFTER + 1L);
        assertTrue(unparkFairly(key));
        assertTrue(lot.queue(key).size() == 1 && !lot.isTurnDue(key), "the third has not waited for long");
    }

    @Test
    void askingForTheTurnDoesNotUseItUp() {
        park(1);
        clock.advance(AFTER + 1L);
        assertTrue(lot.isTurnDue(key));
        assertTrue(lot.isTurnDue(key));
        assertTrue(unparkFairly(key));
    }

    @Test
    void nobodyHasATurnWhereNobodyWaits() {
        clock.advance(AFTER + 1L);
        assertFalse(unparkFairly(key));
    }

    @Test
    void turnCannotBeToldWhileTheBucketIsBusy() {
        park(1);
        clock.advance(AFTER + 1L);
        Bucket bucket = lot.bucketOf(key);
        bucket.lock();
        assertFalse(lot.isTurnDue(key));
        bucket.unlock();
        assertTrue(lot.isTurnDue(key));
    }

    // ---- the rate of turns

    @Test
    void nextTurnOfAQueueComesMoreThanHalfAMillisecondAfterTheLast() {
        park(4);
        clock.advance(10L * AFTER);
        assertTrue(unparkFairly(key));
        assertFalse(unparkFairly(key));
        clock.advance(AFTER);
        assertFalse(lot.isTurnDue(key));
        clock.advance(1L);
        assertTrue(unparkFairly(key));
    }

    @Test
    void turnsOfAQueueAreNeverTooCloseHoweverManyOldThreadsWait() {
        park(2_000);
        Long last = null;
        int fair = 0;
        for (int i = 0; i < 2_000; i++) {
            clock.advance(7L * MICROSECOND);
            if (unparkFairly(key)) {
                assertTrue(last == null || clock.getAsLong() - last > AFTER);
                last = clock.getAsLong();
                fair++;
            }
        }
        // Each as soon as it may come: 504 microseconds are the first multiple of seven above 500.
        assertEquals(2_000L * 7L / 504L, fair);
    }

    @Test
    void quietKeyInABusyBucketGetsEveryTurn() {
        park(key, 0L);
        park(neighbour, 0L);
        int quietUnparks = 0;
        for (int i = 1; i <= 20_000; i++) {
            clock.advance(10L * MICROSECOND);
            park(key, 0L);
            unparkFairly(key);
            if (i % 200 == 0) { // every two milliseconds
                assertTrue(unparkFairly(neighbour), "its waiter has waited since the last time");
                park(neighbour, 0L);
                quietUnparks++;
            }
        }
        assertEquals(100, quietUnparks);
    }

    @Test
    void turnOfOneKeyTakesNothingFromAnother() {
        park(key, 0L);
        park(neighbour, 0L);
        clock.advance(AFTER + 1L);
        assertTrue(unparkFairly(key));
        assertTrue(unparkFairly(neighbour));
    }

    @Test
    void everyThreadHasItsTurnAfterAsManyHalfMillisecondsAsThreadsCameBeforeIt() {
        // As a lock does it whose woken threads always lose the race unless it is their turn.
        int count = 20;
        park(count);
        long start = clock.getAsLong();
        long step = 100L * MICROSECOND;
        List<Long> turns = new ArrayList<>();
        for (int i = 0; turns.size() < count; i++) {
            assertTrue(i < 1_000, "they have had their turns");
            clock.advance(step);
            long[] first = new long[1];
            boolean fair = lot.unparkOne(key, (context, token, about) -> {
                        first[0] = token;
                        return 0L;
                    })
                    .beFair();
            if (fair) {
                turns.add(first[0]);
                assertTrue(clock.getAsLong() - start <= turns.size() * (AFTER + step), "in time");
            } else {
                parkAgain(first[0], start);
            }
        }
        assertEquals(LongStream.range(0L, count).boxed().toList(), turns, "and in order");
    }

    // ---- who returns, and who is moved

    @Test
    void threadThatReturnsKeepsItsAge() {
        park(2);
        long start = clock.getAsLong();
        clock.advance(AFTER);
        assertFalse(unparkFairly(key));
        clock.advance(1L);
        parkAgain(0L, start);
        assertTrue(unparkFairly(key));
    }

    @Test
    void threadThatReturnsWithoutSayingSoBeginsAnew() {
        park(1);
        clock.advance(AFTER);
        unparkFairly(key);
        clock.advance(1L);
        park(1);
        assertFalse(unparkFairly(key));
    }

    @Test
    void requeueingBeginsAnew() {
        park(2);
        clock.advance(AFTER + 1L);
        lot.requeueAll(key, neighbour);
        assertFalse(lot.isTurnDue(neighbour));
        clock.advance(AFTER);
        assertFalse(lot.isTurnDue(neighbour));
        clock.advance(1L);
        assertTrue(unparkFairly(neighbour));
    }

    @Test
    void movingAloneIsNotFairAndUsesUpNoTurn() {
        park(3);
        clock.advance(AFTER + 1L);
        assertFalse(lot.requeue(key, neighbour, new FixedRequeue(RequeueOp.REQUEUE_ONE))
                .beFair());
        assertTrue(unparkFairly(key));
    }

    @ParameterizedTest
    @EnumSource(
            value = RequeueOp.class,
            names = {"UNPARK_ONE", "UNPARK_ONE_REQUEUE_REST"})
    void wakeOfARequeueIsFairIfItIsTheTurnOfTheThread(RequeueOp op) {
        park(1);
        assertFalse(lot.requeue(key, neighbour, new FixedRequeue(op)).beFair());
        park(1);
        clock.advance(AFTER + 1L);
        assertTrue(lot.requeue(key, neighbour, new FixedRequeue(op)).beFair());
    }

    @Test
    void wakeOfARequeueUsesUpTheTurnOfItsQueue() {
        park(3);
        clock.advance(AFTER + 1L);
        assertTrue(lot.requeue(key, neighbour, new FixedRequeue(RequeueOp.UNPARK_ONE))
                .beFair());
        assertFalse(unparkFairly(key));
    }

    // ---- waking several

    @Test
    void wakeOfSeveralIsFairByTheAgeOfTheFirstAndUsesUpTheTurn() {
        park(4);
        clock.advance(AFTER + 1L);
        assertTrue(lot.unparkUpTo(key, 2, KeyedLot.NO_TOKEN).beFair());
        assertFalse(lot.unparkUpTo(key, 2, KeyedLot.NO_TOKEN).beFair());
    }

    @Test
    void wakeOfAFilterIsFairByTheAgeOfTheFirstThatItChooses() {
        park(2);
        clock.advance(AFTER + 1L);
        park(key, 2L);
        UnparkResult young = lot.unparkFilter(
                key, (context, token) -> token == 2L ? FilterOp.UNPARK : FilterOp.SKIP, KeyedLot.NO_TOKEN);
        assertFalse(young.beFair());
        UnparkResult old = lot.unparkFilter(
                key, (context, token) -> token == 1L ? FilterOp.UNPARK : FilterOp.SKIP, KeyedLot.NO_TOKEN);
        assertTrue(old.beFair(), "the young one has used up nothing");
        assertFalse(unparkFairly(key), "but the old one has");
    }

    @Test
    void wakingNobodyIsNotFairAndUsesUpNoTurn() {
        park(1);
        clock.advance(AFTER + 1L);
        assertFalse(lot.unparkFilter(key, (context, token) -> FilterOp.SKIP, KeyedLot.NO_TOKEN)
                .beFair());
        assertFalse(lot.unparkUpTo(key, 0, KeyedLot.NO_TOKEN).beFair());
        assertTrue(unparkFairly(key));
    }

    @Test
    void callbackThatThrowsUsesUpNoTurn() {
        park(1);
        clock.advance(AFTER + 1L);
        assertThrows(
                IllegalArgumentException.class,
                () -> lot.unparkOne(key, (context, token, result) -> {
                    throw new IllegalArgumentException("injected");
                }));
        assertTrue(unparkFairly(key));
    }

    // ---- threads that were moved before the others

    /** Moves all waiters of the neighbour before those that parked in the key's queue themselves. */
    private void moveBefore() {
        moveBefore(neighbour, RequeueOp.REQUEUE_ALL, key);
    }

    private void moveBefore(Key from, RequeueOp op, Key to) {
        lot.requeue(from, to, new FixedRequeue(op, true, KeyedLot.NO_TOKEN));
    }

    private List<Long> tokens() {
        return lot.waiters(key).stream().map(ParkedThread::parkToken).toList();
    }

    @Test
    void whatAThreadMovesKeepsItsOrderUntilOneIsChosenAndIsWokenBeforeTheOthers() {
        park(2); // 0 and 1
        park(neighbour, 2L);
        park(neighbour, 3L);
        moveBefore();
        park(neighbour, 4L);
        moveBefore();
        park(key, 5L);
        assertEquals(List.of(2L, 3L, 4L, 0L, 1L, 5L), tokens());
        assertFalse(unparkFairly(key));
        park(neighbour, 6L);
        moveBefore();
        park(neighbour, 7L);
        moveBefore();
        assertEquals(List.of(6L, 7L, 3L, 4L, 0L, 1L, 5L), tokens());
    }

    @Test
    void aThreadMovesBeforeWhatAnotherHasMoved() throws InterruptedException {
        park(neighbour, 0L);
        moveBefore();
        park(neighbour, 1L);
        moveBefore();
        park(neighbour, 2L);
        Thread other = new Thread(this::moveBefore);
        other.start();
        other.join();
        park(neighbour, 3L);
        moveBefore();
        park(neighbour, 4L);
        moveBefore();
        assertEquals(List.of(3L, 4L, 2L, 0L, 1L), tokens());
    }

    @Test
    void aBatchWhoseLastThreadHasLeftGoesOnWhereItWas() {
        park(neighbour, 0L);
        moveBefore();
        park(key, 1L);
        moveBefore(key, RequeueOp.REQUEUE_ONE, Key.fresh());
        park(neighbour, 2L);
        moveBefore();
        assertEquals(List.of(2L, 1L), tokens());
    }

    @Test
    void aTurnIsThatOfTheEldestWhereverItStands() {
        park(1); // 0
        clock.advance(1L);
        park(neighbour, 1L);
        moveBefore();
        clock.advance(1L);
        park(neighbour, 2L);
        moveBefore();
        clock.advance(AFTER - 1L);
        assertTrue(unparkFairly(key), "that of 0, which came first and stands last");
        assertEquals(List.of(1L, 2L), tokens());
        clock.advance(AFTER + 1L);
        assertTrue(unparkFairly(key));
        assertEquals(List.of(2L), tokens());
    }

    @Test
    void aTurnIsThatOfTheEldestOfThoseWithPrecedenceIfThatIsOlder() {
        park(neighbour, 0L);
        park(neighbour, 1L);
        moveBefore();
        assertFalse(unparkFairly(key), "0, which is the first of its batch");
        clock.advance(1L);
        park(neighbour, 2L);
        moveBefore();
        park(key, 3L);
        clock.advance(AFTER);
        assertEquals(List.of(2L, 1L, 3L), tokens());
        assertTrue(unparkFairly(key), "that of 1, which came first and stands in the middle");
        assertEquals(List.of(2L, 3L), tokens());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void howeverManyAreMovedBeforeItAThreadHasItsTurn(boolean withPrecedence) {
        if (withPrecedence) {
            park(neighbour, -2L);
            park(neighbour, -1L);
            moveBefore();
            unparkFairly(key); // the first of the two
        } else {
            park(key, -1L);
        }
        int unparks = 0;
        for (long token = 0L; tokens().contains(-1L) && unparks < 100; token++, unparks++) {
            park(neighbour, token);
            moveBefore();
            clock.advance(100L * MICROSECOND);
            unparkFairly(key);
        }
        assertEquals(6, unparks, "the first unpark after half a millisecond");
    }
}

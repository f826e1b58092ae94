package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A wait whose deadline may move while the thread sleeps, as a date does when somebody sets the wall clock. */
class MovingDeadlineTest {
    private static final long SECOND = 1_000_000_000L;

    private final HandDrivenLot lot = new HandDrivenLot();
    private final Key key = Key.fresh();
    private final AtomicLong left = new AtomicLong();
    private final Patience patience = Patience.interruptiblyWhile(left::get);

    @AfterEach
    void close() {
        lot.close();
    }

    private void pass(long nanos) {
        lot.clock.advance(nanos);
        left.addAndGet(-nanos);
    }

    @Test
    void sleepsUntilTheDeadlineIfThatIsLessThanASecondAway() {
        left.set(10L);
        Parked thread = lot.park(key, patience);
        assertEquals(lot.clock.in(10L), thread.sleepsUntil());
        pass(10L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
        lot.assertQueue(key, List.of());
    }

    @Test
    void asksOnceASecondAndKeepsItsPlaceMeanwhile() {
        left.set(3L * SECOND);
        Parked thread = lot.park(key, patience);
        for (int i = 0; i < 2; i++) {
            assertEquals(lot.clock.in(SECOND), thread.sleepsUntil());
            pass(SECOND);
            assertTrue(thread.returnFromPark().isAsleep());
        }
        pass(SECOND);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void aDeadlineThatMovedCloserIsSeenAtTheNextQuestion() {
        left.set(3600L * SECOND);
        Parked thread = lot.park(key, patience);
        left.set(0L); // the clock was set an hour forward
        lot.clock.advance(SECOND);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void aDeadlineThatMovedAwayIsWaitedFor() {
        left.set(10L);
        Parked thread = lot.park(key, patience);
        left.set(SECOND); // the clock was set back
        lot.clock.advance(10L);
        assertTrue(thread.returnFromPark().isAsleep());
        assertEquals(lot.clock.in(SECOND), thread.sleepsUntil());
        pass(SECOND);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void noTimeLeftMeansThatTheWaitIsOverAsSoonAsItHasBegun() {
        left.set(Long.MIN_VALUE);
        Parked thread = lot.park(key, patience);
        assertEquals(lot.clock.in(0L), thread.sleepsUntil());
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void theEndOfTimeIsNotOverAtOnce() {
        left.set(Long.MAX_VALUE);
        Parked thread = lot.park(key, patience);
        assertEquals(lot.clock.in(SECOND), thread.sleepsUntil());
        assertTrue(thread.returnFromPark().isAsleep());
    }

    @Test
    void whatTheQuestionThrowsLeavesParkAndTheQueue() {
        Parked thread = lot.park(key, Patience.interruptiblyWhile(() -> {
            throw new IllegalStateException("no clock");
        }));
        assertEquals("no clock", thread.failure().getMessage());
        lot.assertQueue(key, List.of());
    }

    @Test
    void aQuestionIsNeeded() {
        assertThrows(NullPointerException.class, () -> Patience.interruptiblyWhile(null));
    }
}

package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which waits look as if a wake had been lost: looked at step by step, with nobody asleep. */
class LostWakesTest {
    /** Says that a wait is over, as long as the state is open. */
    private final class Gate implements ParkCallbacks<Object> {
        @Override
        public boolean validate(Object context, long parkToken) {
            return !open;
        }
    }

    private final KeyedLot lot = Sleepless.lot(4);
    private final List<Key> keys = Key.inTwoBuckets(4);
    private final Key key = keys.get(0);
    private final LostWakes waits = new LostWakes();
    private boolean open;

    private LostWakes.Wait<?> park(ParkOptions options) {
        return waits.add(Sleepless.enqueue(lot, key, Sleepless.newEntry(), options), key, new Gate());
    }

    private int reportsOfLooks(int looks) {
        int reports = 0;
        for (int look = 0; look < looks; look++) {
            reports += waits.look().size();
        }
        return reports;
    }

    @Test
    void aWaitThatIsOverForSoManyLooksIsReportedOnce() {
        park(ParkOptions.NONE);
        assertEquals(0, reportsOfLooks(10), "it is not over");
        open = true;
        assertEquals(0, reportsOfLooks(2), "somebody may be on the way");
        List<LockReport> reports = waits.look();
        assertEquals(1, reports.size());
        assertEquals(LockCheck.LOST_WAKE, reports.get(0).check());
        assertTrue(reports.get(0).message().contains(KeyNames.describe(key.base(), key.offset())));
        assertEquals(0, reportsOfLooks(10), "once");
    }

    @Test
    void aReportTellsWhoIsParkedWhereAndWhatItWaitsFor() {
        long token = 7L;
        Key other = new Key(key.base(), 24L);
        DeadlockDetector.addSource(new HoldSource() {
            @Override
            public List<Thread> blockers(Object base, long offset, ParkedThread waiter) {
                return null;
            }

            @Override
            public String describe(Object base, long offset, long parkToken) {
                return base == key.base() ? "a gate+" + offset + " for " + parkToken : null;
            }
        });
        ParkCallbacks<Object> openForToken = (context, parkToken) -> parkToken != token;
        WaitingThread entry = Sleepless.newEntry(token, System.nanoTime());
        waits.add(Sleepless.enqueue(lot, other, entry, ParkOptions.NONE), other, openForToken);
        assertEquals(0, reportsOfLooks(2));
        LockReport report = waits.look().get(0);
        String thread = "\"" + Thread.currentThread().getName() + "\"";
        assertTrue(report.message().startsWith(thread + " waits for a gate+24 for 7, validate says"), report::message);
        Throwable place = report.places().get(0);
        assertEquals(thread + " is parked here", place.getMessage());
        assertEquals(Thread.class.getName(), place.getStackTrace()[0].getClassName(), "the stack of the thread");
    }

    @Test
    void aWaitThatHasEndedIsNotLookedAt() {
        LostWakes.Wait<?> wait = park(ParkOptions.NONE);
        open = true;
        waits.remove(wait);
        assertEquals(0, reportsOfLooks(10));
    }

    @Test
    void theLooksMustFollowOneAnother() {
        park(ParkOptions.NONE);
        for (int round = 0; round < 5; round++) {
            open = true;
            assertEquals(0, reportsOfLooks(LostWakes.LOOKS - 1));
            open = false;
            assertEquals(0, reportsOfLooks(1));
        }
    }

    @Test
    void aQueueInWhichThreadsComeIsNotReported() {
        park(ParkOptions.NONE);
        open = true;
        for (int round = 0; round < 10; round++) {
            assertEquals(0, reportsOfLooks(1));
            Sleepless.enqueue(lot, key);
        }
    }

    @Test
    void aQueueFromWhichThreadsAreWokenIsNotReported() {
        for (int i = 0; i < 10; i++) {
            Sleepless.enqueue(lot, key);
        }
        park(ParkOptions.NONE);
        open = true;
        for (int round = 0; round < 10; round++) {
            assertEquals(0, reportsOfLooks(1));
            lot.unparkOne(key, 0L);
        }
    }

    @Test
    void aThreadThatLooksByItselfIsNotReported() {
        park(ParkOptions.NONE.lookingAgain(1_000L, 1, 1_000L));
        open = true;
        assertEquals(0, reportsOfLooks(10));
    }

    @Test
    void aThreadThatWasMovedIsNotReported() {
        park(ParkOptions.NONE);
        lot.requeueAll(key, keys.get(1));
        open = true;
        assertEquals(0, reportsOfLooks(10), "its condition is not that of the other queue");
    }

    @Test
    void aThreadThatWasWokenIsNotReported() {
        LostWakes.Wait<?> wait = park(ParkOptions.NONE);
        open = true;
        lot.unparkOne(key, 0L);
        assertNull(wait.look());
        assertEquals(0, reportsOfLooks(10));
    }

    @Test
    void aConditionThatCannotBeAskedHereIsNotReportedAndHidesNoOther() {
        WaitingThread entry = Sleepless.enqueue(lot, key, Sleepless.newEntry(), ParkOptions.NONE);
        ParkCallbacks<Object> failing = (context, parkToken) -> {
            throw new IllegalStateException("on the parking thread only");
        };
        waits.add(entry, key, failing);
        park(ParkOptions.NONE);
        open = true;
        assertEquals(1, reportsOfLooks(10));
    }
}

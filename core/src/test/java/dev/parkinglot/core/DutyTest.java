package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.testkit.Fault;
import dev.parkinglot.testkit.ManualClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who looks again when the one on duty leaves, or is moved, and which times can be told from one another. */
class DutyTest {
    private static final long INTERVAL = 1_000L;

    private final HandDrivenLot lot = new HandDrivenLot(4);
    private final List<Key> keys = Key.inTwoBuckets(4);
    private final Key key = keys.get(0);
    private final Key target = keys.get(1);

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private static ScriptedCallbacks looking() {
        return new ScriptedCallbacks().lookingAgain(INTERVAL);
    }

    private Parked parkUntilNow(ScriptedCallbacks callbacks) {
        return lot.park(key, callbacks, Patience.until(lot.clock.in(0L)));
    }

    private UnparkResult requeue(Key from, Key to, RequeueOp op) {
        return lot.requeue(from, to, new FixedRequeue(op));
    }

    private WaitQueue.Entry onDuty() {
        return lot.bucketOf(key).find(key.base(), key.offset()).onDuty;
    }

    private void assertOnDuty(Parked thread) {
        assertSame(thread.thread(), onDuty().thread());
    }

    // ---- who takes the duty up

    @Test
    void dutyPassesToTheNextBehindThatMayLook() {
        lot.park(key, looking().with(ParkOptions.NONE.lookingAgain(2L * INTERVAL, 1, 2L * INTERVAL)));
        Parked leaver = parkUntilNow(looking());
        assertOnDuty(leaver);
        Parked uninterested = lot.park(key);
        Parked heir = lot.park(key, looking());
        leaver.returnFromPark();
        assertOnDuty(heir);
        assertTrue(heir.isRoused());
        assertFalse(uninterested.isRoused());
    }

    @Test
    void dutyPassesToTheNearestInFrontIfNobodyBehindMayLook() {
        ScriptedCallbacks rarely = new ScriptedCallbacks().lookingAgain(2L * INTERVAL);
        Parked front = lot.park(key, rarely);
        Parked nearest = lot.park(key, new ScriptedCallbacks().lookingAgain(2L * INTERVAL));
        lot.park(key);
        Parked leaver = parkUntilNow(looking());
        lot.park(key);
        assertOnDuty(leaver);
        leaver.returnFromPark();
        assertOnDuty(nearest);
        assertTrue(nearest.isRoused());
        assertFalse(front.isRoused());
    }

    @Test
    void firstInTheQueueThatNeverLooksDoesNotEndTheDuty() {
        Parked first = lot.park(key);
        ScriptedCallbacks callbacks = looking();
        Parked leaver = parkUntilNow(looking());
        Parked heir = lot.park(key, callbacks);
        leaver.returnFromPark();
        assertFalse(first.isRoused(), "it would not look");
        assertTrue(heir.isRoused());
        callbacks.valid = false;
        assertSame(ParkResult.INVALID, heir.returnFromPark().result(), "it looks at once");
    }

    @Test
    void dutyEndsIfNobodyElseMayLook() {
        lot.park(key);
        Parked leaver = parkUntilNow(looking());
        Parked last = lot.park(key);
        leaver.returnFromPark();
        assertNull(onDuty());
        assertFalse(last.isRoused());
        Parked next = lot.park(key, looking());
        assertOnDuty(next);
    }

    @Test
    void heirHasTheDutyAsIfItHadJustParked() {
        ParkOptions growing = ParkOptions.NONE.lookingAgain(INTERVAL, 10, 1_000L * INTERVAL);
        Parked heir = lot.park(key, new ScriptedCallbacks().with(growing));
        lot.clock.advance(INTERVAL);
        heir.returnFromPark();
        assertEquals(lot.clock.in(10L * INTERVAL), heir.sleepsUntil());
        Parked leaver = parkUntilNow(looking());
        assertOnDuty(leaver);
        leaver.returnFromPark();
        heir.returnFromPark();
        assertEquals(lot.clock.in(INTERVAL), heir.sleepsUntil());
    }

    // ---- a nudge

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NUDGE", "UNPARK"})
    void nudgeThatFailsUsesUpNothing(Fault point) {
        Parked leaver = parkUntilNow(looking());
        Parked heir = lot.park(key, looking());
        lot.backend.throwNextAt(point, new IllegalStateException("injected"));
        assertSame(ParkResult.TIMED_OUT, leaver.returnFromPark().result());
        assertFalse(heir.isRoused(), "the premise");
        assertEquals(1, lot.unparkOne(key, 5L).unparkedThreads());
        assertEquals(5L, heir.wokenResult().unparkToken());
    }

    @Test
    void lookOfALostNudgeRemainsDueForTheNextThatParks() {
        Parked leaver = parkUntilNow(looking());
        lot.park(key, looking());
        lot.clock.advance(INTERVAL);
        lot.backend.throwNextAt(Fault.UNPARK, new IllegalStateException("injected"));
        leaver.returnFromPark();
        Parked next = lot.park(key, looking());
        assertOnDuty(next);
        assertEquals(lot.clock.in(INTERVAL), next.sleepsUntil());
    }

    // ---- requeueing

    @Test
    void requeueOfTheOneOnDutyPassesTheDutyOn() {
        Parked moved = lot.park(key, looking());
        Parked uninterested = lot.park(key);
        ScriptedCallbacks callbacks = looking();
        Parked heir = lot.park(key, callbacks);
        requeue(key, target, RequeueOp.REQUEUE_ONE);
        assertOnDuty(heir);
        assertTrue(heir.isRoused());
        assertFalse(moved.isRoused());
        assertFalse(uninterested.isRoused());
        callbacks.valid = false;
        assertSame(ParkResult.INVALID, heir.returnFromPark().result());
    }

    @Test
    void requeueOfTheOneOnDutyToItsOwnKeyPassesTheDutyOn() {
        lot.park(key, looking());
        Parked heir = lot.park(key, looking());
        requeue(key, key, RequeueOp.REQUEUE_ONE);
        assertOnDuty(heir);
        assertTrue(heir.isRoused());
    }

    @Test
    void requeueOfAnotherLeavesTheDutyWhereItIs() {
        lot.park(key);
        Parked onDuty = lot.park(key, looking());
        requeue(key, target, RequeueOp.REQUEUE_ONE);
        assertOnDuty(onDuty);
        assertFalse(onDuty.isRoused());
    }

    @Test
    void requeueOfAllLeavesNobodyToPassTheDutyTo() {
        lot.park(key, looking());
        Parked second = lot.park(key, looking());
        Parked third = lot.park(key, looking());
        requeue(key, target, RequeueOp.UNPARK_ONE_REQUEUE_REST);
        assertFalse(second.isRoused());
        assertFalse(third.isRoused());
        assertNull(lot.bucketOf(target).find(target.base(), target.offset()).onDuty);
    }

    @Test
    void movedThreadCannotInheritADuty() {
        Parked moved = lot.park(target, looking());
        lot.requeueAll(target, key);
        Parked leaver = parkUntilNow(looking());
        leaver.returnFromPark();
        assertNull(onDuty());
        assertFalse(moved.isRoused());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void movedThreadThatWasOnDutyNoLongerSleepsForALook(boolean stays) {
        ParkOptions options = ParkOptions.NONE.lookingAgain(INTERVAL, 1, INTERVAL);
        Parked moved = lot.park(
                key,
                new ScriptedCallbacks().with(stays ? options.stayingOnceRequeued() : options),
                Patience.until(lot.clock.in(5L * INTERVAL)));
        lot.requeueAll(key, target);
        moved.returnFromPark();
        assertEquals(stays ? null : (Long) lot.clock.in(5L * INTERVAL), moved.sleepsUntil());
    }

    @Test
    void movedThreadExecutesNoFence() {
        Parked moved = lot.park(key, looking());
        lot.requeueAll(key, target);
        lot.clock.advance(INTERVAL);
        moved.returnFromPark();
        assertEquals(0, lot.fences());
    }

    // ---- times

    /** Where a sum would overflow, and where it would be the value that means that nobody looks. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 5L, Long.MAX_VALUE, -3L, Long.MIN_VALUE, -(Long.MAX_VALUE >> 1)})
    void timesOfLooksAreRightWhateverTheClockShows(long start) {
        try (HandDrivenLot odd = new HandDrivenLot(1, new ManualClock(start))) {
            ScriptedCallbacks never = new ScriptedCallbacks().lookingAgain(Long.MAX_VALUE - 1L);
            Parked patient = odd.park(key, never);
            assertTrue(patient.sleepsUntil() - odd.clock.getAsLong() > Long.MAX_VALUE >> 2, "far ahead");
            Parked sooner = odd.park(key, new ScriptedCallbacks().lookingAgain(5L));
            assertEquals(odd.clock.in(5L), sooner.sleepsUntil());
            Parked later = odd.park(key, new ScriptedCallbacks().lookingAgain(7L));
            assertNull(later.sleepsUntil(), "the other looks sooner");
            odd.clock.advance(8L);
            sooner.returnFromPark();
            assertTrue(sooner.sleepsUntil() - odd.clock.getAsLong() > 0L);
        }
    }

    @Test
    void deadlineInThePastComesBeforeALookInCenturies() {
        long deadline = lot.clock.in(-100L);
        ScriptedCallbacks never = new ScriptedCallbacks().lookingAgain(Long.MAX_VALUE - 1L);
        assertEquals(deadline, lot.park(key, never, Patience.until(deadline)).sleepsUntil());
    }

    @Test
    void timeThatMeansNoLookIsTakenForTheNext() {
        try (HandDrivenLot odd = new HandDrivenLot(1, new ManualClock(-INTERVAL))) {
            Parked thread = odd.park(key, new ScriptedCallbacks().lookingAgain(INTERVAL));
            assertEquals(1L, thread.sleepsUntil());
        }
    }
}

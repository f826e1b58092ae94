package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ParkOptions#lookingAgain} promises. {@link DutyTest} has the corners of whose duty it is. */
class LookingAgainTest {
    private static final long INTERVAL = 1_000L;

    private final HandDrivenLot lot = new HandDrivenLot(4);
    private final Key key = Key.fresh();

    @AfterEach
    void nothingIsLeft() {
        lot.close();
    }

    private static ScriptedCallbacks looking() {
        return new ScriptedCallbacks().lookingAgain(INTERVAL);
    }

    private void assertOnDuty(Parked thread) {
        assertEquals(lot.clock.in(INTERVAL), thread.sleepsUntil());
    }

    private static void assertUndisturbed(Parked thread) {
        assertNull(thread.sleepsUntil());
        assertFalse(thread.isRoused());
    }

    // ---- the rounds

    @Test
    void validatesAgainAtIntervalsWithoutLosingItsPlace() {
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        Parked behind = lot.park(key);
        for (int round = 1; round <= 3; round++) {
            assertOnDuty(thread);
            lot.clock.advance(INTERVAL);
            thread.returnFromPark();
            lot.assertQueue(key, List.of(thread, behind));
            assertEquals(
                    1 + round,
                    callbacks.methods().stream().filter("validate"::equals).count());
        }
    }

    @Test
    void intervalsGrowByTheFactorUpToTheLongest() {
        Parked thread =
                lot.park(key, new ScriptedCallbacks().with(ParkOptions.NONE.lookingAgain(INTERVAL, 3, 20L * INTERVAL)));
        long[] intervals = {1L, 3L, 9L, 20L};
        for (int round = 0; round < 300; round++) { // more than a byte counts
            long interval = intervals[Math.min(round, 3)];
            assertEquals(lot.clock.in(interval * INTERVAL), thread.sleepsUntil());
            lot.clock.advance(interval * INTERVAL);
            thread.returnFromPark();
        }
    }

    // ---- with a fence in all other threads

    @Test
    void withTheFenceOneLookIsEnoughUntilTheNextThreadParks() {
        lot.giveFence();
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        Parked second = lot.park(key, looking());
        assertOnDuty(thread);
        assertEquals(0, lot.fences(), "not before it is needed");
        lot.clock.advance(INTERVAL);
        thread.returnFromPark();
        assertEquals(1, lot.fences());
        assertEquals(List.of("validate", "beforeSleep", "validate"), callbacks.methods());
        assertUndisturbed(thread);
        assertUndisturbed(second);
        Parked third = lot.park(key, looking());
        assertOnDuty(third);
        lot.clock.advance(INTERVAL);
        third.returnFromPark();
        assertUndisturbed(third);
        assertEquals(2, lot.fences());
    }

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theFenceIsForPlatformThreadsWhileVirtualThreadsLookAgainAndAgain(ThreadKind kind) {
        lot.giveFence();
        lot.backend.use(task -> kind.unstarted("driven", task));
        Parked thread = lot.park(key, looking());
        lot.clock.advance(INTERVAL);
        thread.returnFromPark();
        if (kind == ThreadKind.PLATFORM) {
            assertEquals(1, lot.fences());
            assertUndisturbed(thread);
            return;
        }
        for (int round = 1; round <= 3; round++) {
            assertEquals(0, lot.fences(), "a million of them would pay for a million fences");
            assertOnDuty(thread);
            lot.clock.advance(INTERVAL);
            thread.returnFromPark();
        }
    }

    @Test
    void whoParksWhileALookIsDueDoesNotRelyOnIt() {
        lot.giveFence();
        Parked thread = lot.park(key, looking());
        lot.clock.advance(INTERVAL);
        Parked second = lot.park(key, looking()); // the first may have executed its fence already
        assertOnDuty(second);
        thread.returnFromPark();
        assertUndisturbed(thread);
        assertOnDuty(second);
        Parked third = lot.park(key, looking());
        assertUndisturbed(third);
    }

    @Test
    void aReturnBeforeTheLookIsDueExecutesNoFence() {
        lot.giveFence();
        Parked thread = lot.park(key, looking());
        thread.returnFromPark();
        assertEquals(0, lot.fences());
    }

    @Test
    void withTheFenceWhoIsFoundInvalidLeavesAsWithout() {
        lot.giveFence();
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        callbacks.valid = false;
        lot.clock.advance(INTERVAL);
        assertSame(ParkResult.INVALID, thread.returnFromPark().result());
        assertEquals(1, lot.fences());
    }

    @Test
    void aFenceThatFailsLeavesItToTheNextLook() {
        Parked thread = lot.park(key, looking());
        for (int round = 1; round <= 3; round++) {
            lot.clock.advance(INTERVAL);
            thread.returnFromPark();
            assertEquals(round, lot.fences());
            assertOnDuty(thread);
        }
        lot.giveFence();
        lot.clock.advance(INTERVAL);
        thread.returnFromPark();
        assertUndisturbed(thread);
    }

    @Test
    void theFenceIsNotForThreadsThatAreNotOnDutyNorForThoseThatAreChosen() {
        Parked onDuty = lot.park(key, looking());
        Parked second = lot.park(key, looking());
        Parked other = lot.park(Key.fresh());
        lot.clock.advance(INTERVAL);
        second.returnFromPark();
        other.returnFromPark();
        lot.unparkOne(key, 3L);
        onDuty.returnFromPark();
        assertEquals(0, lot.fences());
    }

    @Test
    void whoInheritsTheDutyLooksOnceItself() {
        lot.giveFence();
        Parked first = lot.park(key, looking(), Patience.until(lot.clock.in(2L * INTERVAL)));
        Parked second = lot.park(key, looking());
        lot.clock.advance(INTERVAL);
        first.returnFromPark();
        lot.clock.advance(INTERVAL);
        assertEquals(ParkResult.Kind.TIMED_OUT, first.returnFromPark().result().kind());
        second.returnFromPark(); // nudged
        assertOnDuty(second);
        lot.clock.advance(INTERVAL);
        second.returnFromPark();
        assertUndisturbed(second);
        assertEquals(2, lot.fences());
    }

    @Test
    void beforeSleepRunsOnlyOnce() {
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        thread.returnFromPark().returnFromPark();
        assertEquals(List.of("validate", "beforeSleep", "validate", "validate"), callbacks.methods());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void threadThatFindsItselfInvalidLeavesAndTellsTimedOut(boolean alone) {
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        List<Parked> others = alone ? List.of() : List.of(lot.park(key));
        callbacks.valid = false;
        assertSame(ParkResult.INVALID, thread.returnFromPark().result());
        assertEquals(
                List.of(Call.validate(key), Call.beforeSleep(key), Call.validate(key), Call.timedOut(key, alone)),
                callbacks.calls);
        lot.assertQueue(key, others);
    }

    @Test
    void threadChosenMeanwhileIsUnparkedAndDoesNotAskAgain() {
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        lot.unparkOne(key, 3L);
        callbacks.valid = false;
        assertEquals(3L, thread.returnFromPark().result().unparkToken());
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
    }

    @Test
    void neverMeansNever() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks();
        Parked thread = lot.park(key, callbacks);
        assertUndisturbed(thread);
        callbacks.valid = false;
        assertTrue(thread.returnFromPark().isAsleep());
    }

    @Test
    void intervalOfCenturiesDoesNotOverflow() {
        ScriptedCallbacks callbacks = new ScriptedCallbacks().lookingAgain(ParkOptions.NEVER - 1L);
        Parked thread = lot.park(key, callbacks);
        assertTrue(thread.sleepsUntil() - lot.clock.getAsLong() > 0L);
    }

    @Test
    void whoeverParksAndLooksSoonerRelievesTheThreadOnDuty() {
        ScriptedCallbacks rarely = new ScriptedCallbacks().lookingAgain(10L * INTERVAL);
        Parked relieved = lot.park(key, rarely);
        Parked sooner = lot.park(key, looking());
        assertOnDuty(sooner);
        lot.clock.advance(INTERVAL - 1L);
        relieved.returnFromPark(); // its timer is still armed, so it wakes once more
        assertUndisturbed(relieved);
        rarely.valid = false;
        lot.clock.advance(1L);
        assertTrue(sooner.returnFromPark().isAsleep());
        assertOnDuty(sooner);
    }

    @Test
    void whoeverWouldLookLaterLeavesTheDutyWhereItIs() {
        Parked first = lot.park(key, looking());
        lot.clock.advance(1L);
        Parked second = lot.park(key, looking());
        assertEquals(lot.clock.in(INTERVAL - 1L), first.sleepsUntil());
        assertUndisturbed(second);
    }

    @Test
    void whoeverTakesTheDutyUpBeginsWithItsFirstInterval() {
        ParkOptions lessAndLessOften = ParkOptions.NONE.lookingAgain(INTERVAL, 2, 100L * INTERVAL);
        Parked first = lot.park(key, new ScriptedCallbacks().with(lessAndLessOften));
        for (int i = 0; i < 3; i++) {
            lot.clock.advance(INTERVAL << i);
            first.returnFromPark();
        }
        Parked second = lot.park(
                key, new ScriptedCallbacks().lookingAgain(INTERVAL - 1L), Patience.until(lot.clock.in(INTERVAL)));
        lot.clock.advance(INTERVAL);
        assertSame(ParkResult.TIMED_OUT, second.returnFromPark().result());
        first.returnFromPark();
        assertOnDuty(first);
    }

    @Test
    void sleepsUntilTheDeadlineIfThatComesFirst() {
        Parked thread = lot.park(key, looking(), Patience.until(lot.clock.in(INTERVAL - 1L)));
        assertEquals(lot.clock.in(INTERVAL - 1L), thread.sleepsUntil());
        lot.clock.advance(INTERVAL - 1L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void revalidatesBeforeALaterDeadlineAndStillTimesOutAtIt() {
        Parked thread = lot.park(key, looking(), Patience.until(lot.clock.in(INTERVAL + 1L)));
        assertOnDuty(thread);
        lot.clock.advance(INTERVAL);
        thread.returnFromPark();
        assertEquals(lot.clock.in(1L), thread.sleepsUntil());
        lot.clock.advance(1L);
        assertSame(ParkResult.TIMED_OUT, thread.returnFromPark().result());
    }

    @Test
    void interruptStillCounts() {
        Parked thread = lot.park(key, looking(), Patience.INTERRUPTIBLE);
        assertSame(ParkResult.INTERRUPTED, thread.interrupt().result());
    }

    // ---- whose duty it is

    @Test
    void onlyTheFirstThatFindsTheDutyFreeHasIt() {
        Parked first = lot.park(key, looking());
        Parked second = lot.park(key, looking());
        Parked third = lot.park(key, looking());
        assertOnDuty(first);
        assertUndisturbed(second);
        assertUndisturbed(third);
    }

    @Test
    void theFirstThatWantsItNeedNotBeTheFirstInTheQueue() {
        Parked uninterested = lot.park(key);
        Parked interested = lot.park(key, looking());
        assertUndisturbed(uninterested);
        assertOnDuty(interested);
    }

    @Test
    void eachKeyHasADutyOfItsOwn() {
        Key neighbour = Key.inOneBucket(1, 1).get(0);
        assertOnDuty(lot.park(key, looking()));
        assertOnDuty(lot.park(neighbour, looking()));
    }

    /** The ways in which a thread leaves by itself. */
    private enum Exit {
        TIMEOUT,
        INTERRUPT,
        INVALID,
        THROWABLE
    }

    @ParameterizedTest
    @EnumSource(Exit.class)
    void dutyOfAThreadThatLeavesByItselfPassesToTheNextThatMayLook(Exit exit) {
        ScriptedCallbacks callbacks = looking();
        ScriptedCallbacks heirs = looking();
        Parked leaver = lot.park(key, callbacks, Patience.interruptiblyUntil(lot.clock.in(INTERVAL)));
        Parked heir = lot.park(key, heirs);
        Parked other = lot.park(key, looking());
        switch (exit) {
            case TIMEOUT -> lot.clock.advance(INTERVAL);
            case INTERRUPT -> leaver.thread().interrupt();
            case INVALID -> callbacks.valid = false;
            case THROWABLE -> callbacks.on("validate", () -> Thrower.sneakily(new OutOfMemoryError("injected")));
        }
        leaver.returnFromPark();
        assertTrue(leaver.hasEnded());
        assertTrue(heir.isRoused(), "woken to take it up");
        assertUndisturbed(other);
        heir.returnFromPark();
        assertOnDuty(heir);
        assertEquals(List.of("validate", "beforeSleep", "validate"), heirs.methods(), "and looked at once");
        lot.assertQueue(key, List.of(heir, other));
    }

    @Test
    void threadNotOnDutyThatLeavesWakesNobody() {
        Parked onDuty = lot.park(key, looking());
        Parked leaver = lot.park(key, looking(), Patience.until(lot.clock.in(0L)));
        Parked other = lot.park(key, looking());
        leaver.returnFromPark();
        assertFalse(onDuty.isRoused());
        assertUndisturbed(other);
    }

    @Test
    void dutyOfAnUnparkedThreadIsFreeForTheNextThatParks() {
        Parked onDuty = lot.park(key, looking());
        Parked other = lot.park(key, looking());
        lot.unparkOne(key, 0L);
        onDuty.wokenResult();
        assertUndisturbed(other);
        Parked next = lot.park(key, looking());
        assertOnDuty(next);
        assertUndisturbed(other);
    }

    @Test
    void heirThatIsUnparkedBeforeItTakesTheDutyUpIsWokenAllTheSame() {
        Parked leaver = lot.park(key, looking(), Patience.until(lot.clock.in(0L)));
        Parked heir = lot.park(key, looking());
        leaver.returnFromPark();
        lot.unparkOne(key, 5L);
        assertEquals(5L, heir.wokenResult().unparkToken());
    }

    // ---- requeued threads

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requeuedThreadDoesNotLookAgainAnyMore(boolean sameKey) {
        Key target = sameKey ? key : Key.fresh();
        ScriptedCallbacks callbacks = looking();
        Parked thread = lot.park(key, callbacks);
        lot.requeueAll(key, target);
        callbacks.valid = false;
        lot.clock.advance(INTERVAL);
        thread.returnFromPark(); // it had set out to sleep until then
        assertUndisturbed(thread);
        assertEquals(List.of("validate", "beforeSleep"), callbacks.methods());
        lot.assertQueue(target, List.of(thread));
    }

    @Test
    void requeuedThreadLeavesItsDutyBehindForTheNextThatParks() {
        Key target = Key.fresh();
        Parked moved = lot.park(key, looking());
        lot.requeueAll(key, target);
        assertOnDuty(lot.park(key, looking()));
        assertOnDuty(lot.park(target, looking()));
        assertTrue(moved.returnFromPark().isAsleep());
        assertUndisturbed(moved);
    }

    @Test
    void requeuedThreadThatLeavesWakesNobody() {
        Key target = Key.fresh();
        Parked moved = lot.park(key, looking(), Patience.until(lot.clock.in(0L)));
        Parked behind = lot.park(key, looking());
        lot.requeueAll(key, target);
        moved.returnFromPark();
        assertTrue(moved.hasEnded());
        assertUndisturbed(behind);
    }
}

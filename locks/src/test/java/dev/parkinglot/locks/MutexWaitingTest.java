package dev.parkinglot.locks;

import static dev.parkinglot.locks.MutexProtocol.BRIEF;
import static dev.parkinglot.locks.MutexProtocol.FAIR;
import static dev.parkinglot.locks.MutexProtocol.PARKED;
import static dev.parkinglot.locks.MutexProtocol.SHARED;
import static dev.parkinglot.locks.MutexProtocol.SPINNING;
import static dev.parkinglot.locks.MutexProtocol.TIMED;
import static dev.parkinglot.locks.MutexProtocol.WAKE;
import static dev.parkinglot.locks.MutexProtocol.WOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkResult;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a {@link Mutex} waits and wakes: who is awake, who sleeps, and what an unlock does for those who sleep. States
 * that pass in nanoseconds are set by hand. An unlock that goes to the lot although nobody is queued takes PARKED away:
 * so a test sees whether it went.
 */
@ParameterizedClass
@EnumSource(
        value = MutexKind.class,
        names = {"PLAIN", "IN_BUFFER"})
@Concurrent
class MutexWaitingTest {
    /** A turn comes after half a millisecond, and a thread that is parked looks again after a whole one. */
    static final long MORE_THAN_A_TURN_TAKES = 600_000L;

    @Parameter
    private MutexKind kind;

    private MutualExclusionLock mutex;

    @BeforeEach
    void makeMutex() {
        mutex = kind.newMutex();
    }

    private void unlockWith(int flags) {
        mutex.lock();
        Probe.setFlags(mutex, flags);
        mutex.unlock();
        assertFalse(mutex.isLocked());
    }

    // ---- an unlock and the flags

    @ParameterizedTest
    @ValueSource(ints = {0, SHARED})
    void anUnlockLooksAfterThoseWhoAreParkedIfNobodyElseDoes(int besides) {
        unlockWith(PARKED | WAKE | besides);
        assertEquals(besides, Probe.flagsOf(mutex));
    }

    @ParameterizedTest
    @ValueSource(ints = {WOKEN, SPINNING, WOKEN | SPINNING, WOKEN | SHARED, SPINNING | SHARED})
    void anUnlockLeavesThemToAThreadThatIsAwake(int flags) {
        unlockWith(PARKED | flags);
        assertEquals(PARKED | flags, Probe.flagsOf(mutex));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, WOKEN, SPINNING})
    void unlockFairGoesToTheLotInAnyCase(int flags) {
        mutex.lock();
        Probe.setFlags(mutex, PARKED | flags | (flags == 0 ? WAKE : 0));
        mutex.unlockFair();
        assertEquals(flags, Probe.flagsOf(mutex));
    }

    /** Whoever is awake is in no queue, and has no more claim to the lock than the caller. */
    @ParameterizedTest
    @ValueSource(ints = {WOKEN, SPINNING})
    void unlockFairFreesTheLockIfThoseWhoWaitAreAwake(int awake) {
        mutex.lock();
        mutex.changeFlags(awake, 0);
        mutex.unlockFair();
        assertTrue(mutex.tryLock(), "the caller may take it back");
        mutex.changeFlags(0, awake);
        mutex.unlock();
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, WOKEN, SPINNING, WOKEN | SPINNING})
    void whoeverParksAsksForAWakeUnlessSomebodyIsOnTheWay(int promises) {
        Probe.setFlags(mutex, promises);
        mutex.markParked();
        assertEquals(PARKED | promises | (promises == 0 ? WAKE : 0), Probe.flagsOf(mutex));
        mutex.clearParkedUnless(false);
        assertEquals(promises, Probe.flagsOf(mutex));
    }

    // ---- failures

    @Test
    void aWakeThatIsLostIsPassedOn() {
        unlockWith(PARKED | WOKEN); // leaves those who are parked to the woken thread
        MutexProtocol.PARKING.wakeLost(mutex, CondvarLock.RETRY, new Error("which cannot come"));
        assertEquals(0, Probe.flagsOf(mutex));
    }

    /**
     * An exit that is under way may have seen the promise, and its release may not be visible yet: case 3 of {@link
     * MutexProtocol}.
     */
    @Test
    void aWakeThatIsLostIsPassedOnEvenIfTheLockAppearsToBeHeld() {
        mutex.lock();
        Probe.setFlags(mutex, PARKED | WOKEN);
        MutexProtocol.PARKING.wakeLost(mutex, CondvarLock.RETRY, new Error("which cannot come"));
        assertEquals(0, Probe.flagsOf(mutex));
        mutex.unlock();
    }

    @Test
    void aHandOverThatIsLostIsARelease() {
        mutex.lock(); // as if by hand-over
        Probe.setFlags(mutex, PARKED | WAKE);
        MutexProtocol.PARKING.wakeLost(mutex, CondvarLock.HANDOFF, new Error("the new holder cannot go on"));
        assertFalse(mutex.isLocked());
        assertEquals(0, Probe.flagsOf(mutex));
    }

    /** Its {@code base()}, which parking needs, fails once: not when it is asked whose turn it is, but after that. */
    private static final class FailingMutex extends Mutex {
        private int callsUntilFailure;

        @Override
        Object base() {
            if (callsUntilFailure > 0 && --callsUntilFailure == 0) {
                throw new Error("it cannot park");
            }
            return super.base();
        }
    }

    /** It has spun on behalf of those who are parked; an exit may have left them to it. */
    @Test
    void aThreadThatCannotParkWakesAnother() {
        FailingMutex failing = new FailingMutex();
        failing.lock();
        Probe.setFlags(failing, PARKED | WAKE);
        // A span asks where the lock is, too, and so does the check of the order in which locks are taken.
        failing.callsUntilFailure = 2 + (ParkingLot.isObserved() ? 1 : 0) + (Holders.RECORDED ? 1 : 0);
        assertThrows(Error.class, failing::lock);
        assertEquals(0, Probe.flagsOf(failing) & (PARKED | WAKE | SPINNING));
    }

    // ---- who runs after a wake

    @ParameterizedTest
    @ValueSource(ints = {0, BRIEF, SHARED, BRIEF | SHARED, FAIR, FAIR | SHARED})
    void theWakerLetsTheWokenThreadRunIfTheLockIsItsOrOthersWaitBehindItForALongHold(int flags) {
        UnparkResult wake = new UnparkResult(1, 0, true, false);
        UnparkResult onlyWake = new UnparkResult(1, 0, false, false);
        UnparkResult fairWake = new UnparkResult(1, 0, true, true);
        assertEquals((flags & SHARED) == 0 || (flags & FAIR) != 0, MutexPolicy.mayYield(flags));
        boolean goesOn = (flags & BRIEF) != 0 && (flags & FAIR) == 0;
        assertEquals(goesOn, MutexPolicy.isBetterOffRunning(flags, wake));
        assertEquals((flags & FAIR) == 0, MutexPolicy.isBetterOffRunning(flags, onlyWake));
        assertFalse(MutexPolicy.isBetterOffRunning(flags, fairWake));
    }

    @Test
    void anExitLooksForASuccessorUnlessConditionsAreUsed() {
        mutex.lock();
        assertTrue(MutexPolicy.isTakenOver(mutex));
        Probe.setFlags(mutex, SHARED);
        assertFalse(MutexPolicy.isTakenOver(mutex));
        mutex.unlock();
    }

    /** It leaves the queue to whoever holds the lock by now, and to a thread that is awake. */
    @ParameterizedTest
    @ValueSource(ints = {0, PARKED | WOKEN, PARKED | SPINNING, PARKED | WAKE})
    void anExitHasASuccessorIfTheLockIsHeldOrAThreadIsAwake(int flags) {
        boolean looks = Spinning.LOOKS_FOR_SUCCESSOR > 0;
        Probe.setFlags(mutex, flags);
        assertEquals(looks && (flags & WAKE) == 0, MutexPolicy.isTakenOver(mutex));
        mutex.lock();
        assertEquals(looks, MutexPolicy.isTakenOver(mutex));
        mutex.unlock();
    }

    // ---- promises

    @OnEachKind
    void aThreadThatParksHasTakenItsPromiseBack(TestThreads threads) {
        mutex.lock();
        // The second finds PARKED set, and so spins on behalf of the first until it gives up.
        Probe.queueUp(threads, mutex, 2, i -> () -> mutex.runLocked(() -> {}));
        assertEquals(PARKED | WAKE, Probe.flagsOf(mutex) & (PARKED | WAKE | WOKEN | SPINNING));
        mutex.unlock();
        threads.join();
        assertEquals(0, Probe.flagsOf(mutex) & (PARKED | WAKE | WOKEN | SPINNING));
    }

    @OnEachKind
    void aNewcomerParksAtOnceWhileAnotherSpinsForThoseWhoAreParked(TestThreads threads) {
        mutex.lock();
        Probe.setFlags(mutex, PARKED | SPINNING);
        Probe.queueUp(threads, mutex, 1, i -> () -> mutex.runLocked(() -> {}));
        assertEquals(PARKED | SPINNING, Probe.flagsOf(mutex), "it has promised nothing and taken nothing back");
        Probe.setFlags(mutex, PARKED | WAKE); // the other one gives up
        mutex.unlock();
        threads.join();
        Probe.assertIdle(mutex);
    }

    @OnEachKind
    void aWokenThreadThatAcquiresLeavesTheRestOfTheQueueToItsUnlock(TestThreads threads) {
        AtomicInteger entered = new AtomicInteger();
        mutex.lock();
        Probe.queueUp(threads, mutex, 3, i -> () -> {
            mutex.lock();
            entered.incrementAndGet();
            mutex.unlock();
        });
        mutex.unlock();
        threads.join();
        assertEquals(3, entered.get());
        Probe.assertIdle(mutex);
        assertEquals(0, Probe.flagsOf(mutex) & (PARKED | WOKEN | SPINNING | WAKE), "all promises are taken back");
    }

    @OnEachKind
    void aWokenThreadThatLosesTheRaceReturnsToTheFront(TestThreads threads) {
        mutex.lock();
        Thread[] queued = Probe.queueUp(threads, mutex, 2, i -> () -> mutex.runLocked(() -> {}));
        long parkedBefore = System.nanoTime();
        mutex.unparkOne(
                mutex, Mutex.QUEUE, (context, parkToken, result) -> CondvarLock.RETRY); // although the lock is held
        Probe.awaitQueue(mutex, queued);
        List<ParkedThread> waiters = ParkingLot.waiters(mutex.base(), mutex.offset() + CondvarLock.QUEUE);
        assertTrue(waiters.get(0).sinceNanos() - parkedBefore <= 0L, "it keeps its age");
        mutex.unlock();
        threads.join();
        Probe.assertIdle(mutex);
    }

    /** A newcomer spins for itself only if nobody is awake. One that was woken is awake itself, and spins on. */
    @ParameterizedTest
    @ValueSource(ints = {PARKED, PARKED | WOKEN, PARKED | SPINNING, PARKED | WOKEN | SPINNING})
    void aNewcomerSpinsForItselfOnlyIfNobodyIsAwake(int flags) {
        assertEquals(flags == PARKED, MutexPolicy.maySpinForItself(flags, false));
        assertTrue(MutexPolicy.maySpinForItself(flags, true));
    }

    /**
     * Counts how often its {@code base()} is asked for: by each park, and by each question whose turn it is. Where
     * holds are brief, a thread that spins while others are parked asks that question with every look.
     */
    private static final class CountingMutex extends Mutex {
        private int calls;

        @Override
        Object base() {
            calls++;
            return super.base();
        }

        /** The number of calls by a newcomer that spins if it may, parks, and finds its time over. */
        int callsOfANewcomer(int flags, long now) {
            Probe.setFlags(this, flags);
            calls = 0;
            assertEquals(WaitOutcome.TIMED_OUT, acquireSlow(Patience.until(now)));
            return calls;
        }
    }

    @Test
    void aNewcomerDoesNotSpinWhileAnotherSpinsForThoseWhoAreParked() {
        CountingMutex counting = new CountingMutex();
        counting.lock();
        int withoutQuestions = counting.callsOfANewcomer(PARKED | SPINNING, System.nanoTime());
        assertEquals(withoutQuestions, counting.callsOfANewcomer(PARKED | SPINNING | BRIEF, System.nanoTime()));
    }

    @Test
    void whereHoldsAreBriefWhoeverSpinsStopsWhenItIsSomebodysTurn() {
        CountingMutex counting = new CountingMutex();
        counting.lock();
        int withoutQuestions = counting.callsOfANewcomer(PARKED | SPINNING, System.nanoTime());
        int[] calls = new int[1];
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread parked = lot.start("parked", counting::lock);
            lot.clock().advance(MORE_THAN_A_TURN_TAKES);
            long now = lot.clock().getAsLong();
            lot.thread("newcomer", () -> calls[0] = counting.callsOfANewcomer(PARKED | WAKE | BRIEF, now));
            assertEquals(List.of(parked), lot.runAll());
        }
        int looks = Math.min(1, Spinning.rareLooks());
        assertEquals(withoutQuestions + 1 + looks, calls[0], "it asks before it spins, and with its first look");
    }

    /** As long as it has not gone for the lock, other unlocks leave those who are parked to it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUnlockSaysThatItHasWokenAThread(boolean withConditions) {
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread holder = lot.thread("holder", () -> {
                mutex.lock();
                if (withConditions) {
                    mutex.share();
                }
                lot.stop("holds");
                mutex.unlock();
            });
            holder.step();
            for (int i = 0; i < 2; i++) {
                lot.start("parked-" + i, () -> mutex.runLocked(() -> {}));
            }
            assertTrue(holder.run().hasEnded());
            assertFalse(mutex.isLocked());
            assertEquals(PARKED | WOKEN, Probe.flagsOf(mutex) & (PARKED | WAKE | WOKEN | SPINNING));
            assertEquals(List.of(), lot.runAll());
        }
        Probe.assertIdle(mutex);
    }

    // ---- measuring

    @Test
    void aMeasuredHoldThatIsShortMakesTheLockBriefAndALongOneDoesNot() {
        boolean foundBrief = false; // not each time: a hold in which the system stops this thread is long
        for (int i = 0; i < 100_000 && !foundBrief; i++) {
            mutex.lock();
            Probe.measureFromNow(mutex);
            mutex.unlock();
            assertEquals(0, Probe.flagsOf(mutex) & TIMED);
            foundBrief = (Probe.flagsOf(mutex) & BRIEF) != 0;
        }
        assertTrue(foundBrief);
        boolean foundLong = false;
        for (int i = 0; i < 100_000 && !foundLong; i++) {
            mutex.lock();
            Probe.measureFromNow(mutex);
            Spinning.pause(1_000L + i % 1_000L); // not a multiple of what the stamp wraps after
            mutex.unlock();
            foundLong = (Probe.flagsOf(mutex) & BRIEF) == 0;
        }
        assertTrue(foundLong);
    }

    @Test
    void aHoldIsBriefBelowAQuarterOfAMicrosecondWhereverTheStampWraps() {
        for (long start = 0L; start < 20_000L; start += 7L) {
            byte since = Spinning.stamp(start);
            assertTrue(Spinning.isBrief(since, start), "no time at all");
            assertTrue(Spinning.isBrief(since, start + 200L));
            assertFalse(Spinning.isBrief(since, start + 300L));
            assertFalse(Spinning.isBrief(since, start + 7_900L));
        }
    }

    /** The end of a hold ends its measurement, too. */
    @Test
    void aBumpThatFindsNobodyDoesNotEndTheHold() {
        mutex.lock();
        Probe.measureFromNow(mutex);
        mutex.bump();
        assertEquals(TIMED, Probe.flagsOf(mutex) & TIMED);
        mutex.unlock();
    }
}

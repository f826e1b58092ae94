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
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a {@link Mutex} waits and wakes: who is awake, who sleeps, and what an unlock does for those who sleep. States
 * that pass in nanoseconds are set by hand. An unlock that goes to the lot although nobody is queued takes PARKED away:
 * so a test sees whether it went.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
class MutexWaitingTest {
    /** A turn comes after half a millisecond, and a thread that is parked looks again after a whole one. */
    private static final long MORE_THAN_A_TURN_TAKES = 600_000L;

    private final MutualExclusionLock mutex = newMutex();

    MutualExclusionLock newMutex() {
        return new Mutex();
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

    /** Whoever is awake is in no queue, and has no more claim to the lock than the caller: a limit that is documented.
     * */
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

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void aThreadThatParksHasTakenItsPromiseBack(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            // The second finds PARKED set, and so spins on behalf of the first until it gives up.
            Probe.queueUp(threads, mutex, 2, i -> () -> {
                mutex.lock();
                mutex.unlock();
            });
            assertEquals(PARKED | WAKE, Probe.flagsOf(mutex) & (PARKED | WAKE | WOKEN | SPINNING));
            mutex.unlock();
        }
        assertEquals(0, Probe.flagsOf(mutex) & (PARKED | WAKE | WOKEN | SPINNING));
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void aNewcomerParksAtOnceWhileAnotherSpinsForThoseWhoAreParked(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.setFlags(mutex, PARKED | SPINNING);
            Probe.queueUp(threads, mutex, 1, i -> () -> {
                mutex.lock();
                mutex.unlock();
            });
            assertEquals(PARKED | SPINNING, Probe.flagsOf(mutex), "it has promised nothing and taken nothing back");
            Probe.setFlags(mutex, PARKED | WAKE); // the other one gives up
            mutex.unlock();
        }
        Probe.assertIdle(mutex);
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void aWokenThreadThatAcquiresLeavesTheRestOfTheQueueToItsUnlock(ThreadKind kind) {
        AtomicInteger entered = new AtomicInteger();
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Probe.queueUp(threads, mutex, 3, i -> () -> {
                mutex.lock();
                entered.incrementAndGet();
                mutex.unlock();
            });
            mutex.unlock();
        }
        assertEquals(3, entered.get());
        Probe.assertIdle(mutex);
        assertEquals(0, Probe.flagsOf(mutex) & (PARKED | WOKEN | SPINNING | WAKE), "all promises are taken back");
    }

    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void aWokenThreadThatLosesTheRaceReturnsToTheFront(ThreadKind kind) {
        try (TestThreads threads = new TestThreads(kind)) {
            mutex.lock();
            Thread[] queued = Probe.queueUp(threads, mutex, 2, i -> () -> {
                mutex.lock();
                mutex.unlock();
            });
            long parkedBefore = System.nanoTime();
            mutex.unparkOne(
                    mutex, Mutex.QUEUE, (context, parkToken, result) -> CondvarLock.RETRY); // although the lock is held
            Probe.awaitQueue(mutex, queued);
            List<ParkedThread> waiters = ParkingLot.waiters(mutex.base(), mutex.offset() + CondvarLock.QUEUE);
            assertTrue(waiters.get(0).sinceNanos() - parkedBefore <= 0L, "it keeps its age");
            mutex.unlock();
        }
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
                lot.start("parked-" + i, () -> {
                    mutex.lock();
                    mutex.unlock();
                });
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
        boolean foundBrief = false;
        for (int i = 0;
                i < 100_000 && !foundBrief;
                i++) { // a hold in which this thread was interrupted by the system is long
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

    // ---- turns

    /** Waits until it is the turn of whoever is parked for the lock: half a millisecond after it parked. */
    private void awaitTurn() {
        TestThreads.await("it is its turn", mutex::isTurnDue);
    }

    @Test
    void anUnlockHandsTheLockOverOnceItIsSomebodysTurn() {
        mutex.lock();
        try (TestThreads threads = new TestThreads()) {
            Thread parked = threads.start("parked", () -> {
                mutex.lock();
                assertFalse(mutex.tryLock(), "it is held, if only by this thread");
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, parked);
            awaitTurn();
            mutex.unlock();
            // Handed over, the lock was never free: so a thread that is always there cannot have got it in between.
            TestThreads.join(parked);
        }
        Probe.assertIdle(mutex);
    }

    @Test
    void onceItIsSomebodysTurnNobodySpinsOnBehalfOfTheParked() {
        boolean atFirst;
        boolean newcomer;
        boolean woken;
        mutex.lock();
        try (TestThreads threads = new TestThreads()) {
            Thread first = threads.start("first", () -> {
                mutex.lock();
                mutex.unlock();
            });
            Probe.awaitQueue(mutex, first);
            atFirst = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, false) || mutex.isTurnDue();
            awaitTurn();
            newcomer = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, false);
            woken = MutexPolicy.maySpinForParked(mutex, MutexProtocol.PARKED, true);
            mutex.unlock();
        }
        assertTrue(atFirst);
        assertFalse(newcomer);
        assertTrue(woken, "one that was woken does all the same");
        Probe.assertIdle(mutex);
    }

    /** Notes whether the lock was free when somebody asked for its {@code base()}, as before each look at the queue. */
    private static final class WatchedMutex extends Mutex {
        private boolean wasFree;

        @Override
        Object base() {
            wasFree |= !isLocked();
            return super.base();
        }
    }

    /** Were it free for a moment, a thread that comes in that moment could take the turn away. */
    @ParameterizedTest
    @ValueSource(longs = {0L, MORE_THAN_A_TURN_TAKES})
    void theLockIsNotFreeForAMomentIfItIsSomebodysTurn(long waited) {
        WatchedMutex watched = new WatchedMutex();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread holder = lot.thread("holder", () -> {
                watched.lock();
                lot.stop("holds");
                watched.unlock();
            });
            holder.step();
            lot.start("parked", watched::lock);
            lot.clock().advance(waited);
            watched.wasFree = false; // it was asked for its key before it was locked, if holders are recorded
            assertTrue(holder.run().hasEnded());
            assertEquals(waited == 0L, watched.wasFree);
            assertEquals(waited != 0L, watched.isLocked());
        }
    }

    /**
     * With conditions nobody yields after a wake, so a thread that frees the lock and tries it at once would get it in
     * some round.
     */
    @Test
    void whoseTurnItIsOwnsTheLockAsSoonAsItIsReleased() {
        assertIsHandedOverWhenItIsItsTurn(mutex, mutex::unlock);
    }

    /** An unlock that is late takes the lock again, in order to wake somebody, and hands it over just as well. */
    @Test
    void whoseTurnItIsOwnsTheLockAlsoIfItWasFreedBeforeTheWake() {
        Mutex neverLookedAt = new Mutex() { // else who is parked might find the lock free by itself in between
                    @Override
                    boolean mayOverlookWaiters() {
                        return false;
                    }
                };
        assertIsHandedOverWhenItIsItsTurn(neverLookedAt, () -> {
            Probe.unlockOverlookingWaiters(neverLookedAt);
            neverLookedAt.wakeOne();
        });
    }

    private static void assertIsHandedOverWhenItIsItsTurn(MutualExclusionLock mutex, Runnable release) {
        for (int round = 0; round < 50; round++) {
            mutex.lock();
            mutex.share();
            Probe.assertHandsOver(ThreadKind.PLATFORM, mutex, () -> {
                TestThreads.await("it is its turn", mutex::isTurnDue);
                release.run();
            });
        }
        Probe.assertIdle(mutex);
    }

    /** The rest of an unlock, when another thread holds the lock already: what is in the queue is left to that one. */
    @Test
    void withConditionsNobodyIsWokenWhileAnotherThreadHoldsTheLock() {
        mutex.lock();
        mutex.share();
        mutex.markParked();
        mutex.wakeOne();
        assertEquals(PARKED | WAKE | SHARED, Probe.flagsOf(mutex), "it has not been to the lot");
        mutex.unlock();
    }

    /** The order is forced: a thread says that it parks between the two looks of an unlock. */
    @Test
    void anUnlockLooksAgainAfterItHasFreedTheLock() {
        Mutex late = new Mutex() {
            @Override
            void setLockedRelease(byte value) {
                markParked();
                super.setLockedRelease(value);
            }
        };
        late.lock();
        late.unlock();
        assertEquals(0, Probe.flagsOf(late), "it has been to the lot, and found nobody");
        ReentrantMutex lateReentrant = new ReentrantMutex() {
            @Override
            void setLockedRelease(byte value) {
                markParked();
                super.setLockedRelease(value);
            }
        };
        lateReentrant.lock();
        lateReentrant.unlock();
        assertEquals(0, Probe.flagsOf(lateReentrant), "it has been to the lot, and found nobody");
    }

    /** The lock is free and a thread is parked for it, as between the two looks of an unlock. */
    @Test
    void whoeverGetsAFairLockPastTheParkedPassesItOnToThem() {
        FairMutex fair = new FairMutex();
        CountDownLatch tried = new CountDownLatch(1);
        fair.lock();
        try (TestThreads threads = new TestThreads()) {
            Thread parked = threads.start("parked", () -> {
                fair.lock();
                tried.await();
                fair.unlock();
            });
            Probe.awaitQueue(fair, parked);
            Probe.unlockOverlookingWaiters(fair);
            boolean taken = FairMutexQueue.tryAcquire(fair);
            if (taken) {
                fair.unlock();
            }
            tried.countDown();
            assertFalse(taken, "it was the turn of the one that is parked");
        }
        Probe.assertIdle(fair);
    }

    /** Two threads that pass the lock between them do not keep a third waiting: its turn comes. */
    @ParameterizedTest
    @MethodSource(Probe.THREAD_KINDS)
    void whoeverIsParkedGetsItsTurnThoughOthersAreAlwaysThere(ThreadKind kind) {
        int rounds = 200;
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        int hogs = 2;
        try (TestThreads threads = new TestThreads(kind)) {
            for (int i = 0; i < hogs; i++) {
                threads.start("hog-" + i, () -> {
                    while (turns.get() < rounds) {
                        mutex.lock();
                        mutex.unlock();
                        if (kind == ThreadKind.VIRTUAL) {
                            TestThreads.letOthersRun(); // or they would keep the carriers to themselves
                        }
                    }
                    done.incrementAndGet();
                });
            }
            threads.start("third", () -> {
                while (turns.get() < rounds) {
                    mutex.lock();
                    turns.incrementAndGet();
                    mutex.unlock();
                }
            });
        }
        assertEquals(hogs, done.get());
        Probe.assertIdle(mutex);
    }
}

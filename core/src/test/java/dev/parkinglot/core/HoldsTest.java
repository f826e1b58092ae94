package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The record of holds, and the owners that it shows to the JVM's own tools. */
class HoldsTest {
    private static final long ODD = 1L;
    private static final long EVEN = 2L;

    /** Keeps waiting whom its tokens say. */
    private record Mode(long parkTokens) implements HoldMode {
        @Override
        public boolean keepsWaiting(long parkToken) {
            return (parkTokens & parkToken) != 0L;
        }

        @Override
        public String purpose() {
            return "";
        }
    }

    private static final HoldMode ALL = new Mode(ODD | EVEN);
    private static final HoldMode ONLY_EVEN = new Mode(EVEN);

    private final Holds holds = new Holds();
    private final Object base = new Object();
    private final HeldByThread a = new HeldByThread(new Thread("a"));
    private final HeldByThread b = new HeldByThread(new Thread("b"));
    private final HeldByThread c = new HeldByThread(new Thread("c"));

    private void begin(HeldByThread by, HoldMode mode) {
        holds.begin(by, base, 0L, mode, false);
    }

    private boolean end(HeldByThread by, HoldMode mode) {
        return holds.end(by, base, 0L, mode);
    }

    // ---- owners

    @Test
    void theOwnerIsWhoeverHoldsTheLockNow() {
        OwnedLock lock = holds.await(base, 0L, ODD);
        assertNull(lock.owner());
        begin(a, ALL);
        assertSame(a.thread, lock.owner());
        assertTrue(end(a, ALL));
        assertNull(lock.owner(), "before it is released");
        begin(b, ALL);
        assertSame(b.thread, lock.owner());
    }

    @Test
    void whoComesToWaitSeesWhoHoldsItAlready() {
        begin(a, ALL);
        assertSame(a.thread, holds.await(base, 0L, ODD).owner());
        assertNull(holds.await(base, 1L, ODD).owner(), "another key");
        assertNull(holds.await(new Object(), 0L, ODD).owner(), "another object");
    }

    @Test
    void theOwnerIsOneThatKeepsTheWaitingThreadWaiting() {
        begin(a, ONLY_EVEN);
        OwnedLock odd = holds.await(base, 0L, ODD);
        OwnedLock even = holds.await(base, 0L, EVEN);
        assertNull(odd.owner());
        assertSame(a.thread, even.owner());
        begin(b, ALL);
        assertSame(b.thread, odd.owner());
        end(b, ALL);
        assertNull(odd.owner());
        assertSame(a.thread, even.owner());
    }

    @Test
    void ofSeveralHoldersOneIsTheOwnerAsLongAsThereIsOne() {
        OwnedLock lock = holds.await(base, 0L, ODD);
        begin(a, ALL);
        begin(b, ALL);
        begin(c, ALL);
        end(b, ALL);
        assertTrue(List.of(a.thread, c.thread).contains(lock.owner()));
        end(c, ALL);
        assertSame(a.thread, lock.owner());
        end(a, ALL);
        assertNull(lock.owner());
    }

    @Test
    void allWhoWaitForTheSameSeeTheSame() {
        OwnedLock first = holds.await(base, 0L, ODD);
        OwnedLock second = holds.await(base, 0L, ODD);
        assertSame(first, second);
        assertNotSame(first, holds.await(base, 0L, EVEN));
        holds.endAwait(first);
        begin(a, ALL);
        assertSame(a.thread, second.owner(), "one still waits");
        holds.endAwait(second);
        assertNotSame(first, holds.await(base, 0L, ODD), "nobody waited any more");
    }

    @Test
    void nobodyIsTheOwnerIfItIsNotKnownWhoseHoldHasEnded() {
        OwnedLock lock = holds.await(base, 0L, ODD);
        begin(a, ALL);
        begin(b, ALL);
        assertFalse(end(c, ALL));
        assertNull(lock.owner());
        begin(c, ALL);
        assertNull(lock.owner(), "one of the other two may not hold it any more");
        assertTrue(end(c, ALL));
        end(a, ALL);
        end(b, ALL);
        begin(b, ALL);
        assertSame(b.thread, lock.owner());
    }

    @Test
    void theOnlyHoldIsTheOneThatAnotherThreadEnds() {
        begin(a, ALL);
        begin(b, ONLY_EVEN);
        assertFalse(end(c, ALL));
        assertEquals(List.of(b.thread), holds.of(base, 0L, EVEN));
        assertTrue(a.isEmpty());
    }

    @Test
    void whoNoLongerWaitsLeavesTheOthersAsTheyWere() {
        HoldMode any = new Mode(7L);
        OwnedLock first = holds.await(base, 0L, 1L);
        OwnedLock second = holds.await(base, 0L, 2L);
        OwnedLock third = holds.await(base, 0L, 4L);
        holds.endAwait(second);
        begin(a, any);
        assertSame(a.thread, first.owner());
        assertSame(a.thread, third.owner());
        assertNull(second.owner(), "nobody waits for it");
        holds.endAwait(third);
        end(a, any);
        assertNull(first.owner());
        holds.endAwait(first);
        begin(a, any);
        assertNull(first.owner(), "nobody waits for it");
    }

    // ---- mistakes

    @Test
    void whoHasNoSuchHoldWouldEndThatOfAnother() {
        begin(a, ONLY_EVEN);
        assertNull(holds.somebodys(b, base, 0L, ALL), "in this mode nobody holds it");
        begin(a, ALL);
        assertSame(a.thread, holds.somebodys(b, base, 0L, ALL).by.thread);
        assertNull(holds.somebodys(a, base, 0L, ALL), "its own");
        begin(b, ALL);
        assertFalse(end(c, ALL));
        assertNull(holds.somebodys(c, base, 0L, ALL), "it is not known whose it would be");
    }

    /** Some thread whose holds are not taken for those of another that are missing. */
    static HeldByThread notTakenFor(HeldByThread other, Object base, HoldMode mode) {
        HeldByThread some = other;
        while (Holds.numberOf(some, base, 0L, mode) == Holds.numberOf(other, base, 0L, mode)) {
            some = new HeldByThread(new Thread("somebody"));
        }
        return some;
    }

    @Test
    void aHoldThatCouldNotBeNotedIsNotThatOfAnother() {
        OwnedLock lock = holds.await(base, 0L, ODD);
        holds.begin(Holds.NOBODY, base, 0L, ALL, false);
        begin(a, ALL);
        assertSame(a.thread, lock.owner());
        HeldByThread here = holds.here();
        assertNull(holds.somebodys(here, base, 0L, ALL), "its own");
        assertSame(a.thread, holds.somebodys(notTakenFor(here, base, ALL), base, 0L, ALL).by.thread);
        assertTrue(end(here, ALL), "its own");
        assertNull(lock.owner(), "perhaps it was taken for its own");
        begin(b, ALL);
        assertTrue(end(a, ALL) && end(b, ALL), "each still has its own");
        begin(a, ALL);
        assertSame(a.thread, lock.owner(), "all is known again");
        assertSame(a.thread, holds.somebodys(here, base, 0L, ALL).by.thread);
        assertFalse(end(here, ALL));
    }

    @Test
    void eachHoldThatCouldNotBeNotedCounts() {
        HeldByThread here = holds.here();
        holds.begin(Holds.NOBODY, base, 0L, ALL, false);
        holds.begin(Holds.NOBODY, base, 0L, ALL, false);
        begin(a, ALL);
        assertTrue(end(here, ALL));
        assertTrue(end(a, ALL));
        begin(a, ALL);
        assertNull(holds.somebodys(here, base, 0L, ALL), "the second one");
        assertTrue(end(here, ALL));
    }

    @Test
    void whoHoldsItInAnotherModeIsStillKnown() {
        begin(a, ONLY_EVEN);
        holds.begin(Holds.NOBODY, base, 0L, ALL, false);
        assertTrue(end(holds.here(), ALL));
        assertEquals(List.of(a.thread), holds.of(base, 0L, EVEN));
    }

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aThreadThatHasEndedWithAHoldIsReportedOnceAndALivingOneIsNot(ThreadKind kind) {
        CountDownLatch over = new CountDownLatch(1);
        List<LockReport> early;
        String shown;
        try (TestThreads threads = new TestThreads()) {
            Thread nameless = threads.start(task -> kind.unstarted("", task), over::await);
            holds.begin(new HeldByThread(nameless), base, 0L, ALL, true);
            early = Reports.endedHolders(holds.all());
            over.countDown();
            threads.join();
            shown = Deadlock.nameOf(nameless);
        }
        assertEquals(List.of(), early, "it may yet unlock");
        LockReport report = Reports.endedHolders(holds.all()).get(0);
        assertEquals(LockCheck.THREAD_END, report.check());
        assertEquals("\"" + shown + "\" has ended and still holds " + KeyNames.describe(base, 0L), report.message());
        assertEquals(1, report.places().size());
        assertEquals(List.of(), Reports.endedHolders(holds.all()), "once");
    }

    // ---- what is held

    @Test
    void eachHoldIsOneAndTheLatestOfThatModeEnds() {
        begin(a, ALL);
        begin(a, ALL);
        begin(a, ONLY_EVEN);
        assertEquals(3, holds.of(base, 0L, EVEN).size());
        assertEquals(2, holds.of(base, 0L, ODD).size());
        end(a, ALL);
        assertEquals(1, holds.of(base, 0L, ODD).size());
        assertEquals(2, holds.byThread().get(a.thread).size());
        end(a, ONLY_EVEN);
        end(a, ALL);
        assertTrue(a.isEmpty());
        assertEquals(List.of(), holds.all());
        assertFalse(end(a, ALL));
    }

    @Test
    void theDifferentHoldsOfAThreadEndInAnyOrder() {
        Object other = new Object();
        begin(a, ALL);
        holds.begin(a, other, 0L, ALL, false);
        holds.begin(a, other, 7L, ALL, false);
        assertTrue(holds.end(a, other, 0L, ALL));
        assertTrue(end(a, ALL));
        assertEquals(7L, holds.all().get(0).key.offset());
        assertTrue(holds.end(a, other, 7L, ALL));
        assertTrue(a.isEmpty());
    }

    @Test
    void aPlaceIsWhereTheHoldBegan() {
        holds.begin(a, base, 0L, ALL, true);
        Throwable place = holds.all().get(0).place;
        assertEquals("taken by \"a\" here", place.getMessage());
        assertTrue(List.of(place.getStackTrace()).stream()
                .anyMatch(frame -> frame.getMethodName().equals("aPlaceIsWhereTheHoldBegan")));
    }

    @Test
    void holdsOfManyThreadsAreNotMixedUp() {
        AtomicReference<OwnedLock> awaited = new AtomicReference<>(holds.await(base, 0L, ODD));
        try (TestThreads threads = new TestThreads()) {
            threads.start(4, "holder", () -> {
                for (int i = 0; i < 20_000; i++) {
                    HeldByThread here = holds.here();
                    holds.begin(here, base, 0L, ALL, false);
                    assertTrue(holds.of(base, 0L, ODD).contains(here.thread));
                    assertTrue(holds.end(here, base, 0L, ALL));
                    assertFalse(holds.of(base, 0L, ODD).contains(here.thread));
                    assertNotSame(here.thread, awaited.get().owner());
                }
            });
        }
        assertEquals(List.of(), holds.all());
        assertNull(awaited.get().owner());
    }
}

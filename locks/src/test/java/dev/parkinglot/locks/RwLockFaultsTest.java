package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThread.Position;
import dev.parkinglot.testkit.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link RwLock}: what is thrown in the middle of a call leaves neither a claim nor a thread behind. */
class RwLockFaultsTest {
    private final RwLock lock = new RwLock();
    private final IllegalStateException refusal = new IllegalStateException("on purpose");
    private final DrivenLot lot = new DrivenLot();

    @AfterEach
    void nothingIsLeft() {
        try {
            RwProbe.assertIdle(lock);
        } finally {
            lot.close();
        }
    }

    private static void assertEndsNormally(DrivenThread thread) {
        thread.awaitStill();
        if (!thread.hasEnded()) {
            thread.run();
        }
        assertEquals(null, thread.failure());
    }

    // ---- a writer drains, and the wake of a recursive reader that is parked behind it is refused

    private DrivenThread startReader() {
        return lot.start("reader", () -> {
            lock.lockRead();
            lot.stop("reads");
            lock.unlockRead();
        });
    }

    private DrivenThread startRecursiveReader() {
        return lot.start("recursive", () -> {
            lock.lockReadRecursive();
            lock.unlockRead();
        });
    }

    /** Lets the reader in, which was before the writer, and has the next wake fail. */
    private void releaseAndRefuseNextWake(DrivenThread reader) {
        lock.unlockWrite(); // wakes the reader and the writer
        reader.runUntil(Position.AT_LABEL);
        lot.throwNextAt(Fault.UNPARK, refusal);
    }

    @Test
    void writerGivesItsClaimBackIfARecursiveReaderCannotBeWoken() {
        lock.lockWrite();
        DrivenThread reader = startReader();
        DrivenThread writer = lot.start("writer", lock::lockWrite);
        DrivenThread recursive = startRecursiveReader();
        releaseAndRefuseNextWake(reader);
        writer.run();
        assertSame(refusal, writer.failure());
        assertFalse(lock.isWriteLocked());
        recursive.returnFromPark();
        assertTrue(recursive.hasEnded());
        reader.run();
    }

    /** It was signalled, and must have the lock again, whatever becomes of others. */
    @Test
    void awaitHoldsTheLockAgainAlthoughARecursiveReaderCannotBeWoken() {
        Condvar condvar = new Condvar();
        DrivenThread writer = lot.start("writer", () -> {
            lock.lockWrite();
            condvar.awaitUninterruptibly(lock);
            lock.unlockWrite();
        });
        lock.lockWrite();
        DrivenThread reader = startReader();
        assertTrue(condvar.signal());
        DrivenThread recursive = startRecursiveReader();
        releaseAndRefuseNextWake(reader);
        writer.runUntil(Position.AT_UNPARK).begin();
        while (RwProbe.has(lock, RwProbe.RECURSIVE) || lock.isWriteLocked()) {
            Thread.onSpinWait();
        }
        recursive.returnFromPark();
        reader.run();
        assertEndsNormally(writer);
    }

    /** Otherwise later releases would leave everybody to a writer that has gone. */
    @Test
    void wakeThatIsLostWithItsWriterIsNoLongerUnderWay() {
        lock.set(RwProbe.WOKEN);
        Access.WRITE.wakeLost(lock, CondvarLock.RETRY, refusal);
        assertEquals(0, RwProbe.rawState(lock));
    }

    // ---- who lets others have the lock for a while goes on as a holder

    /** There is no memory to park with, and so the thread tries until the other has left. */
    @ParameterizedTest
    @EnumSource(
            value = RwKind.class,
            names = {"READ", "UPGRADABLE", "WRITE"})
    void bumpHoldsTheLockAgainAlthoughItCannotPark(RwKind kind) {
        DrivenThread holder = lot.thread("holder", () -> {
            kind.lock(lock);
            lot.stop("holds");
            switch (kind) {
                case READ -> lock.bumpRead();
                case UPGRADABLE -> lock.bumpUpgradable();
                default -> lock.bumpWrite();
            }
            kind.unlock(lock);
        });
        holder.runUntil(Position.AT_LABEL);
        DrivenThread other = lot.start("other", () -> {
            lock.lockWrite();
            lock.unlockWrite();
        });
        holder.runUntil(Position.AT_PARK);
        lot.throwNextAt(Fault.NEW_PARKER, new OutOfMemoryError("on purpose"));
        holder.begin();
        other.run();
        assertEndsNormally(holder);
    }

    @Test
    void guardHoldsTheLockAgainAlthoughItCannotPark() {
        DrivenThread holder = lot.thread("holder", () -> {
            try (RwLockGuard guard = lock.read().guard()) {
                guard.unlocked(() -> lot.stop("unlocked"));
                assertEquals(1, RwProbe.readers(lock));
            }
        });
        holder.runUntil(Position.AT_LABEL);
        lock.lockWrite();
        holder.runUntil(Position.AT_PARK);
        lot.throwNextAt(Fault.NEW_PARKER, new OutOfMemoryError("on purpose"));
        holder.begin();
        lock.unlockWrite();
        assertEndsNormally(holder);
    }
}

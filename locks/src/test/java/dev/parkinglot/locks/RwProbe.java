package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.util.List;

/** What tests see of a readers-writer lock, and do to it, that users cannot: its two queues and its state. */
final class RwProbe {
    /** The queue of whoever cannot be admitted. */
    static final long MAIN = 0L;

    /** The queue of the writer that waits for the readers to leave. */
    static final long DRAIN = 1L;

    // The bits of the state, written down a second time: a test that took them from the lock could not see them change.
    static final int PARKED = 1;
    static final int DRAINING = 2;
    static final int RECURSIVE = 4;
    static final int UPGRADABLE = 8;
    static final int WRITER = 16;
    static final int ONE_READER = 32;
    static final int BIASED = 1 << 30;
    static final int ROW = 1 << 31;
    static final int MAX_READERS = 8_388_608;
    static final int WOKEN = 1 << 29;

    private RwProbe() {}

    /**
     * The state as it would be without bias: all readers are counted in it, wherever they are, and a wake under way is
     * left out.
     */
    static int state(ReadersWriterLock lock) {
        int row = rawState(lock) < 0 ? VisibleReaders.sum(VisibleReaders.rowOf(lock)) : 0;
        return (rawState(lock) & ~(WOKEN | BIASED | ROW)) + readHolds(row);
    }

    /** The state as it is. */
    static int rawState(ReadersWriterLock lock) {
        return lock.stateVolatile();
    }

    /** Sets the state of a lock that has no readers in its row; it is not biased any more. */
    static void setState(ReadersWriterLock lock, int state) {
        while (!lock.casState(rawState(lock), state)) {
            Thread.onSpinWait();
        }
    }

    /**
     * Makes readers count in the lock's row from now on, as if two had met; false if a writer is there, or was last.
     */
    static boolean bias(ReadersWriterLock lock) {
        if (VisibleReaders.rowOfOrNew(lock) == VisibleReaders.NO_ROW) {
            System.gc(); // the rows of earlier tests' locks are in the way
            return false;
        }
        return lock.startBias();
    }

    /** A lock whose readers count in its row until the first writer comes. */
    static RwLock biased() {
        while (true) {
            RwLock lock = new RwLock();
            if (bias(lock)) {
                return lock;
            }
        }
    }

    /**
     * Says that somebody is parked although nobody is, which is legal. A thread that parks and gives up takes the mark
     * away when it is the last to leave: so if the mark stands, nobody has been to the lot.
     */
    static void mark(ReadersWriterLock lock, int bits) {
        if ((bits & (WRITER | DRAINING)) != 0
                && (rawState(lock) & ROW) != 0) { // which a claimer sets, so no bias is left
            lock.revoke();
            lock.clear(BIASED | ROW);
        }
        lock.set(bits);
    }

    static boolean has(ReadersWriterLock lock, int bits) {
        return (state(lock) & bits) == bits;
    }

    /** What so many read holds are in the state. */
    static int readHolds(int count) {
        return count << 5;
    }

    static int readers(ReadersWriterLock lock) {
        return (state(lock) & ~(WOKEN | BIASED | ROW)) >>> 5;
    }

    /** The threads in one of the two queues, longest waiting first. */
    static List<Thread> queueOf(ReadersWriterLock lock, long queue) {
        return ParkingLot.waiters(lock.base(), lock.offset() + queue).stream()
                .map(ParkedThread::thread)
                .toList();
    }

    /** Waits until exactly these threads are in a queue, in this order. */
    static void awaitQueue(ReadersWriterLock lock, long queue, Thread... threads) {
        List<Thread> expected = List.of(threads);
        TestThreads.await(
                "queue " + queue + " is " + expected, () -> queueOf(lock, queue).equals(expected));
    }

    /** Waits until a thread is in a queue. */
    static void awaitQueued(ReadersWriterLock lock, long queue, Thread thread) {
        TestThreads.await(
                thread + " is in queue " + queue, () -> queueOf(lock, queue).contains(thread));
    }

    /**
     * Starts a thread, and returns when it is in a queue: so those that are started one by one are queued in that
     * order.
     */
    static Thread startQueued(
            TestThreads threads, ReadersWriterLock lock, long queue, String name, ThrowingRunnable body) {
        Thread thread = threads.start(name, body);
        awaitQueued(lock, queue, thread);
        return thread;
    }

    /**
     * Starts a thread that is queued with those that wait for the lock, and wants nothing. {@link #useUpFairness} wakes
     * it, if it is the first.
     */
    static Thread startDecoy(TestThreads threads, ReadersWriterLock lock) {
        return startQueued(
                threads, lock, MAIN, "decoy", () -> ParkingLot.park(lock.base(), lock.offset() + MAIN, () -> true));
    }

    /**
     * Wakes a decoy, so that the next release is less likely to be fair by chance, the bucket having just been fair.
     */
    static void useUpFairness(ReadersWriterLock lock) {
        ParkingLot.unparkOne(lock.base(), lock.offset() + MAIN);
    }

    /** Nobody holds the lock, nobody waits for it, and it does not believe that anybody does. */
    static void assertIdle(ReadersWriterLock lock) {
        assertAll(
                () -> assertEquals(0, state(lock), "state"),
                () -> assertEquals(0, rawState(lock) & WOKEN, "woken, and not arrived"),
                () -> assertEquals(List.of(), queueOf(lock, MAIN), "main queue"),
                () -> assertEquals(List.of(), queueOf(lock, DRAIN), "drain queue"));
    }
}

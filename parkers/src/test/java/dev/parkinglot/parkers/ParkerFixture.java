package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Parkers of a backend, and threads of a kind, that subclasses choose, and what tests do with them. */
abstract class ParkerFixture {
    final ParkerBackend backend;
    final ThreadKind kind;

    ParkerFixture(ParkerBackend backend, ThreadKind kind) {
        this.backend = backend;
        this.kind = kind;
    }

    /** The two ways to wait for something other than a deadline. */
    enum Wait {
        ENDLESS {
            @Override
            boolean on(ThreadParker parker, boolean interruptible) {
                return parker.park(interruptible);
            }
        },
        TIMED {
            @Override
            boolean on(ThreadParker parker, boolean interruptible) {
                return parker.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), interruptible);
            }
        };

        abstract boolean on(ThreadParker parker, boolean interruptible);
    }

    final boolean sleeps() {
        return !backend.name().equals("spin");
    }

    interface OwnersPart {
        void run(ThreadParker parker);
    }

    interface ParkersPart {
        boolean park(ThreadParker parker);
    }

    /** For what one thread can show alone: it is the owner and, where the order is fixed, also the waker. */
    final void onOwnThread(OwnersPart part) {
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("owner", () -> part.run(backend.newParker(null)));
        }
    }

    /** Parks while the thread is interrupted, which does not count here; returns whether it was unparked. */
    static boolean keepsTheInterrupt(ThreadParker parker, Wait wait) {
        boolean unparked = wait.on(parker, false);
        assertTrue(Thread.interrupted(), "the flag is restored");
        return unparked;
    }

    /** A thread that prepares its parker and parks once; it is itself the blocker. */
    final class Sleeper implements AutoCloseable {
        final Thread thread;
        private final TestThreads threads = new TestThreads(kind);
        volatile ThreadParker parker;
        private volatile Boolean returned;

        Sleeper(ParkersPart part) {
            this(task -> kind.unstarted("sleeper", task), part);
        }

        Sleeper(ThreadFactory factory, ParkersPart part) {
            thread = threads.start(factory, () -> {
                ThreadParker mine = backend.newParker(this);
                mine.preparePark();
                parker = mine;
                returned = part.park(mine);
            });
            TestThreads.await("the parker is prepared", () -> parker != null);
        }

        /** Nothing depends on it being asleep, but without it the tests would seldom see a thread that is. */
        void awaitAsleep() {
            TestThreads.await("asleep", () -> TestThreads.isAsleep(thread) || !thread.isAlive());
        }

        boolean hasReturned() {
            return returned != null;
        }

        /** Nothing depends on the delay, but without it a thread that should stay could seldom do otherwise. */
        void assertStaysAsleep() {
            LockSupport.parkNanos(Delays.SHORT_DELAY.toNanos());
            awaitAsleep();
            assertFalse(hasReturned());
        }

        void wake() {
            parker.unparkLock().unpark();
        }

        boolean result() {
            threads.join();
            return returned;
        }

        /** Whatever has happened so far. */
        void assertOnlyAWakeEndsIt() {
            assertStaysAsleep();
            wake();
            assertTrue(result());
        }

        @Override
        public void close() {
            wake();
            threads.close();
        }
    }

    static final class RoundTrip {
        ThreadParker parker;
        int prepared;
        int data;
    }

    static void awaitPrepared(RoundTrip trip, int round) {
        TestThreads.await("round " + round + " is prepared", () -> {
            synchronized (trip) {
                return trip.prepared == round;
            }
        });
    }

    final ThreadParker prepareNext(RoundTrip trip) {
        ThreadParker parker = backend.newParker(null);
        synchronized (trip) {
            parker.preparePark();
            trip.parker = parker;
            trip.prepared++;
        }
        return parker;
    }

    /** Chooses the owner under the lock of the queue, and wakes it outside, once it has prepared the next round. */
    static void wakeInTurn(RoundTrip trip, int rounds) {
        for (int round = 1; round <= rounds; round++) {
            awaitPrepared(trip, round);
            trip.data = round;
            UnparkHandle handle;
            synchronized (trip) {
                handle = trip.parker.unparkLock();
            }
            handle.unpark();
        }
    }

    static boolean parkOnce(ThreadParker parker, int round) {
        return round % 3 == 0
                ? parker.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), round % 2 == 0)
                : parker.park(round % 2 == 0);
    }

    static Stream<Wait> waits() {
        return Stream.of(Wait.ENDLESS, Wait.TIMED);
    }
}

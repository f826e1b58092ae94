package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads that have reached the end of their stack call every operation of the lot, again and again on their way back,
 * until each has returned once. So every operation meets the end at every depth. What fails may only fail as a whole:
 * afterwards no bucket is locked, nobody is forgotten, and nobody was chosen by an operation that has thrown.
 *
 * <p>The distance to the end is varied in steps of 16 bytes, by frames that are larger by so much. Meanwhile others use
 * the same keys, so that buckets are contended, and wait on them, some on virtual threads, whose waking takes the most
 * stack.
 */
class FullStackTest {
    private static final int STACK_BYTES = 256 * 1024;
    private static final int KEYS = 3;
    private static final int ROUNDS = 48;

    private static final ParkCallbacks<Victim> VALID = (victim, token) -> true;

    private static final UnparkCallback<Victim> COUNTING = (victim, token, result) -> {
        if (result.unparkedThreads() != 0) {
            victim.chose = true;
        }
        return 0L;
    };

    private static final ParkTokenFilter<Victim> ALL = (victim, token) -> FilterOp.UNPARK;

    private static final RequeueCallbacks<Victim> REQUEUE = new RequeueCallbacks<>() {
        @Override
        public RequeueOp validate(Victim victim) {
            return RequeueOp.UNPARK_ONE_REQUEUE_REST;
        }

        @Override
        public long unparking(Victim victim, RequeueOp op, long token, UnparkResult result) {
            if (result.unparkedThreads() != 0) {
                victim.chose = true;
            }
            return 0L;
        }
    };

    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    private final KeyedLot lot = KeyedLot.real(2);
    private final List<Object> bases = List.of(new Object(), new Object(), new Object());
    private volatile boolean stop;

    /** A thread that goes to the end of its stack and back. */
    private static final class Victim implements Runnable {
        private static final int OPERATIONS = 7;

        private final FullStackTest test;
        private final int wideFrames;
        private final boolean[] done = new boolean[OPERATIONS];
        private int left = OPERATIONS;

        /** How many attempts have failed. */
        int failures;

        /** Whether a callback was told that threads are woken; set without a call. */
        boolean chose;

        /** How many attempts have failed after that. */
        int failuresTooLate;

        Throwable failure;

        Victim(FullStackTest test, int wideFrames) {
            this.test = test;
            this.wideFrames = wideFrames;
        }

        @Override
        public void run() {
            try {
                descend(wideFrames, 1L);
                attemptAll(); // with an empty stack
            } catch (Throwable e) {
                failure = e;
            }
        }

        private long descend(int wide, long salt) {
            try {
                if (wide > 0) {
                    descendWide(wide, salt, salt + 1L);
                } else {
                    descend(0, salt);
                }
            } catch (StackOverflowError e) {
                // the end, or an attempt in a frame below that had no room to begin
            }
            if (left > 0) {
                attemptAll();
            }
            return salt;
        }

        /** With a larger frame. */
        private long descendWide(int wide, long salt, long pepper) {
            return descend(wide - 1, salt) + pepper;
        }

        private void attemptAll() {
            for (int i = 0; i < OPERATIONS; i++) {
                if (!done[i]) {
                    attempt(i);
                }
            }
        }

        private void attempt(int operation) {
            chose = false;
            try {
                perform(operation);
                done[operation] = true;
                left--;
            } catch (StackOverflowError e) {
                failures++;
                failuresTooLate += chose ? 1 : 0;
            }
        }

        private void perform(int operation) {
            Lot lot = test.lot.lot;
            Object base = test.bases.get(operation % KEYS);
            switch (operation) {
                case 0 -> lot.parking.park(base, 0L, this, VALID, ParkOptions.NONE, 0L, EXPIRED);
                case 1 -> lot.unparking.unpark(base, 0L, 1, this, null, COUNTING);
                case 2 -> lot.unparking.unpark(base, 0L, Integer.MAX_VALUE, this, null, COUNTING);
                case 3 -> lot.unparking.unpark(base, 0L, Integer.MAX_VALUE, this, ALL, COUNTING);
                case 4 -> lot.unparking.requeue(base, 0L, test.bases.get(2), 0L, this, REQUEUE);
                case 5 -> lot.inspection().waiters(base, 0L);
                default -> lot.inspection().snapshot();
            }
        }
    }

    private static final Patience EXPIRED = Patience.until(System.nanoTime());

    private Key key(int number) {
        return new Key(bases.get(number % KEYS), 0L);
    }

    /** Waits again and again, without a deadline: a wake that is lost keeps it from ending. */
    private void waitUntilStopped(Key key) {
        while (!stop) {
            lot.parkHere(key, Patience.ENDLESS);
        }
    }

    /** Keeps the buckets busy. */
    private void useUntilStopped() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!stop) {
            Key key = key(random.nextInt(KEYS));
            switch (random.nextInt(4)) {
                case 0 -> lot.unparkOne(key, KeyedLot.NO_TOKEN);
                case 1 -> lot.requeue(key, key(random.nextInt(KEYS)), new FixedRequeue(RequeueOp.REQUEUE_ONE));
                case 2 -> lot.parkHere(key, Patience.until(System.nanoTime() + 20_000L));
                default -> lot.parkHere(key, Patience.until(System.nanoTime()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void operationThatMeetsTheEndOfTheStackHasNotBegunOrIsCompleted(ThreadKind kind) {
        ParkingLot.prepare(); // so that nothing is loaded at the end of a stack
        List<Victim> victims = new ArrayList<>();
        try (TestThreads users = new TestThreads()) {
            users.start("user", this::useUntilStopped);
            try (TestThreads waiters = new TestThreads();
                    TestThreads lightWaiters = new TestThreads(kinds().get(kinds().size() - 1))) {
                for (int i = 0; i < KEYS; i++) {
                    Key key = key(i);
                    waiters.start("waiter", () -> waitUntilStopped(key));
                    lightWaiters.start("light waiter", () -> waitUntilStopped(key));
                }
                for (int i = 0; i < 100; i++) {
                    new Victim(this, 0).attemptAll();
                    TestThreads.letOthersRun();
                }
                for (int round = 0; round < ROUNDS; round++) {
                    Victim victim = new Victim(this, round % 32);
                    victims.add(victim);
                    runToTheEnd(kind, victim);
                }
                stop = true;
                awaitEnd(waiters, lightWaiters);
            } finally {
                stop = true;
            }
        }
        int failures = 0;
        for (Victim victim : victims) {
            assertSame(null, victim.failure, () -> "only for want of stack: " + victim.failure);
            assertEquals(0, victim.failuresTooLate, "nobody is chosen by an operation that throws");
            assertEquals(0, victim.left, "with stack enough everything works");
            failures += victim.failures;
        }
        assertNotEquals(0, failures, "the premise: they have met the end");
        lot.checkInvariants();
        Invariants.checkNobodyIsInside();
        assertEquals(List.of(), lot.snapshot());
        for (int i = 0; i < KEYS; i++) {
            assertStrangersCanUse(key(i));
        }
    }

    private static void runToTheEnd(ThreadKind kind, Victim victim) {
        if (kind == ThreadKind.PLATFORM) {
            Thread thread = new Thread(null, victim, "victim", STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            TestThreads.join(thread);
        } else {
            try (TestThreads threads = new TestThreads(kind)) {
                threads.start("victim", victim::run);
            }
        }
    }

    /** Wakes whoever is in a queue, until all have seen that they should stop. */
    private void awaitEnd(TestThreads waiters, TestThreads lightWaiters) {
        try (TestThreads waker = new TestThreads()) {
            AtomicBoolean ended = new AtomicBoolean();
            waker.start("waker", () -> {
                while (!ended.get()) {
                    for (int i = 0; i < KEYS; i++) {
                        lot.unparkAll(key(i), 0L);
                    }
                    TestThreads.letOthersRun();
                }
            });
            try {
                waiters.join();
                lightWaiters.join();
            } finally {
                ended.set(true);
            }
        }
    }

    private void assertStrangersCanUse(Key key) {
        assertSame(ParkResult.TIMED_OUT, lot.parkHere(key, Patience.until(System.nanoTime())));
        try (TestThreads threads = new TestThreads()) {
            threads.start("stranger", () -> {
                Patience patience = Patience.until(System.nanoTime() + Delays.LONG_DELAY.toNanos());
                assertTrue(lot.parkHere(key, patience).isUnparked());
            });
            TestThreads.await(
                    "the stranger is woken", () -> lot.unparkOne(key, 0L).unparkedThreads() == 1);
        }
    }

    // ---- the lock of a bucket

    private static final class Lock extends WordLock {
        Lock() {
            super(false);
        }
    }

    /** A thread that goes to the end of its stack and, on its way back, locks and unlocks in every frame. */
    private static final class Unlocker implements Runnable {
        private final Lock lock;
        private final int wideFrames;
        private int left;

        Unlocker(Lock lock, int wideFrames) {
            this.lock = lock;
            this.wideFrames = wideFrames;
        }

        @Override
        public void run() {
            for (int i = 0; i < 20; i++) {
                left = 200;
                descend(wideFrames, 1L);
            }
        }

        private long descend(int wide, long salt) {
            try {
                if (wide > 0) {
                    descendWide(wide, salt, salt + 1L);
                } else {
                    descend(0, salt);
                }
            } catch (StackOverflowError e) {
                // the end
            }
            if (left > 0) {
                lockAndUnlock();
            }
            return salt;
        }

        private long descendWide(int wide, long salt, long pepper) {
            return descend(wide - 1, salt) + pepper;
        }

        private void lockAndUnlock() {
            if (lock.tryLock()) {
                try {
                    lock.unlock();
                    left--;
                } catch (StackOverflowError e) {
                    lock.state = WordLock.FREE; // as those do who unlock without having made sure of their stack
                }
            }
        }
    }

    /**
     * A wake that fails half-way is worse than none: the scheduler may take a virtual thread for one that has been
     * woken, and never run it again.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void unlockAtTheEndOfTheStackDoesNotKeepAWaiterFromLookingByItself(ThreadKind waiterKind) {
        ParkingLot.prepare();
        for (int round = 0; round < 32; round++) {
            Lock lock = new Lock();
            AtomicBoolean done = new AtomicBoolean();
            try (TestThreads waiters = new TestThreads(waiterKind)) {
                waiters.start(2, "waiter", () -> {
                    while (!done.get()) {
                        lock.lock();
                        for (int i = 0; i < 50; i++) {
                            Thread.onSpinWait();
                        }
                        lock.unlock();
                    }
                });
                Thread unlocker = new Thread(null, new Unlocker(lock, round), "unlocker", STACK_BYTES);
                unlocker.setDaemon(true);
                unlocker.start();
                try {
                    TestThreads.join(unlocker);
                } finally {
                    done.set(true);
                }
            }
            assertFalse(lock.isHeld());
        }
    }
}

package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackend;
import dev.parkinglot.parkers.ThreadParker;
import dev.parkinglot.parkers.UnparkHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Guards the cost contract of {@link ParkingLot}: what an operation costs must not depend on how many threads wait.
 *
 * <p>The waiters are real queue nodes that nobody sleeps on (their parkers do nothing), so that a hundred thousand of
 * them fit on any machine and the figures show the table alone, not the scheduler. Every operation leaves the number of
 * waiters as it was.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GrowthBenchmark {
    /** How the waiters are spread over keys. */
    public enum Layout {
        /** All wait on the key that the operations use. */
        ONE_KEY,
        /** Each waits on a key of its own; the table has grown accordingly. */
        MANY_KEYS,
        /** Half wait on the key that the operations use, half on another of the same bucket. */
        TWO_KEYS_IN_ONE_BUCKET
    }

    @Param({"ONE_KEY", "MANY_KEYS", "TWO_KEYS_IN_ONE_BUCKET"})
    public Layout layout;

    @Param({"10", "1000", "100000"})
    public int waiters;

    private static final ParkCallbacks<Object> ALWAYS = (context, parkToken) -> true;
    private static final UnparkCallback<Object> NO_TOKEN =
            (context, parkToken, result) -> ParkingLot.DEFAULT_UNPARK_TOKEN;
    private static final RequeueCallbacks<Object> ROTATE = new RequeueCallbacks<>() {
        @Override
        public RequeueOp validate(Object context) {
            return RequeueOp.REQUEUE_ONE;
        }

        @Override
        public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
            return ParkingLot.DEFAULT_UNPARK_TOKEN;
        }
    };

    private Object key;
    private Lot lot;
    private Patience expired;

    /** The waiters of the key in queue order, from {@link #front} on, round and round. */
    private List<WaitingThread> queue;

    private int front;

    @Setup(Level.Trial)
    public void enqueueWaiters() {
        key = new Object();
        expired = Patience.until(System.nanoTime());
        lot = newLot(layout == Layout.TWO_KEYS_IN_ONE_BUCKET ? 1 : 64);
        Object stranger = new Object();
        queue = new ArrayList<>();
        front = 0;
        for (int i = 0; i < waiters; i++) {
            boolean onKey = switch (layout) {
                case ONE_KEY -> true;
                case MANY_KEYS -> i == 0;
                case TWO_KEYS_IN_ONE_BUCKET -> i % 2 == 0;
            };
            WaitingThread waiter = newWaiter();
            if (onKey) {
                queue.add(waiter);
            }
            Object waitedFor = onKey ? key : layout == Layout.MANY_KEYS ? new Object() : stranger;
            enqueue(lot, waiter, waitedFor);
        }
    }

    /** A thread that enters the queue and leaves it at once, because its deadline has passed. */
    @Benchmark
    public ParkResult enqueueAndTimeOut() {
        return lot.parking.park(key, 0L, key, ALWAYS, ParkOptions.NONE, ParkingLot.DEFAULT_PARK_TOKEN, expired);
    }

    /** The same with a pending interrupt as the reason to leave. */
    @Benchmark
    public ParkResult enqueueAndInterrupt() {
        Thread.currentThread().interrupt();
        return lot.parking.park(
                key, 0L, key, ALWAYS, ParkOptions.NONE, ParkingLot.DEFAULT_PARK_TOKEN, Patience.INTERRUPTIBLE);
    }

    /**
     * Wakes the first, learns whether there are more, and enqueues it again at the end. The same node, since what a
     * hundred thousand young objects cost the garbage collector is not what is asked here.
     */
    @Benchmark
    public UnparkResult unparkOneAndEnqueue() {
        UnparkResult result = lot.unparking.unpark(key, 0L, 1, key, null, NO_TOKEN);
        queue.get(front).chosen = false;
        enqueue(lot, queue.get(front), key);
        front = front + 1 == queue.size() ? 0 : front + 1;
        return result;
    }

    /** Moves the first to the end. */
    @Benchmark
    public UnparkResult requeueOne() {
        return lot.unparking.requeue(key, 0L, key, 0L, key, ROTATE);
    }

    static Lot newLot(int tableSize) {
        return new Lot(tableSize, thread -> SLEEPLESS, System::nanoTime, () -> false);
    }

    static WaitingThread newWaiter() {
        return new WaitingThread(Thread.currentThread(), NO_SLEEP, ParkingLot.DEFAULT_PARK_TOKEN, System.nanoTime());
    }

    static void enqueue(Lot lot, WaitingThread waiter, Object key) {
        lot.parking.enqueueIfValid(waiter, key, 0L, key, ALWAYS, ParkOptions.NONE);
    }

    private static final ThreadParker NO_SLEEP = new ThreadParker() {
        @Override
        public void preparePark() {}

        @Override
        public boolean timedOut() {
            return true;
        }

        @Override
        public boolean park(boolean interruptible) {
            return false;
        }

        @Override
        public boolean parkUntil(long deadlineNanos, boolean interruptible) {
            return false;
        }

        @Override
        public UnparkHandle unparkLock() {
            return UnparkHandle.NONE;
        }

        @Override
        public UnparkHandle nudgeLock() {
            return UnparkHandle.NONE;
        }
    };

    private static final ParkerBackend SLEEPLESS = new ParkerBackend() {
        @Override
        public String name() {
            return "sleepless";
        }

        @Override
        public ThreadParker newParker(Object blocker) {
            return NO_SLEEP;
        }
    };

    /** All waiters of one key time out, in an order that has nothing to do with that of the queue. Per waiter. */
    @State(Scope.Thread)
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    @Fork(3)
    @Warmup(iterations = 5)
    @Measurement(iterations = 10)
    public static class MassTimeout {
        @Param({"10", "1000", "10000", "100000"})
        public int waiters;

        private Object key;
        private Lot lot;
        private List<WaitingThread> leaving;
        private Patience expired;

        @Setup(Level.Invocation)
        public void enqueueWaiters() {
            key = new Object();
            lot = newLot(64);
            expired = Patience.until(System.nanoTime());
            leaving = new ArrayList<>();
            for (int i = 0; i < waiters; i++) {
                WaitingThread waiter = newWaiter();
                enqueue(lot, waiter, key);
                leaving.add(waiter);
            }
            Collections.shuffle(leaving, new Random(42));
        }

        @Benchmark
        public int allTimeOut() {
            int timedOut = 0;
            for (WaitingThread waiter : leaving) {
                if (lot.parking.sleep(waiter, key, ALWAYS, ParkOptions.NONE, expired) == ParkResult.TIMED_OUT) {
                    timedOut++;
                }
            }
            return timedOut;
        }
    }
}

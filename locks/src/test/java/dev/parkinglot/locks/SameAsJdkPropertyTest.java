package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Random sequences of operations by three threads, on the JDK's lock and on ours: after every step each thread must be
 * at the same place, with the same result, and every query must give the same answer.
 */
class SameAsJdkPropertyTest {
    private static final int THREADS = 3;

    /** An operation of a thread. */
    record Step<O>(int thread, O op, boolean interruptPending) {}

    private static <O> Arbitrary<List<Step<O>>> stepsOf(O[] ops) {
        Arbitrary<Boolean> seldom =
                Arbitraries.frequency(net.jqwik.api.Tuple.of(9, false), net.jqwik.api.Tuple.of(1, true));
        return Combinators.combine(Arbitraries.integers().between(0, THREADS - 1), Arbitraries.of(ops), seldom)
                .as((thread, op, pending) -> new Step<>(thread, op, pending))
                .list()
                .ofMinSize(20)
                .ofMaxSize(60);
    }

    // ---- the lock

    enum LockOp {
        LOCK,
        LOCK_INTERRUPTIBLY,
        TRY_LOCK,
        TRY_LOCK_NO_TIME,
        TRY_LOCK_LONG,
        UNLOCK,
        UNLOCK_AGAIN,
        AWAIT_A,
        AWAIT_UNINTERRUPTIBLY_A,
        AWAIT_B,
        AWAIT_NO_TIME_B,
        SIGNAL_A,
        SIGNAL_ALL_A,
        SIGNAL_B,
        INTERRUPT
    }

    @Provide
    Arbitrary<List<Step<LockOp>>> lockSteps() {
        return stepsOf(LockOp.values());
    }

    // Without shrinking: a run that never settles costs a long delay before it counts as wrong.
    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void aReentrantLockDoesWhatTheJdksDoes(
            @ForAll("lockSteps") List<Step<LockOp>> steps, @ForAll boolean fair, @ForAll ThreadKind kind) {
        assertSameTraces(fair ? steps : byTwoThreads(steps), kind, origin -> LockUnderTest.of(origin.newLock(fair)));
    }

    /**
     * Of an unfair lock the order is open: of two in the queue, the one that is on duty to look again may find the lock
     * free before the one that has been woken for it does. So there must not be two.
     */
    private static <O> List<Step<O>> byTwoThreads(List<Step<O>> steps) {
        return steps.stream()
                .map(step -> new Step<>(step.thread() % 2, step.op(), step.interruptPending()))
                .toList();
    }

    private record LockUnderTest(LockMembers lock, Condition a, Condition b) implements UnderTest<LockOp> {
        static LockUnderTest of(LockMembers lock) {
            return new LockUnderTest(lock, lock.newCondition(), lock.newCondition());
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
        public Object run(LockOp op) throws Exception {
            return switch (op) {
                case LOCK -> done(lock::lock);
                case LOCK_INTERRUPTIBLY -> done(lock::lockInterruptibly);
                case TRY_LOCK -> lock.tryLock();
                case TRY_LOCK_NO_TIME -> lock.tryLock(0L, TimeUnit.SECONDS);
                case TRY_LOCK_LONG -> lock.tryLock(1L, TimeUnit.DAYS);
                case UNLOCK, UNLOCK_AGAIN -> done(lock::unlock);
                case AWAIT_A -> done(a::await);
                case AWAIT_UNINTERRUPTIBLY_A -> done(a::awaitUninterruptibly);
                case AWAIT_B -> b.await(1L, TimeUnit.DAYS);
                case AWAIT_NO_TIME_B -> lock.hasQueuedThreads() ? "would race for the lock" : b.awaitNanos(0L) <= 0L;
                case SIGNAL_A -> done(a::signal);
                case SIGNAL_ALL_A -> done(a::signalAll);
                case SIGNAL_B -> done(b::signal);
                case INTERRUPT -> throw new AssertionError("is done to a thread, not by it");
            };
        }

        @Override
        public Collection<Thread> queued() {
            return lock.getQueuedThreads();
        }

        @Override
        public boolean letsNobodyIn() {
            return lock.isLocked();
        }

        @Override
        public Thread exclusiveOwner() {
            return lock.getOwner();
        }

        @Override
        public boolean isHeldExclusively() {
            return lock.isLocked();
        }

        @Override
        public boolean tryHold() {
            return lock.tryLock();
        }

        @Override
        public void endHold() {
            lock.unlock();
        }

        @Override
        public List<Thread> waiting() {
            List<Thread> waiting = new ArrayList<>(lock.getWaitingThreads(a));
            waiting.addAll(lock.getWaitingThreads(b));
            return waiting;
        }

        @Override
        public String ofThisThread() {
            return lock.getHoldCount() + (lock.isHeldByCurrentThread() ? " held" : "");
        }

        @Override
        public void letGo() {
            if (lock.isHeldByCurrentThread() || lock.tryLock()) {
                a.signalAll();
                b.signalAll();
                while (lock.isHeldByCurrentThread()) {
                    lock.unlock();
                }
            }
        }

        @Override
        public String ofAll() {
            return lock.isLocked() + " " + lock.hasQueuedThreads() + " " + lock.getQueueLength();
        }
    }

    // ---- the read-write lock

    enum RwOp {
        READ,
        READ_INTERRUPTIBLY,
        TRY_READ,
        TRY_READ_NO_TIME,
        UNLOCK_READ,
        UNLOCK_READ_AGAIN,
        WRITE,
        WRITE_INTERRUPTIBLY,
        TRY_WRITE,
        TRY_WRITE_NO_TIME,
        UNLOCK_WRITE,
        UNLOCK_WRITE_AGAIN,
        INTERRUPT
    }

    @Provide
    Arbitrary<List<Step<RwOp>>> rwSteps() {
        return stepsOf(RwOp.values());
    }

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void aFairReentrantReadWriteLockDoesWhatTheJdksDoes(
            @ForAll("rwSteps") List<Step<RwOp>> steps, @ForAll ThreadKind kind) {
        // Of an unfair one the order is open: ours wakes readers and the writer behind them together.
        assertSameTraces(steps, kind, origin -> new RwUnderTest(origin, origin.newRwLock(true)));
    }

    private record RwUnderTest(Origin origin, RwMembers lock) implements UnderTest<RwOp> {
        @Override
        public Object run(RwOp op) throws Exception {
            Lock read = lock.readLock();
            Lock write = lock.writeLock();
            return switch (op) {
                case READ -> done(read::lock);
                case READ_INTERRUPTIBLY -> done(read::lockInterruptibly);
                case TRY_READ -> read.tryLock();
                case TRY_READ_NO_TIME -> read.tryLock(0L, TimeUnit.SECONDS);
                case UNLOCK_READ, UNLOCK_READ_AGAIN -> done(read::unlock);
                case WRITE, WRITE_INTERRUPTIBLY -> {
                    if (lock.getReadHoldCount() != 0 && lock.getWriteHoldCount() == 0) {
                        yield "would wait for itself, " + write.tryLock();
                    }
                    yield op == RwOp.WRITE ? done(write::lock) : done(write::lockInterruptibly);
                }
                case TRY_WRITE -> write.tryLock();
                case TRY_WRITE_NO_TIME -> write.tryLock(0L, TimeUnit.SECONDS);
                case UNLOCK_WRITE, UNLOCK_WRITE_AGAIN -> done(write::unlock);
                case INTERRUPT -> throw new AssertionError("is done to a thread, not by it");
            };
        }

        @Override
        public Collection<Thread> queued() {
            return lock.getQueuedThreads();
        }

        @Override
        public boolean letsNobodyIn() {
            List<Thread> queued = new ArrayList<>(lock.getQueuedThreads());
            Collection<Thread> writers = lock.getQueuedWriterThreads();
            // The JDK's lists its queue from the end.
            return lock.isWriteLocked()
                    || (lock.getReadLockCount() != 0
                            && !queued.isEmpty()
                            && writers.contains(queued.get(origin == Origin.OURS ? 0 : queued.size() - 1)));
        }

        @Override
        public Thread exclusiveOwner() {
            return lock.getOwner();
        }

        @Override
        public boolean isHeldExclusively() {
            return lock.isWriteLocked();
        }

        @Override
        public String ofThisThread() {
            return lock.getReadHoldCount() + " reads, " + lock.getWriteHoldCount() + " writes"
                    + (lock.isWriteLockedByCurrentThread() ? " held" : "");
        }

        @Override
        public void letGo() {
            while (lock.getReadHoldCount() != 0) {
                lock.readLock().unlock();
            }
            while (lock.isWriteLockedByCurrentThread()) {
                lock.writeLock().unlock();
            }
        }

        @Override
        public String ofAll() {
            return lock.getReadLockCount() + " " + lock.isWriteLocked() + " " + lock.getQueueLength() + " readers "
                    + lock.getQueuedReaderThreads().size() + " writers "
                    + lock.getQueuedWriterThreads().size();
        }
    }

    /** Of an operation that returns nothing. */
    private static String done(Performer.Action action) throws Exception {
        action.run();
        return "";
    }

    // ---- lockstep

    /** One lock, and what the lockstep needs to know of it. */
    private interface UnderTest<O> {
        /** Does it on the current thread; tells the result. */
        Object run(O op) throws Exception;

        Collection<Thread> queued();

        /** Whether whoever is queued must stay there until a thread does something. */
        boolean letsNobodyIn();

        Thread exclusiveOwner();

        boolean isHeldExclusively();

        /** What {@link #waiting} needs. */
        default boolean tryHold() {
            return true;
        }

        default void endHold() {}

        /** The threads that wait for a condition. */
        default List<Thread> waiting() {
            return List.of();
        }

        String ofThisThread();

        String ofAll();

        /** Ends all holds of the current thread, and the waits of others if it can. */
        void letGo();
    }

    private static <O extends Enum<O>> void assertSameTraces(
            List<Step<O>> steps, ThreadKind kind, Function<Origin, UnderTest<O>> maker) {
        if (!ThreadKind.available().contains(kind)) {
            return;
        }
        List<String> expected = trace(steps, kind, maker.apply(Origin.JDK));
        List<String> actual = trace(steps, kind, maker.apply(Origin.OURS));
        for (int i = 0; i < expected.size(); i++) {
            int step = i;
            assertEquals(expected.get(i), actual.get(i), () -> "step " + step + " of " + actual.subList(0, step + 1));
        }
    }

    private static <O extends Enum<O>> List<String> trace(List<Step<O>> steps, ThreadKind kind, UnderTest<O> lock) {
        try (Lockstep<O> lockstep = new Lockstep<>(lock, kind)) {
            return steps.stream().map(lockstep::run).toList();
        }
    }

    private static final class Actor {
        final Performer performer;

        /** Which operation it has begun, and whether it has been interrupted meanwhile. */
        String operation = "";

        boolean interrupted;

        Actor(Performer performer) {
            this.performer = performer;
        }

        /** Whether it may stay in the queue of the lock. */
        boolean mayStayQueued() {
            return !interrupted || operation.startsWith("AWAIT") || !isInterruptible();
        }

        /** Whether it may stay in the queue of a condition. */
        boolean mayStayWaiting() {
            return !interrupted || !isInterruptible();
        }

        private boolean isInterruptible() {
            return switch (operation) {
                case "LOCK", "READ", "WRITE", "AWAIT_UNINTERRUPTIBLY_A" -> false;
                default -> true;
            };
        }
    }

    private static final class Lockstep<O extends Enum<O>> implements AutoCloseable {
        private final UnderTest<O> lock;
        private final TestThreads threads;
        private final List<Actor> actors = new ArrayList<>();

        Lockstep(UnderTest<O> lock, ThreadKind kind) {
            this.lock = lock;
            threads = new TestThreads(kind);
            for (int i = 0; i < THREADS; i++) {
                actors.add(new Actor(new Performer(threads, "actor-" + i)));
            }
        }

        /** Returns where everybody is afterwards. */
        String run(Step<O> step) {
            Actor actor = actors.get(step.thread());
            boolean interrupt = step.op().name().equals("INTERRUPT");
            if (!actor.performer.isIdle()) {
                if (interrupt) {
                    actor.interrupted = true;
                    actor.performer.thread().interrupt();
                }
            } else if (!interrupt) {
                actor.operation = step.op().name();
                actor.interrupted = false;
                actor.performer.start(() -> {
                    if (step.interruptPending()) {
                        Thread.currentThread().interrupt();
                    }
                    return lock.run(step.op());
                });
            }
            AtomicReference<String> picture = new AtomicReference<>();
            TestThreads.await("all have come to rest after " + step, () -> {
                picture.set(pictureAtRest());
                return picture.get() != null;
            });
            return step.op().name().toLowerCase(Locale.ROOT) + " by " + step.thread() + ": " + picture;
        }

        /** Null if a thread is still on its way. */
        private String pictureAtRest() {
            List<Boolean> idle = idle();
            if (!actors.stream().allMatch(actor -> actor.performer.isIdle() || actor.performer.isAsleep())) {
                return null;
            }
            Collection<Thread> queued = lock.queued();
            Actor owner = null;
            if (lock.isHeldExclusively()) {
                Thread holder = lock.exclusiveOwner();
                owner = actors.stream()
                        .filter(actor -> actor.performer.thread() == holder)
                        .findAny()
                        .orElse(null);
                if (owner == null || !owner.performer.isIdle()) {
                    return null;
                }
            }
            String waiting = owner == null ? waitingIfFree() : owner.performer.ask(this::describeWaiting);
            if (waiting == null) {
                return null;
            }
            StringBuilder picture = new StringBuilder();
            for (int i = 0; i < THREADS; i++) {
                Actor actor = actors.get(i);
                Performer performer = actor.performer;
                if (idle.get(i)) {
                    picture.append(performer.outcome()).append(", ").append(performer.ask(lock::ofThisThread));
                } else if (actor.mayStayQueued() && performer.isAsleep() && queued.contains(performer.thread())) {
                    picture.append("queued");
                } else if (actor.mayStayWaiting() && performer.isAsleep() && waiting.contains("<" + i + ">")) {
                    picture.append("waits");
                } else {
                    return null;
                }
                picture.append(" | ");
            }
            picture.append(lock.ofAll()).append(waiting);
            boolean stays = queued.isEmpty() || lock.letsNobodyIn();
            return stays && idle.equals(idle()) && List.copyOf(queued).equals(List.copyOf(lock.queued()))
                    ? picture.toString()
                    : null;
        }

        private List<Boolean> idle() {
            return actors.stream().map(actor -> actor.performer.isIdle()).toList();
        }

        private String waitingIfFree() {
            if (!lock.tryHold()) {
                return null;
            }
            try {
                return describeWaiting();
            } finally {
                lock.endHold();
            }
        }

        private String describeWaiting() {
            List<Thread> waiting = lock.waiting();
            StringBuilder numbers = new StringBuilder();
            for (int i = 0; i < THREADS; i++) {
                if (waiting.contains(actors.get(i).performer.thread())) {
                    numbers.append('<').append(i).append('>');
                }
            }
            return numbers.toString();
        }

        /** Lets everybody go, whatever they hold or wait for. */
        @Override
        public void close() {
            boolean allIdle;
            do {
                allIdle = !idle().contains(false);
                lock.letGo(); // all of them may wait for a condition
                for (Actor actor : actors) {
                    if (actor.performer.isIdle()) {
                        actor.performer.ask(Performer.done(lock::letGo));
                    }
                }
            } while (!allIdle);
            actors.forEach(actor -> actor.performer.end());
            threads.close();
        }
    }
}

package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
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
        assertSameTraces(fair ? steps : byTwoThreads(steps), kind, origin -> new LockUnderTest(origin.newLock(fair)));
    }

    // Of an unfair lock the order is open: of two in the queue, the one that is on duty to look again (MutexProtocol,
    // overview) may find the
    // lock free before the one that has been woken for it does. So there must not be two.
    private static <O> List<Step<O>> byTwoThreads(List<Step<O>> steps) {
        return steps.stream()
                .map(step -> new Step<>(step.thread() % 2, step.op(), step.interruptPending()))
                .toList();
    }

    private static final class LockUnderTest implements UnderTest<LockOp> {
        private final LockMembers lock;
        private final Condition a;
        private final Condition b;

        LockUnderTest(LockMembers lock) {
            this.lock = lock;
            this.a = lock.newCondition();
            this.b = lock.newCondition();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // a single wait is what is tested
        public String run(LockOp op) throws Exception {
            switch (op) {
                case LOCK -> lock.lock();
                case LOCK_INTERRUPTIBLY -> lock.lockInterruptibly();
                case TRY_LOCK -> {
                    return "" + lock.tryLock();
                }
                case TRY_LOCK_NO_TIME -> {
                    return "" + lock.tryLock(0L, TimeUnit.SECONDS);
                }
                case TRY_LOCK_LONG -> {
                    return "" + lock.tryLock(1L, TimeUnit.DAYS);
                }
                case UNLOCK, UNLOCK_AGAIN -> lock.unlock();
                case AWAIT_A -> a.await();
                case AWAIT_UNINTERRUPTIBLY_A -> a.awaitUninterruptibly();
                case AWAIT_B -> {
                    return "" + b.await(1L, TimeUnit.DAYS);
                }
                case AWAIT_NO_TIME_B -> {
                    if (lock.hasQueuedThreads()) {
                        return "would race for the lock";
                    }
                    return "" + (b.awaitNanos(0L) <= 0L);
                }
                case SIGNAL_A -> a.signal();
                case SIGNAL_ALL_A -> a.signalAll();
                case SIGNAL_B -> b.signal();
                case INTERRUPT -> throw new AssertionError("is done to a thread, not by it");
            }
            return "";
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

    private static final class RwUnderTest implements UnderTest<RwOp> {
        private final Origin origin;
        private final RwMembers lock;

        RwUnderTest(Origin origin, RwMembers lock) {
            this.origin = origin;
            this.lock = lock;
        }

        @Override
        public String run(RwOp op) throws Exception {
            Lock read = lock.readLock();
            Lock write = lock.writeLock();
            switch (op) {
                case READ -> read.lock();
                case READ_INTERRUPTIBLY -> read.lockInterruptibly();
                case TRY_READ -> {
                    return "" + read.tryLock();
                }
                case TRY_READ_NO_TIME -> {
                    return "" + read.tryLock(0L, TimeUnit.SECONDS);
                }
                case UNLOCK_READ, UNLOCK_READ_AGAIN -> read.unlock();
                case WRITE, WRITE_INTERRUPTIBLY -> {
                    if (lock.getReadHoldCount() != 0 && lock.getWriteHoldCount() == 0) {
                        return "would wait for itself, " + write.tryLock();
                    }
                    if (op == RwOp.WRITE) {
                        write.lock();
                    } else {
                        write.lockInterruptibly();
                    }
                }
                case TRY_WRITE -> {
                    return "" + write.tryLock();
                }
                case TRY_WRITE_NO_TIME -> {
                    return "" + write.tryLock(0L, TimeUnit.SECONDS);
                }
                case UNLOCK_WRITE, UNLOCK_WRITE_AGAIN -> write.unlock();
                case INTERRUPT -> throw new AssertionError("is done to a thread, not by it");
            }
            return "";
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
        public boolean tryHold() {
            return true;
        }

        @Override
        public void endHold() {}

        @Override
        public List<Thread> waiting() {
            return List.of();
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

    // ---- lockstep

    /** One lock, and what the lockstep needs to know of it. */
    private interface UnderTest<O> {
        /** Does it on the current thread; tells the result. */
        String run(O op) throws Exception;

        Collection<Thread> queued();

        /** Whether whoever is queued must stay there until a thread does something. */
        boolean letsNobodyIn();

        Thread exclusiveOwner();

        boolean isHeldExclusively();

        /** What {@link #waiting} needs. */
        boolean tryHold();

        void endHold();

        /** The threads that wait for a condition. */
        List<Thread> waiting();

        String ofThisThread();

        String ofAll();

        /** Ends all holds of the current thread, and the waits of others if it can. */
        void letGo();
    }

    private interface Maker<O> {
        UnderTest<O> make(Origin origin);
    }

    private static <O extends Enum<O>> void assertSameTraces(List<Step<O>> steps, ThreadKind kind, Maker<O> maker) {
        if (!ThreadKind.available().contains(kind)) {
            return;
        }
        List<String> expected = trace(steps, kind, maker.make(Origin.JDK));
        List<String> actual = trace(steps, kind, maker.make(Origin.OURS));
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
        final BlockingQueue<Callable<String>> commands = new LinkedBlockingQueue<>();
        Thread thread;

        /** What its last command returned or threw; null while it runs. */
        volatile String outcome = "";

        /** Whether it has begun with its command. */
        volatile boolean begun;

        /** Which operation that is, and whether it has been interrupted meanwhile. */
        String operation = "";

        boolean interrupted;

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
        private static final String END = "end";

        private final UnderTest<O> lock;
        private final TestThreads threads;
        private final List<Actor> actors = new ArrayList<>();

        Lockstep(UnderTest<O> lock, ThreadKind kind) {
            this.lock = lock;
            threads = new TestThreads(kind);
            for (int i = 0; i < THREADS; i++) {
                Actor actor = new Actor();
                actors.add(actor);
                actor.thread = threads.start("actor-" + i, () -> work(actor));
            }
        }

        private static void work(Actor actor) throws InterruptedException {
            String outcome;
            do {
                Callable<String> command = actor.commands.take();
                actor.begun = true;
                try {
                    outcome = command.call();
                } catch (Exception e) {
                    outcome = e.getClass().getSimpleName();
                }
                actor.outcome = Thread.interrupted() ? outcome + ", interrupted" : outcome;
            } while (!END.equals(outcome));
        }

        /** Returns where everybody is afterwards. */
        String run(Step<O> step) {
            Actor actor = actors.get(step.thread());
            boolean interrupt = step.op().name().equals("INTERRUPT");
            if (actor.outcome == null) {
                if (interrupt) {
                    actor.interrupted = true;
                    actor.thread.interrupt();
                }
            } else if (!interrupt) {
                actor.operation = step.op().name();
                actor.interrupted = false;
                start(actor, () -> {
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

        private static void start(Actor actor, Callable<String> command) {
            actor.begun = false;
            actor.outcome = null;
            actor.commands.add(command);
        }

        private static String ask(Actor actor, Callable<String> question) {
            String before = actor.outcome;
            start(actor, question);
            TestThreads.await("an idle actor answers", () -> actor.outcome != null);
            String answer = actor.outcome;
            actor.outcome = before;
            return answer;
        }

        /** Null if a thread is still on its way. */
        private String pictureAtRest() {
            List<Boolean> idle = idle();
            if (!actors.stream().allMatch(actor -> actor.outcome != null || (actor.begun && isAsleep(actor.thread)))) {
                return null;
            }
            Collection<Thread> queued = lock.queued();
            Actor owner = null;
            if (lock.isHeldExclusively()) {
                Thread holder = lock.exclusiveOwner();
                owner = actors.stream()
                        .filter(actor -> actor.thread == holder)
                        .findAny()
                        .orElse(null);
                if (owner == null || owner.outcome == null) {
                    return null;
                }
            }
            String waiting = owner == null ? waitingIfFree() : ask(owner, this::describeWaiting);
            if (waiting == null) {
                return null;
            }
            StringBuilder picture = new StringBuilder();
            for (int i = 0; i < THREADS; i++) {
                Actor actor = actors.get(i);
                if (idle.get(i)) {
                    picture.append(actor.outcome).append(", ").append(ask(actor, lock::ofThisThread));
                } else if (actor.mayStayQueued() && isAsleep(actor.thread) && queued.contains(actor.thread)) {
                    picture.append("queued");
                } else if (actor.mayStayWaiting() && isAsleep(actor.thread) && waiting.contains("<" + i + ">")) {
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
            return actors.stream().map(actor -> actor.outcome != null).toList();
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
                if (waiting.contains(actors.get(i).thread)) {
                    numbers.append('<').append(i).append('>');
                }
            }
            return numbers.toString();
        }

        private static boolean isAsleep(Thread thread) {
            return TestThreads.isAsleep(thread);
        }

        /** Lets everybody go, whatever they hold or wait for. */
        @Override
        public void close() {
            boolean allIdle;
            do {
                allIdle = actors.stream().allMatch(actor -> actor.outcome != null);
                lock.letGo(); // all of them may wait for a condition
                for (Actor actor : actors) {
                    if (actor.outcome != null) {
                        ask(actor, () -> {
                            lock.letGo();
                            return "";
                        });
                    }
                }
            } while (!allIdle);
            actors.forEach(actor -> start(actor, () -> END));
            threads.close();
        }
    }
}

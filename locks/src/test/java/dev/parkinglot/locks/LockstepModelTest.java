package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Random sequences of operations by a few threads in lockstep, against a model that says who must hold the mutex, who
 * must be blocked where and in which order, and what every operation must return. After each step the real threads are
 * given all the time they want to reach the state of the model.
 */
class LockstepModelTest {
    private static final int THREADS = 4;

    enum Op {
        LOCK,
        LOCK_INTERRUPTIBLY,
        TRY_LOCK,
        TRY_LOCK_NO_TIME,
        TRY_LOCK_SHORT,
        UNLOCK,
        UNLOCK_FAIR,
        BUMP,
        AWAIT,
        AWAIT_UNINTERRUPTIBLY,
        AWAIT_SHORT,
        SIGNAL,
        SIGNAL_ALL,
        INTERRUPT
    }

    /** An operation of a thread; {@code INTERRUPT} is done to it. */
    record Step(int thread, Op op) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> threads = Arbitraries.integers().between(0, THREADS - 1);
        Arbitrary<Op> ops = Arbitraries.of(Op.values());
        return Combinators.combine(threads, ops)
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(60);
    }

    MutualExclusionLock newMutex() {
        return new Mutex();
    }

    // Without shrinking: a wrong step costs a long delay before it counts as wrong.
    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void everyThreadIsWhereTheModelSays(@ForAll("steps") List<Step> steps, @ForAll boolean fair) {
        try (Lockstep lockstep = new Lockstep(fair ? new FairMutex() : newMutex())) {
            for (Step step : steps) {
                lockstep.run(step);
            }
        }
    }

    /** What a thread of the model is doing. */
    private enum Where {
        IDLE,
        /** In the mutex's queue, in order to lock, or moved there by a signal. */
        LOCKING,
        /** In the condition variable's queue. */
        WAITING
    }

    private static final class Actor {
        final Performer performer;

        // The model's part.
        Where where = Where.IDLE;
        boolean interruptible;
        boolean interrupted;

        /** Whether it stands in the mutex's queue before those that came to lock. */
        boolean precedes;

        String expected = "";

        Actor(Performer performer) {
            this.performer = performer;
        }
    }

    private static final class Lockstep implements AutoCloseable {
        private final MutualExclusionLock mutex;
        private final Condvar condvar = new Condvar();
        private final TestThreads threads = new TestThreads();
        private final List<Actor> actors = new ArrayList<>();
        private final List<String> history = new ArrayList<>();

        // The model.
        private Actor holder;
        private final List<Actor> mutexQueue = new ArrayList<>();
        private final List<Actor> condvarQueue = new ArrayList<>();

        /** So many of the first in the mutex's queue were signalled by one actor, and nobody chosen since. */
        private int openBatch;

        /** That actor, null for the thread of the test. */
        private Actor signaller;

        /**
         * Nobody, or who may hold the mutex instead of the model's {@link #holder}: an unfair unlock wakes the first in
         * the queue, or the eldest if it is its turn; and whoever happens to look at the mutex by himself just then may
         * lock it before that one does.
         */
        private final List<Actor> rivals = new ArrayList<>();

        Lockstep(MutualExclusionLock mutex) {
            this.mutex = mutex;
            for (int i = 0; i < THREADS; i++) {
                actors.add(new Actor(new Performer(threads, "actor-" + i)));
            }
        }

        // ---- what happens

        void run(Step step) {
            Actor actor = actors.get(step.thread());
            history.add(step.toString());
            if (isPossible(actor, step.op())) {
                switch (step.op()) {
                    case LOCK -> {
                        command(actor, () -> mutex.lock());
                        modelLock(actor, false);
                    }
                    case LOCK_INTERRUPTIBLY -> {
                        command(actor, mutex::lockInterruptibly);
                        modelLock(actor, true);
                    }
                    case TRY_LOCK -> tryLock(actor, mutex::tryLock);
                    case TRY_LOCK_NO_TIME -> tryLock(actor, () -> mutex.tryLockFor(Duration.ZERO));
                    case TRY_LOCK_SHORT -> tryLock(actor, () -> mutex.tryLockFor(Duration.ofMillis(1)));
                    case UNLOCK -> unlock(actor, mutex::unlock, false);
                    case UNLOCK_FAIR -> unlock(actor, mutex::unlockFair, true);
                    case BUMP -> {
                        command(actor, mutex::bump);
                        modelBump(actor);
                    }
                    case AWAIT -> {
                        command(actor, () -> condvar.await(mutex));
                        modelAwait(actor, true);
                    }
                    case AWAIT_UNINTERRUPTIBLY -> {
                        command(actor, () -> condvar.awaitUninterruptibly(mutex));
                        modelAwait(actor, false);
                    }
                    case AWAIT_SHORT -> {
                        modelAwaitShort(actor);
                        ask(actor, () -> condvar.awaitFor(mutex, Duration.ofMillis(1)));
                    }
                    case SIGNAL -> {
                        actor.expected = String.valueOf(!condvarQueue.isEmpty());
                        modelSignal(actor, 1);
                        ask(actor, condvar::signal);
                    }
                    case SIGNAL_ALL -> {
                        actor.expected = String.valueOf(condvarQueue.size());
                        modelSignal(actor, condvarQueue.size());
                        ask(actor, condvar::signalAll);
                    }
                    case INTERRUPT -> {
                        modelInterrupt(actor);
                        actor.performer.thread().interrupt();
                        // Or the queues might be as the model has them only because it has done nothing yet.
                        TestThreads.awaitInterruptNoticed(actor.performer.thread());
                    }
                }
            }
            settle();
        }

        /** Whether it can do that as it is: only a thread that waits can be interrupted, and so on. */
        private boolean isPossible(Actor actor, Op op) {
            boolean idle = actor.where == Where.IDLE;
            boolean holds = actor == holder && idle;
            return switch (op) {
                case LOCK, LOCK_INTERRUPTIBLY -> idle && !holds;
                case TRY_LOCK, TRY_LOCK_NO_TIME, TRY_LOCK_SHORT, SIGNAL, SIGNAL_ALL -> idle;
                case UNLOCK, UNLOCK_FAIR -> holds || (idle && holder == null);
                case BUMP, AWAIT, AWAIT_UNINTERRUPTIBLY -> holds;
                // With somebody in the queue, who is first after the unlock is only certain if it is fair.
                case AWAIT_SHORT -> holds && (mutexQueue.isEmpty() || mutex instanceof FairMutex);
                case INTERRUPT -> !idle;
            };
        }

        private void tryLock(Actor actor, Callable<Boolean> call) {
            modelTryLock(actor);
            ask(actor, call);
        }

        private void unlock(Actor actor, Performer.Action call, boolean fair) {
            if (holder == null) {
                actor.expected = "IllegalMonitorStateException";
                ask(actor, Performer.done(call));
                return;
            }
            if (fair) {
                modelHandOver();
            } else {
                modelUnlock();
            }
            command(actor, call);
        }

        // ---- the model

        private void modelLock(Actor actor, boolean interruptible) {
            if (holder == null) {
                holder = actor;
            } else {
                block(actor, Where.LOCKING, interruptible, mutexQueue);
            }
        }

        private void modelTryLock(Actor actor) {
            actor.expected = String.valueOf(holder == null);
            if (holder == null) {
                holder = actor;
            }
        }

        private void modelUnlock() {
            modelHandOver();
            if (!(mutex instanceof FairMutex)) {
                rivals.addAll(mutexQueue);
            }
        }

        /**
         * To the first in the queue; or to the last with precedence, or to the first of those that came to lock, if it
         * is the eldest and has its turn.
         */
        private void modelHandOver() {
            holder = mutexQueue.isEmpty() ? null : mutexQueue.remove(0);
            openBatch = 0;
            if (holder != null && holder.precedes) {
                mutexQueue.stream()
                        .filter(other -> other.precedes)
                        .reduce((one, next) -> next)
                        .ifPresent(rivals::add);
                mutexQueue.stream().filter(other -> !other.precedes).findFirst().ifPresent(rivals::add);
            }
            if (holder != null) {
                holder.where = Where.IDLE;
            }
        }

        /** The mutex went to a rival: the one that was woken is back in its place. */
        private void modelOvertaken(Actor rival) {
            holder.where = Where.LOCKING;
            holder.precedes = true;
            mutexQueue.add(0, holder);
            holder = rival;
            mutexQueue.remove(rival);
            rival.where = Where.IDLE;
            rivals.clear();
        }

        private void modelBump(Actor actor) {
            if (!mutexQueue.isEmpty()) {
                modelHandOver();
                block(actor, Where.LOCKING, false, mutexQueue);
            }
        }

        private void modelAwait(Actor actor, boolean interruptible) {
            modelUnlock();
            block(actor, Where.WAITING, interruptible, condvarQueue);
        }

        private void modelAwaitShort(Actor actor) {
            modelUnlock();
            actor.expected = "false";
            modelLock(actor, false);
        }

        private void modelSignal(Actor by, int count) {
            if (signaller != by) {
                signaller = by;
                openBatch = 0;
            }
            for (int i = 0; i < count && !condvarQueue.isEmpty(); i++) {
                Actor actor = condvarQueue.remove(0);
                actor.interruptible = false;
                if (holder == null) {
                    holder = actor;
                    actor.where = Where.IDLE;
                } else {
                    actor.where = Where.LOCKING;
                    actor.precedes = !(mutex instanceof FairMutex);
                    mutexQueue.add(actor.precedes ? openBatch++ : mutexQueue.size(), actor);
                }
            }
        }

        private void modelInterrupt(Actor actor) {
            if (!actor.interruptible) {
                mark(actor);
            } else if (actor.where == Where.LOCKING) {
                mutexQueue.remove(actor);
                actor.where = Where.IDLE;
                actor.expected = "InterruptedException";
            } else {
                condvarQueue.remove(actor);
                actor.where = Where.IDLE;
                actor.expected = "InterruptedException";
                modelLock(actor, false);
            }
        }

        private static void mark(Actor actor) {
            if (!actor.interrupted) {
                actor.interrupted = true;
                actor.expected += ", interrupted";
            }
        }

        private static void block(Actor actor, Where where, boolean interruptible, List<Actor> queue) {
            actor.where = where;
            actor.interruptible = interruptible;
            actor.precedes = false;
            queue.add(actor);
        }

        // ---- the real threads

        private static void command(Actor actor, Performer.Action action) {
            actor.expected = Performer.DONE;
            ask(actor, Performer.done(action));
        }

        private static void ask(Actor actor, Callable<?> question) {
            actor.interrupted = false;
            actor.performer.start(question);
        }

        private void settle() {
            try {
                TestThreads.await("the state of the model, after " + history, () -> {
                    rivals.stream()
                            .filter(rival -> rival.performer.isIdle())
                            .findFirst()
                            .ifPresent(this::modelOvertaken);
                    return wrong() == null;
                });
            } catch (AssertionError e) {
                throw new AssertionError(wrong(), e);
            }
            rivals.clear();
        }

        /** What is not (yet) as the model says; null if all is. */
        private String wrong() {
            for (Actor actor : actors) {
                String expected = actor.where == Where.IDLE ? actor.expected : null;
                if (!Objects.equals(actor.performer.outcome(), expected)) {
                    return actor.performer.thread() + " has " + actor.performer.outcome() + " instead of " + expected;
                }
                // In the queue of a condition variable is also who has not finished unlocking: see Probe.awaitQueue.
                if (actor.where != Where.IDLE && !Probe.isAsleep(actor.performer.thread())) {
                    return actor.performer.thread() + " is not asleep";
                }
            }
            if (!Probe.queueOf(mutex).equals(threadsOf(mutexQueue))) {
                return "queue of the mutex: " + Probe.queueOf(mutex) + " instead of " + threadsOf(mutexQueue);
            }
            if (!Probe.queueOf(condvar).equals(threadsOf(condvarQueue))) {
                return "queue of the condvar: " + Probe.queueOf(condvar) + " instead of " + threadsOf(condvarQueue);
            }
            return mutex.isLocked() == (holder != null) ? null : "locked: " + mutex.isLocked();
        }

        private static List<Thread> threadsOf(List<Actor> actors) {
            return actors.stream().map(actor -> actor.performer.thread()).toList();
        }

        /** Lets everybody go home, still in step with the model. */
        @Override
        public void close() {
            try {
                while (holder != null || !condvarQueue.isEmpty()) {
                    int releaser = actors.indexOf(holder);
                    if (releaser >= 0) {
                        run(new Step(releaser, Op.UNLOCK));
                    } else {
                        run(new Step(idleActor(), Op.SIGNAL_ALL));
                    }
                }
                Probe.assertIdle(mutex);
                assertEquals(List.of(), mutexQueue);
            } finally {
                actors.forEach(actor -> actor.performer.end());
                threads.close();
            }
        }

        private int idleActor() {
            // All of them may wait, with nobody left to signal: then nobody of the model can, but the test can.
            for (int i = 0; i < THREADS; i++) {
                if (actors.get(i).where == Where.IDLE) {
                    return i;
                }
            }
            modelSignal(null, 1);
            assertEquals(true, condvar.signal());
            settle();
            return actors.indexOf(holder);
        }
    }
}

package dev.parkinglot.locks;

import static dev.parkinglot.locks.Performer.DONE;
import static dev.parkinglot.locks.Performer.done;
import static dev.parkinglot.locks.RwLockModel.ACTORS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.locks.RwLockModel.Actor;
import dev.parkinglot.locks.RwLockModel.Hold;
import dev.parkinglot.locks.RwLockModel.Where;
import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Random sequences of operations by a few threads in lockstep, against a plain model of the lock that says who holds it
 * in which mode, who is blocked, in which queue and in which order, and what every operation returns. After each step
 * the real threads are given all the time they want to come to rest.
 *
 * <p>Threads that are woken together race for the lock. The model follows every order in which they can arrive, and the
 * real ones must come to rest in one of the situations so found, from which the model goes on.
 */
class RwLockPropertyTest {
    /** What a thread wants to do; which operations it can choose from depends on what it holds. */
    record Step(int actor, int choice) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> actors = Arbitraries.integers().between(0, ACTORS - 1);
        Arbitrary<Integer> choices = Arbitraries.integers().between(0, 1_000).withoutEdgeCases();
        return Combinators.combine(actors, choices)
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }

    ReadersWriterLock newLock() {
        return new RwLock();
    }

    // Without shrinking: a wrong step costs a long delay before it counts as wrong.
    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void everyThreadIsWhereTheModelSays(@ForAll("steps") List<Step> steps, @ForAll boolean biased) {
        try (Lockstep lockstep = new Lockstep(newLock())) {
            for (Step step : steps) {
                if (biased) {
                    RwProbe.bias(lockstep.lock); // again, after each writer
                }
                lockstep.run(step);
            }
        }
    }

    private static final class Lockstep implements AutoCloseable {
        private static final Duration BRIEF = Duration.ofMillis(1);

        private final ReadersWriterLock lock;
        private final TestThreads threads = new TestThreads();
        private final List<Performer> performers = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private RwLockModel situation = RwLockModel.initial();

        Lockstep(ReadersWriterLock lock) {
            this.lock = lock;
            for (int i = 0; i < ACTORS; i++) {
                performers.add(new Performer(threads, "actor-" + i));
            }
        }

        /** What is done to the model, and then by a thread to the lock; without a call, the thread is interrupted. */
        private record Operation(String name, Runnable model, Callable<?> call) {}

        void run(Step step) {
            List<Operation> operations = operationsOf(step.actor);
            run(step.actor, operations.get(step.choice % operations.size()));
        }

        private void run(int index, Operation operation) {
            history.add(index + " " + operation.name);
            operation.model.run();
            if (operation.call == null) {
                performers.get(index).thread().interrupt();
            } else {
                performers.get(index).start(operation.call);
            }
            Set<RwLockModel> outcomes = situation.outcomes();
            TestThreads.await("one of the situations of the model, after " + history + ": " + outcomes, () -> {
                for (RwLockModel outcome : outcomes) {
                    if (isAt(outcome)) {
                        situation = outcome;
                        return true;
                    }
                }
                return false;
            });
        }

        private Actor actor(int index) {
            return situation.actors().get(index);
        }

        private List<Operation> operationsOf(int index) {
            if (actor(index).where() != Where.RUNNING) {
                return List.of(new Operation("is interrupted", () -> interrupt(index), null));
            }
            List<Operation> operations = new ArrayList<>();
            switch (actor(index).hold()) {
                case NONE -> {
                    for (RwKind kind : List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)) {
                        operations.addAll(acquisitions(index, kind));
                    }
                    operations.add(misuse(index));
                }
                case READ -> {
                    operations.addAll(acquisitions(index, RwKind.READ_RECURSIVE));
                    operations.add(unlockRead(index, Hold.NONE));
                    operations.add(bumpRead(index));
                }
                case READ_TWICE -> operations.add(unlockRead(index, Hold.READ));
                case UPGRADABLE -> {
                    operations.addAll(acquisitions(index, RwKind.UPGRADE));
                    operations.add(release(index, "unlocks upgradable", Hold.NONE, lock::unlockUpgradable));
                    operations.add(handOver(index, "unlocks upgradable fairly", lock::unlockUpgradableFair));
                    operations.add(release(index, "downgrades to read", Hold.READ, lock::downgradeUpgradable));
                    operations.add(bump(index, RwKind.UPGRADABLE, lock::bumpUpgradable));
                }
                case WRITE -> {
                    operations.add(release(index, "unlocks write", Hold.NONE, lock::unlockWrite));
                    operations.add(handOver(index, "unlocks write fairly", lock::unlockWriteFair));
                    operations.add(release(index, "downgrades to read", Hold.READ, lock::downgrade));
                    operations.add(
                            release(index, "downgrades to upgradable", Hold.UPGRADABLE, lock::downgradeToUpgradable));
                    operations.add(bump(index, RwKind.WRITE, lock::bumpWrite));
                }
            }
            return operations;
        }

        private List<Operation> acquisitions(int index, RwKind kind) {
            Runnable modelAcquire = () -> acquire(index, kind, false);
            Runnable modelTry = () -> tryAcquire(index, kind);
            return List.of(
                    new Operation("acquires " + kind, modelAcquire, done(() -> kind.lock(lock))),
                    new Operation(
                            "acquires interruptibly " + kind,
                            () -> acquire(index, kind, true),
                            done(() -> kind.lockInterruptibly(lock))),
                    new Operation("tries " + kind, modelTry, () -> kind.tryLock(lock)),
                    new Operation("tries without time " + kind, modelTry, () -> kind.tryLockFor(lock, Duration.ZERO)),
                    // If it has to wait, then until its time is over, for nobody else moves: and nothing is changed.
                    new Operation("tries briefly " + kind, modelTry, () -> kind.tryLockFor(lock, BRIEF)));
        }

        private void acquire(int index, RwKind kind, boolean interruptible) {
            situation.set(index, actor(index).wanting(kind, interruptible).reporting(DONE));
            situation.arrive(index);
        }

        private void tryAcquire(int index, RwKind kind) {
            boolean isFree = situation.isFreeFor(index, kind);
            situation.set(index, actor(index).wanting(kind, false).reporting(String.valueOf(isFree)));
            if (isFree) {
                situation.acquire(index);
            }
        }

        private Operation unlockRead(int index, Hold less) {
            Runnable model = () -> {
                situation.set(index, actor(index).holding(less).reporting(DONE));
                situation.endDrainIfLast();
            };
            return new Operation("unlocks read", model, done(lock::unlockRead));
        }

        private Operation bumpRead(int index) {
            Runnable model = () -> {
                situation.set(index, actor(index).reporting(DONE));
                if (situation.drainer() >= 0) {
                    situation.set(index, actor(index).holding(Hold.NONE).wanting(RwKind.READ, false));
                    situation.endDrainIfLast();
                    situation.arrive(index);
                }
            };
            return new Operation("bumps read", model, done(lock::bumpRead));
        }

        private Operation release(int index, String name, Hold rest, Performer.Action call) {
            Runnable model = () -> {
                situation.set(index, actor(index).holding(rest).reporting(DONE));
                situation.wakeAdmitted(rest == Hold.UPGRADABLE);
            };
            return new Operation(name, model, done(call));
        }

        private Operation handOver(int index, String name, Performer.Action call) {
            Runnable model = () -> {
                situation.set(index, actor(index).holding(Hold.NONE).reporting(DONE));
                situation.handOver();
            };
            return new Operation(name, model, done(call));
        }

        private Operation bump(int index, RwKind kind, Performer.Action call) {
            Runnable model = () -> {
                situation.set(index, actor(index).wanting(kind, false).reporting(DONE));
                if (!situation.mainQueue().isEmpty()) {
                    situation.set(index, actor(index).holding(Hold.NONE));
                    situation.handOver();
                    situation.arrive(index);
                }
            };
            return new Operation("bumps " + kind, model, done(call));
        }

        private Operation misuse(int index) {
            Performer.Action call = !situation.isHeldForReading()
                    ? lock::unlockRead
                    : !situation.isHeldUpgradably() ? lock::unlockUpgradable : lock::unlockWrite;
            return new Operation(
                    "releases what nobody holds",
                    () -> situation.set(index, actor(index).reporting("IllegalMonitorStateException")),
                    done(call));
        }

        private void interrupt(int index) {
            Actor actor = actor(index);
            if (!actor.interruptible()) {
                String mark = ", interrupted";
                situation.set(index, actor.outcome().endsWith(mark) ? actor : actor.reporting(actor.outcome() + mark));
            } else if (actor.where() == Where.IN_DRAIN) {
                situation.giveUpDrain(index);
            } else {
                situation.mainQueue().remove((Integer) index);
                situation.set(index, actor.at(Where.RUNNING).reporting("InterruptedException"));
            }
        }

        private boolean isAt(RwLockModel expected) {
            for (int i = 0; i < ACTORS; i++) {
                Actor actor = expected.actors().get(i);
                String outcome = performers.get(i).outcome();
                boolean isRunning = actor.where() == Where.RUNNING;
                if (isRunning ? !actor.outcome().equals(outcome) : outcome != null) {
                    return false;
                }
            }
            int drainer = expected.drainer();
            List<Integer> drainQueue = drainer < 0 ? List.of() : List.of(drainer);
            return RwProbe.queueOf(lock, RwProbe.MAIN).equals(threadsOf(expected.mainQueue()))
                    && RwProbe.queueOf(lock, RwProbe.DRAIN).equals(threadsOf(drainQueue))
                    && isState(expected);
        }

        /**
         * All bits but RECURSIVE follow from the situation; that one may outlast the recursive readers, not the others.
         */
        private boolean isState(RwLockModel expected) {
            boolean recursive = expected.mainQueue().stream()
                    .anyMatch(index -> expected.actors().get(index).wants() == RwKind.READ_RECURSIVE);
            int state = RwProbe.state(lock);
            int bits = RwProbe.readHolds(expected.readHolds())
                    | (expected.isWriterSet() ? RwProbe.WRITER : 0)
                    | (expected.isHeldUpgradably() ? RwProbe.UPGRADABLE : 0)
                    | (expected.mainQueue().isEmpty() ? 0 : RwProbe.PARKED)
                    | (expected.drainer() < 0 ? 0 : RwProbe.DRAINING)
                    | (recursive ? RwProbe.RECURSIVE : 0);
            int mayStay = expected.mainQueue().isEmpty() ? 0 : RwProbe.RECURSIVE;
            return (state | mayStay) == (bits | mayStay) && (state & bits) == bits;
        }

        private List<Thread> threadsOf(List<Integer> indexes) {
            return indexes.stream().map(index -> performers.get(index).thread()).toList();
        }

        /** Lets everybody go home, still in step with the model. */
        @Override
        public void close() {
            try {
                for (int holder = holder(); holder >= 0; holder = holder()) {
                    int index = holder;
                    Operation release = operationsOf(index).stream()
                            .filter(operation -> operation.name.startsWith("unlocks"))
                            .findFirst()
                            .orElseThrow();
                    run(index, release);
                }
                assertEquals(List.of(), situation.mainQueue());
                RwProbe.assertIdle(lock);
            } finally {
                performers.forEach(Performer::end);
                threads.close();
            }
        }

        private int holder() {
            for (int i = 0; i < ACTORS; i++) {
                if (actor(i).hold() != Hold.NONE) {
                    return i;
                }
            }
            return -1;
        }
    }
}

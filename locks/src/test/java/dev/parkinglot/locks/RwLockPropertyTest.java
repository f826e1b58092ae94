package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.TestThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
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
    private static final int ACTORS = 5;

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

    // ---- the model

    private enum Hold {
        NONE,
        READ,
        READ_TWICE,
        UPGRADABLE,
        WRITE
    }

    private enum Where {
        RUNNING,
        IN_MAIN,
        IN_DRAIN,
        /** Woken, and not yet at rest. */
        WOKEN
    }

    /** What the model knows of one thread. Immutable. */
    private record Actor(Hold hold, Where where, RwKind wants, boolean interruptible, String outcome) {
        static final Actor IDLE = new Actor(Hold.NONE, Where.RUNNING, RwKind.READ, false, "");

        Actor holding(Hold newHold) {
            return new Actor(newHold, Where.RUNNING, wants, interruptible, outcome);
        }

        Actor at(Where newWhere) {
            return new Actor(hold, newWhere, wants, interruptible, outcome);
        }

        Actor reporting(String newOutcome) {
            return new Actor(hold, where, wants, interruptible, newOutcome);
        }

        Actor wanting(RwKind kind, boolean isInterruptible) {
            return new Actor(hold, where, kind, isInterruptible, outcome);
        }

        int readHolds() {
            return switch (hold) {
                case READ, UPGRADABLE -> 1;
                case READ_TWICE -> 2;
                case NONE, WRITE -> 0;
            };
        }
    }

    /** One situation of the lock and its threads. Mutable; copied where the model branches. */
    private record Situation(List<Actor> actors, List<Integer> mainQueue) {
        static Situation initial() {
            return new Situation(new ArrayList<>(Collections.nCopies(ACTORS, Actor.IDLE)), new ArrayList<>());
        }

        Situation copy() {
            return new Situation(new ArrayList<>(actors), new ArrayList<>(mainQueue));
        }

        int readHolds() {
            return actors.stream().mapToInt(Actor::readHolds).sum();
        }

        boolean isHeldUpgradably() {
            return actors.stream().anyMatch(actor -> actor.hold == Hold.UPGRADABLE);
        }

        boolean isHeldForReading() {
            return actors.stream().anyMatch(actor -> actor.hold == Hold.READ || actor.hold == Hold.READ_TWICE);
        }

        boolean isHeldForWriting() {
            return actors.stream().anyMatch(actor -> actor.hold == Hold.WRITE);
        }

        /** The thread that has claimed the lock, -1 if there is none. */
        int drainer() {
            for (int i = 0; i < ACTORS; i++) {
                if (actors.get(i).where == Where.IN_DRAIN) {
                    return i;
                }
            }
            return -1;
        }

        boolean isWriterSet() {
            return isHeldForWriting() || drainer() >= 0;
        }

        boolean isAdmitted(RwKind kind) {
            return switch (kind) {
                case READ -> !isWriterSet();
                case READ_RECURSIVE -> !isWriterSet() || readHolds() > 0;
                case UPGRADABLE, WRITE -> !isWriterSet() && !isHeldUpgradably();
                case UPGRADE -> true;
            };
        }

        /** What tryLock says: who can only claim the lock does not get it at once. */
        boolean isFreeFor(int actor, RwKind kind) {
            return switch (kind) {
                case WRITE -> !isWriterSet() && readHolds() == 0;
                case UPGRADE -> readHolds() == 1 && actors.get(actor).hold == Hold.UPGRADABLE;
                default -> isAdmitted(kind);
            };
        }

        void set(int index, Actor actor) {
            actors.set(index, actor);
        }

        /** Takes what it wants, or claims it and drains the readers. It is admitted. */
        void acquire(int index) {
            Actor actor = actors.get(index);
            switch (actor.wants) {
                case READ, READ_RECURSIVE ->
                    set(index, actor.holding(actor.hold == Hold.READ ? Hold.READ_TWICE : Hold.READ));
                case UPGRADABLE -> set(index, actor.holding(Hold.UPGRADABLE));
                case WRITE, UPGRADE -> {
                    // An upgrader gives its hold up, and takes it back if it has to give up.
                    set(index, actor.holding(Hold.NONE));
                    if (readHolds() == 0) {
                        set(index, actor.holding(Hold.WRITE));
                    } else {
                        set(index, actor.holding(Hold.NONE).at(Where.IN_DRAIN));
                        for (int recursive : List.copyOf(mainQueue)) {
                            if (actors.get(recursive).wants == RwKind.READ_RECURSIVE) {
                                wake(recursive);
                            }
                        }
                    }
                }
            }
        }

        void wake(int index) {
            mainQueue.remove((Integer) index);
            set(index, actors.get(index).at(Where.WOKEN));
        }

        /** At the end; whoever was woken, and lost the race, goes back to the front. */
        void park(int index) {
            mainQueue.add(actors.get(index).where == Where.WOKEN ? 0 : mainQueue.size(), index);
            set(index, actors.get(index).at(Where.IN_MAIN));
        }

        /** Acquires, claims or parks. */
        void arrive(int index) {
            if (isAdmitted(actors.get(index).wants)) {
                acquire(index);
                return;
            }
            // A wake stops at the first writer; if that one cannot even claim the lock, it goes on.
            boolean isPassedOn =
                    actors.get(index).where == Where.WOKEN && actors.get(index).wants == RwKind.WRITE && !isWriterSet();
            if (isPassedOn) {
                wakeAdmitted(true);
            }
            park(index);
        }

        /** All readers up to the first writer, that writer, and at most one upgradable, who keeps the writers out. */
        void wakeAdmitted(boolean besideUpgradable) {
            boolean upgradable = besideUpgradable;
            for (int index : List.copyOf(mainQueue)) {
                RwKind wants = actors.get(index).wants;
                boolean reads = wants == RwKind.READ || wants == RwKind.READ_RECURSIVE;
                if (reads || !upgradable) {
                    wake(index);
                    upgradable |= wants == RwKind.UPGRADABLE;
                    if (wants == RwKind.WRITE) {
                        return;
                    }
                }
            }
        }

        /** As the one before, but all those have the lock from now on. */
        void handOver() {
            wakeAdmitted(false);
            // In order of arrival, which puts the writer last.
            for (int index = woken(); index >= 0; index = woken()) {
                int reader = index;
                for (int other = 0; other < ACTORS; other++) {
                    Actor actor = actors.get(other);
                    if (actor.where == Where.WOKEN && actor.wants != RwKind.WRITE) {
                        reader = other;
                    }
                }
                arrive(reader);
            }
        }

        private int woken() {
            for (int i = 0; i < ACTORS; i++) {
                if (actors.get(i).where == Where.WOKEN) {
                    return i;
                }
            }
            return -1;
        }

        /** A reader has left. */
        void endDrainIfLast() {
            int drainer = drainer();
            if (drainer >= 0 && readHolds() == 0) {
                set(drainer, actors.get(drainer).holding(Hold.WRITE));
            }
        }

        void giveUpDrain(int index) {
            Actor actor = actors.get(index);
            boolean upgrades = actor.wants == RwKind.UPGRADE;
            set(index, actor.holding(upgrades ? Hold.UPGRADABLE : Hold.NONE).reporting("InterruptedException"));
            wakeAdmitted(upgrades);
        }

        /** All situations in which those who were woken can come to rest, whoever is faster. */
        Set<Situation> outcomes() {
            Set<Situation> resting = new HashSet<>();
            Set<Situation> seen = new HashSet<>();
            Deque<Situation> open = new ArrayDeque<>(List.of(this));
            while (!open.isEmpty()) {
                Situation situation = open.pop();
                if (!seen.add(situation)) {
                    continue;
                }
                if (situation.woken() < 0) {
                    resting.add(situation);
                }
                for (int i = 0; i < ACTORS; i++) {
                    if (situation.actors.get(i).where == Where.WOKEN) {
                        Situation next = situation.copy();
                        next.arrive(i);
                        open.push(next);
                    }
                }
            }
            return resting;
        }
    }

    // ---- the real lock beside it

    private interface Call {
        Object run() throws InterruptedException;
    }

    private static final class Performer {
        final BlockingQueue<Supplier<String>> commands = new LinkedBlockingQueue<>();
        Thread thread;

        /** What its last operation returned or threw; null while it runs. */
        volatile String outcome = "";
    }

    private static final class Lockstep implements AutoCloseable {
        private static final Duration BRIEF = Duration.ofMillis(1);

        private final ReadersWriterLock lock;
        private final TestThreads threads = new TestThreads();
        private final List<Performer> performers = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        private Situation situation = Situation.initial();

        Lockstep(ReadersWriterLock lock) {
            this.lock = lock;
            for (int i = 0; i < ACTORS; i++) {
                Performer performer = new Performer();
                performers.add(performer);
                performer.thread = threads.start("actor-" + i, () -> {
                    while (true) {
                        String outcome = performer.commands.take().get();
                        if (outcome == null) {
                            return;
                        }
                        performer.outcome = outcome + (Thread.interrupted() ? ", interrupted" : "");
                    }
                });
            }
        }

        /** An operation: what it does to the model, and then to the lock. */
        private record Operation(String name, Runnable action) {}

        void run(Step step) {
            List<Operation> operations = operationsOf(step.actor);
            Operation operation = operations.get(step.choice % operations.size());
            run(step.actor, operation);
        }

        private void run(int index, Operation operation) {
            history.add(index + " " + operation.name);
            operation.action.run();
            Set<Situation> outcomes = situation.outcomes();
            TestThreads.await("one of the situations of the model, after " + history + ": " + outcomes, () -> {
                for (Situation outcome : outcomes) {
                    if (isAt(outcome)) {
                        situation = outcome;
                        return true;
                    }
                }
                return false;
            });
        }

        private List<Operation> operationsOf(int index) {
            Actor actor = situation.actors.get(index);
            List<Operation> operations = new ArrayList<>();
            if (actor.where != Where.RUNNING) {
                operations.add(new Operation("is interrupted", () -> interrupt(index)));
                return operations;
            }
            switch (actor.hold) {
                case NONE -> {
                    for (RwKind kind : List.of(RwKind.READ, RwKind.READ_RECURSIVE, RwKind.UPGRADABLE, RwKind.WRITE)) {
                        addAcquisitions(operations, index, kind);
                    }
                    operations.add(new Operation("releases what nobody holds", () -> misuse(index)));
                }
                case READ -> {
                    addAcquisitions(operations, index, RwKind.READ_RECURSIVE);
                    addReadReleases(operations, index);
                }
                case READ_TWICE -> addReadReleases(operations, index);
                case UPGRADABLE -> {
                    addAcquisitions(operations, index, RwKind.UPGRADE);
                    addUpgradableReleases(operations, index);
                }
                case WRITE -> addWriteReleases(operations, index);
            }
            return operations;
        }

        // ---- operations

        private void addAcquisitions(List<Operation> operations, int index, RwKind kind) {
            operations.add(new Operation("acquires " + kind, () -> {
                acquire(index, kind, false);
                command(index, () -> {
                    kind.lock(lock);
                    return "done";
                });
            }));
            operations.add(new Operation("acquires interruptibly " + kind, () -> {
                acquire(index, kind, true);
                command(index, () -> {
                    kind.lockInterruptibly(lock);
                    return "done";
                });
            }));
            operations.add(new Operation("tries " + kind, () -> {
                tryAcquire(index, kind);
                command(index, () -> kind.tryLock(lock));
            }));
            operations.add(new Operation("tries without time " + kind, () -> {
                tryAcquire(index, kind);
                command(index, () -> kind.tryLockFor(lock, Duration.ZERO));
            }));
            operations.add(new Operation("tries briefly " + kind, () -> {
                // If it has to wait, then until its time is over, for nobody else moves: and nothing is changed.
                tryAcquire(index, kind);
                command(index, () -> kind.tryLockFor(lock, BRIEF));
            }));
        }

        private void acquire(int index, RwKind kind, boolean interruptible) {
            situation.set(
                    index,
                    situation.actors.get(index).wanting(kind, interruptible).reporting("done"));
            situation.arrive(index);
        }

        private void tryAcquire(int index, RwKind kind) {
            boolean isFree = situation.isFreeFor(index, kind);
            situation.set(
                    index, situation.actors.get(index).wanting(kind, false).reporting(String.valueOf(isFree)));
            if (isFree) {
                situation.acquire(index);
            }
        }

        private void addReadReleases(List<Operation> operations, int index) {
            Actor actor = situation.actors.get(index);
            Hold less = actor.hold == Hold.READ_TWICE ? Hold.READ : Hold.NONE;
            operations.add(new Operation("unlocks read", () -> {
                situation.set(index, actor.holding(less).reporting("done"));
                situation.endDrainIfLast();
                command(index, lock::unlockRead);
            }));
            if (actor.hold == Hold.READ) {
                operations.add(new Operation("bumps read", () -> {
                    situation.set(index, actor.reporting("done"));
                    if (situation.drainer() >= 0) {
                        situation.set(
                                index,
                                actor.holding(Hold.NONE)
                                        .wanting(RwKind.READ, false)
                                        .reporting("done"));
                        situation.endDrainIfLast();
                        situation.arrive(index);
                    }
                    command(index, lock::bumpRead);
                }));
            }
        }

        private void addUpgradableReleases(List<Operation> operations, int index) {
            operations.add(release(index, "unlocks upgradable", Hold.NONE, false, lock::unlockUpgradable));
            operations.add(handOver(index, "unlocks upgradable fairly", lock::unlockUpgradableFair));
            operations.add(release(index, "downgrades to read", Hold.READ, false, lock::downgradeUpgradable));
            operations.add(bump(index, RwKind.UPGRADABLE, lock::bumpUpgradable));
        }

        private void addWriteReleases(List<Operation> operations, int index) {
            operations.add(release(index, "unlocks write", Hold.NONE, false, lock::unlockWrite));
            operations.add(handOver(index, "unlocks write fairly", lock::unlockWriteFair));
            operations.add(release(index, "downgrades to read", Hold.READ, false, lock::downgrade));
            operations.add(
                    release(index, "downgrades to upgradable", Hold.UPGRADABLE, true, lock::downgradeToUpgradable));
            operations.add(bump(index, RwKind.WRITE, lock::bumpWrite));
        }

        private Operation release(int index, String name, Hold rest, boolean restIsUpgradable, Runnable call) {
            return new Operation(name, () -> {
                situation.set(index, situation.actors.get(index).holding(rest).reporting("done"));
                situation.wakeAdmitted(restIsUpgradable);
                command(index, call);
            });
        }

        private Operation handOver(int index, String name, Runnable call) {
            return new Operation(name, () -> {
                situation.set(
                        index, situation.actors.get(index).holding(Hold.NONE).reporting("done"));
                situation.handOver();
                command(index, call);
            });
        }

        private Operation bump(int index, RwKind kind, Runnable call) {
            return new Operation("bumps " + kind, () -> {
                Actor actor = situation.actors.get(index).wanting(kind, false).reporting("done");
                situation.set(index, actor);
                if (!situation.mainQueue.isEmpty()) {
                    situation.set(index, actor.holding(Hold.NONE));
                    situation.handOver();
                    situation.arrive(index);
                }
                command(index, call);
            });
        }

        private void misuse(int index) {
            Actor actor = situation.actors.get(index);
            Runnable call;
            if (!situation.isHeldForReading()) {
                call = lock::unlockRead;
            } else if (!situation.isHeldUpgradably()) {
                call = lock::unlockUpgradable;
            } else {
                call = lock::unlockWrite;
            }
            situation.set(index, actor.reporting("IllegalMonitorStateException"));
            command(index, call);
        }

        private void interrupt(int index) {
            Actor actor = situation.actors.get(index);
            if (!actor.interruptible) {
                String mark = ", interrupted";
                situation.set(index, actor.outcome.endsWith(mark) ? actor : actor.reporting(actor.outcome + mark));
            } else if (actor.where == Where.IN_DRAIN) {
                situation.giveUpDrain(index);
            } else {
                situation.mainQueue.remove((Integer) index);
                situation.set(index, actor.at(Where.RUNNING).reporting("InterruptedException"));
            }
            performers.get(index).thread.interrupt();
        }

        private void command(int index, Runnable call) {
            command(index, () -> {
                call.run();
                return "done";
            });
        }

        private void command(int index, Call call) {
            Performer performer = performers.get(index);
            performer.outcome = null;
            performer.commands.add(() -> {
                try {
                    return call.run().toString();
                } catch (InterruptedException | RuntimeException e) {
                    return e.getClass().getSimpleName();
                }
            });
        }

        // ---- comparing

        private boolean isAt(Situation expected) {
            for (int i = 0; i < ACTORS; i++) {
                Actor actor = expected.actors.get(i);
                String outcome = performers.get(i).outcome;
                boolean isRunning = actor.where == Where.RUNNING;
                if (isRunning ? !actor.outcome.equals(outcome) : outcome != null) {
                    return false;
                }
            }
            int drainer = expected.drainer();
            List<Integer> drainQueue = drainer < 0 ? List.of() : List.of(drainer);
            return RwProbe.queueOf(lock, RwProbe.MAIN).equals(threadsOf(expected.mainQueue))
                    && RwProbe.queueOf(lock, RwProbe.DRAIN).equals(threadsOf(drainQueue))
                    && isState(expected);
        }

        /**
         * All bits but RECURSIVE follow from the situation; that one may outlast the recursive readers, not the others.
         */
        private boolean isState(Situation expected) {
            boolean recursive = expected.mainQueue.stream()
                    .anyMatch(index -> expected.actors.get(index).wants == RwKind.READ_RECURSIVE);
            int state = RwProbe.state(lock);
            int bits = RwProbe.readHolds(expected.readHolds())
                    | (expected.isWriterSet() ? RwProbe.WRITER : 0)
                    | (expected.isHeldUpgradably() ? RwProbe.UPGRADABLE : 0)
                    | (expected.mainQueue.isEmpty() ? 0 : RwProbe.PARKED)
                    | (expected.drainer() < 0 ? 0 : RwProbe.DRAINING)
                    | (recursive ? RwProbe.RECURSIVE : 0);
            int mayStay = expected.mainQueue.isEmpty() ? 0 : RwProbe.RECURSIVE;
            return (state | mayStay) == (bits | mayStay) && (state & bits) == bits;
        }

        private List<Thread> threadsOf(List<Integer> indexes) {
            return indexes.stream().map(index -> performers.get(index).thread).toList();
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
                assertEquals(List.of(), situation.mainQueue);
                RwProbe.assertIdle(lock);
            } finally {
                performers.forEach(performer -> performer.commands.add(() -> null));
                threads.close();
            }
        }

        private int holder() {
            for (int i = 0; i < ACTORS; i++) {
                if (situation.actors.get(i).hold != Hold.NONE) {
                    return i;
                }
            }
            return -1;
        }
    }
}

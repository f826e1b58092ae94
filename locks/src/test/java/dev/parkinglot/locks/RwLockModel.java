package dev.parkinglot.locks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A plain model of a readers-writer lock and of the threads that use it: one situation. Mutable; copied where the model
 * branches.
 */
record RwLockModel(List<Actor> actors, List<Integer> mainQueue) {
    static final int ACTORS = 5;

    enum Hold {
        NONE,
        READ,
        READ_TWICE,
        UPGRADABLE,
        WRITE
    }

    enum Where {
        RUNNING,
        IN_MAIN,
        IN_DRAIN,
        /** Woken, and not yet at rest. */
        WOKEN
    }

    /** What the model knows of one thread. Immutable. */
    record Actor(Hold hold, Where where, RwKind wants, boolean interruptible, String outcome) {
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

    static RwLockModel initial() {
        return new RwLockModel(new ArrayList<>(Collections.nCopies(ACTORS, Actor.IDLE)), new ArrayList<>());
    }

    RwLockModel copy() {
        return new RwLockModel(new ArrayList<>(actors), new ArrayList<>(mainQueue));
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
    Set<RwLockModel> outcomes() {
        Set<RwLockModel> resting = new HashSet<>();
        Set<RwLockModel> seen = new HashSet<>();
        Deque<RwLockModel> open = new ArrayDeque<>(List.of(this));
        while (!open.isEmpty()) {
            RwLockModel situation = open.pop();
            if (!seen.add(situation)) {
                continue;
            }
            if (situation.woken() < 0) {
                resting.add(situation);
            }
            for (int i = 0; i < ACTORS; i++) {
                if (situation.actors.get(i).where == Where.WOKEN) {
                    RwLockModel next = situation.copy();
                    next.arrive(i);
                    open.push(next);
                }
            }
        }
        return resting;
    }
}

package dev.parkinglot.locks;

import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/** Every lock that threads wait for in the lot, for tests of what goes wrong in a wait. */
@SuppressWarnings("ImmutableEnumChecker") // suppliers without state
enum WaitingKind {
    MUTEX(() -> Pair.of(new Mutex()), true),
    FAIR_MUTEX(() -> Pair.of(new FairMutex()), true),
    REENTRANT_MUTEX(() -> Pair.of(new ReentrantMutex()), true),
    DROP_IN(() -> Pair.of(new ReentrantLock()), true),
    FAIR_DROP_IN(() -> Pair.of(new ReentrantLock(true)), true),
    WRITE(() -> Pair.of(new RwLock().writeLock()), true),
    READ(WaitingKind::read, false),
    UPGRADABLE(() -> Pair.of(new RwLock().upgradable()), false),
    DROP_IN_WRITE(() -> Pair.of(new ReentrantReadWriteLock().writeLock()), true),
    DROP_IN_READ(WaitingKind::dropInRead, false),
    FIELD(() -> Pair.of(InField.newMutex()), true),
    FIELD_WITHOUT_VIEW(() -> Pair.of(InField.newLock()), false),
    BUFFER(() -> Pair.of(InBuffer.newMutex()), true),
    BUFFER_WITHOUT_FLYWEIGHT(() -> Pair.of(InBuffer.newLock()), false),
    BUFFER_WRITE(() -> Pair.of(InBuffer.newRwLock().writeLock()), true);

    /** A lock, and one that excludes it: the same, but for modes that share. */
    record Pair(Lock lock, Lock excluding) {
        private static Pair of(Lock lock) {
            return new Pair(lock, lock);
        }
    }

    private final Supplier<Pair> maker;
    private final boolean hasConditions;

    WaitingKind(Supplier<Pair> maker, boolean hasConditions) {
        this.maker = maker;
        this.hasConditions = hasConditions;
    }

    Pair newPair() {
        return maker.get();
    }

    boolean hasConditions() {
        return hasConditions;
    }

    private static Pair read() {
        RwLock lock = new RwLock();
        return new Pair(lock.readLock(), lock.writeLock());
    }

    private static Pair dropInRead() {
        var lock = new ReentrantReadWriteLock();
        return new Pair(lock.readLock(), lock.writeLock());
    }
}

package dev.parkinglot.report;

import java.util.List;

/** What a lock costs a thread that is alone. */
final class UncontendedSections {
    static final String UNCONTENDED = "uncontended";
    static final String MODES = "modes";
    static final String PAIR = "lock and unlock";
    static final String ALONE = "one thread";
    static final String REENTRANT = "reentrant";
    static final String READERS_WRITER = "readers-writer";

    private static final String PACKAGE = "dev.parkinglot.locks.";
    private static final Pace PACE = new Pace(3, 200, 2, 400, 3);

    private UncontendedSections() {}

    static List<Section> all() {
        return List.of(uncontended(), modes());
    }

    private static Section uncontended() {
        return Section.of(
                        UNCONTENDED,
                        "Uncontended",
                        "One lock and one unlock around an increment, by a thread that is alone.",
                        Table.of(PAIR, PACKAGE + "UncontendedBenchmark")
                                .peers(List.of(
                                        Peer.ours(Peers.MUTEX, "mutex"),
                                        Peer.ours("Mutex, through a guard", "mutexGuard"),
                                        Peer.ours("Mutex, once used with a Condvar", "mutexUsedWithCondvar"),
                                        Peer.ours(Peers.FAIR_MUTEX, "fairMutex").against(Peers.REENTRANT_LOCK_FAIR),
                                        Peer.theirs(Peers.REENTRANT_LOCK, "reentrantLock"),
                                        Peer.theirs(Peers.REENTRANT_LOCK_FAIR, "reentrantLockFair"),
                                        Peer.theirs("StampedLock, write", "stampedLockWrite"),
                                        Peer.theirs(Peers.SYNCHRONIZED, "synchronizedBlock")))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(List.of(Cell.of(ALONE)))
                                .metrics(Metric.NANOS, Metric.ALLOCATED)
                                .peersDown()
                                .chart(Table.Chart.BARS)
                                .build())
                .pace(PACE);
    }

    private static Section modes() {
        String benchmark = PACKAGE + "UncontendedModesBenchmark";
        String again = "ReentrantLock, locked again";
        String stampedRead = "StampedLock, read";
        String stampedWrite = "StampedLock, write";
        return Section.of(
                        MODES,
                        "Uncontended: reentrant, readers-writer, Once",
                        "The same for the other locks and modes; each beside the peer that does the same.",
                        Table.of(REENTRANT, benchmark)
                                .peers(List.of(
                                        Peer.ours(Peers.REENTRANT_MUTEX, "reentrantMutex")
                                                .against(Peers.REENTRANT_LOCK),
                                        Peer.ours("ReentrantMutex, locked again", "reentrantMutexAgain")
                                                .against(again),
                                        Peer.theirs(Peers.REENTRANT_LOCK, "reentrantLock"),
                                        Peer.theirs(again, "reentrantLockAgain")))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(List.of(Cell.of(ALONE)))
                                .metrics(Metric.NANOS, Metric.ALLOCATED)
                                .peersDown()
                                .build(),
                        Table.of(READERS_WRITER, benchmark)
                                .peers(List.of(
                                        Peer.ours("RwLock, read", "rwLockRead").against(stampedRead),
                                        Peer.ours("RwLock, upgradable", "rwLockUpgradable")
                                                .against(stampedRead),
                                        Peer.ours("RwLock, write", "rwLockWrite")
                                                .against(stampedWrite),
                                        Peer.theirs(stampedRead, "stampedLockRead"),
                                        Peer.theirs(stampedWrite, "stampedLockWrite"),
                                        Peer.theirs("ReentrantReadWriteLock, read", "reentrantReadWriteLockRead"),
                                        Peer.theirs("ReentrantReadWriteLock, write", "reentrantReadWriteLockWrite")
                                                .against(stampedWrite)))
                                .baseline(stampedRead)
                                .cells(List.of(Cell.of(ALONE)))
                                .metrics(Metric.NANOS, Metric.ALLOCATED)
                                .peersDown()
                                .build(),
                        Table.of("Once", benchmark)
                                .peers(List.of(
                                        Peer.ours("Once, done", "onceDone"),
                                        Peer.theirs("volatile read", "volatileRead")))
                                .baseline("volatile read")
                                .cells(List.of(Cell.of(ALONE)))
                                .metrics(Metric.NANOS, Metric.ALLOCATED)
                                .peersDown()
                                .build())
                .pace(PACE);
    }
}

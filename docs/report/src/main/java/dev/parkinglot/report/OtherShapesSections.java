package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The locks in other shapes: as drop-ins for those of the JDK, and in memory instead of in objects. */
final class OtherShapesSections {
    static final String DROP_INS = "drop-ins";
    static final String CONTENDED = "contended";
    static final String BROADCAST = "broadcast";
    static final String DROP_IN = "dev.parkinglot.locks";
    static final String DROP_IN_FAIR = "dev.parkinglot.locks, fair";
    static final String JDK = "java.util.concurrent.locks";
    static final String JDK_FAIR = "java.util.concurrent.locks, fair";
    static final String LOCK = "ReentrantLock";
    static final String LOCK_AGAIN = "ReentrantLock, locked again";
    static final String SIGNAL_ALL = "signalAll to 32, one processor";
    static final String BUFFERS = "buffers";
    static final String IN_MEMORY = "lock and unlock in memory";
    private static final String ALONE = "Mutex, no other lock";
    static final String OFF_HEAP = "BufferMutex, off heap";

    private static final String PACKAGE = "dev.parkinglot.locks.";

    private OtherShapesSections() {}

    static List<Section> all() {
        return List.of(dropIns(), buffers());
    }

    private static Section dropIns() {
        String benchmark = PACKAGE + "DropInBenchmark";
        List<Peer> peers = List.of(
                Peer.ours(DROP_IN, "", Map.of("origin", "DROP_IN")), Peer.theirs(JDK, "", Map.of("origin", "JDK")));
        return Section.of(
                DROP_INS,
                "Drop-ins",
                "The same code with the locks of the JDK and with ours of the same name.",
                Table.of(UncontendedSections.ALONE, benchmark)
                        .peers(peers)
                        .baseline(JDK)
                        .cells(List.of(
                                Cell.of(LOCK).method("lock"),
                                Cell.of("ReentrantLock, awaited on before").method("lockAwaitedOn"),
                                Cell.of(LOCK_AGAIN).method("lockAgain"),
                                Cell.of("ReentrantLock(true)").method("lockFair"),
                                Cell.of("ReentrantReadWriteLock, read").method("read"),
                                Cell.of("ReentrantReadWriteLock, read again").method("readAgain"),
                                Cell.of("ReentrantReadWriteLock, write").method("write")))
                        .metrics(Metric.NANOS)
                        .build(),
                contended(),
                Table.of(BROADCAST, benchmark)
                        .peers(peers)
                        .baseline(JDK)
                        .cells(List.of(
                                Cell.of(SIGNAL_ALL).method("signalAllTo32").onOneProcessor(),
                                Cell.of("signalAll to 32, all processors")
                                        .method("signalAllTo32")
                                        .onlyInFullRuns()))
                        .metrics(Metric.MICROS)
                        .build());
    }

    private static Table contended() {
        return Table.of(CONTENDED, PACKAGE + "ContendedBenchmark")
                .peers(List.of(
                        Peer.ours(DROP_IN, "round", Map.of("lock", "DROP_IN")),
                        Peer.ours(DROP_IN_FAIR, "round", Map.of("lock", "DROP_IN_FAIR"))
                                .against(JDK_FAIR),
                        Peer.theirs(JDK, "round", Map.of("lock", "REENTRANT_LOCK")),
                        Peer.theirs(JDK_FAIR, "round", Map.of("lock", "REENTRANT_LOCK_FAIR"))))
                .baseline(JDK)
                .cells(contendedCells())
                .metrics(Metric.THROUGHPUT)
                .build();
    }

    static List<Cell> contendedCells() {
        return ContendedSections.CELLS.stream()
                .flatMap(steps -> Stream.of(2, 16)
                        .map(threads -> Cell.of(steps + ", " + ContendedSections.threads(threads))
                                .threads(threads)
                                .params(ContendedSections.params(steps))
                                .onlyInFullRuns()))
                .toList();
    }

    private static Section buffers() {
        return Section.of(
                BUFFERS,
                "Locks in memory",
                "A lock in a buffer, or in some bits of a field, beside the same lock as an object.",
                Table.of(IN_MEMORY, PACKAGE + "BufferBenchmark")
                        .peers(List.of(
                                Peer.ours(OFF_HEAP, "mutexOffHeap").against(Peers.MUTEX),
                                Peer.ours("BufferMutex, on heap", "mutexOnHeap").against(Peers.MUTEX),
                                Peer.ours("BufferMutex, flyweight", "mutexFlyweight")
                                        .against(Peers.MUTEX),
                                Peer.ours("LockField, two bits", "mutexInField").against(Peers.MUTEX),
                                Peer.ours("BufferRwLock, read", "rwLockReadOffHeap")
                                        .against("RwLock, read"),
                                Peer.ours("BufferRwLock, write", "rwLockWriteOffHeap")
                                        .against("RwLock, write"),
                                Peer.ours(Peers.MUTEX, "mutex"),
                                Peer.ours("RwLock, read", "rwLockRead"),
                                Peer.ours("RwLock, write", "rwLockWrite"),
                                Peer.theirs(Peers.REENTRANT_LOCK, "reentrantLock")))
                        .baseline(Peers.REENTRANT_LOCK)
                        .cells(List.of(Cell.of(UncontendedSections.ALONE)))
                        .metrics(Metric.NANOS)
                        .peersDown()
                        .build(),
                Table.of("a mutex beside other locks", PACKAGE + "MutexBesideOthersBenchmark")
                        .peers(List.of(
                                Peer.ours(ALONE, "pair", Map.of("others", "false")),
                                Peer.ours("beside BufferMutex and others", "pair", Map.of("others", "true")),
                                Peer.ours("a guard, alone", "guard", Map.of("others", "false")),
                                Peer.ours("a guard, beside others", "guard", Map.of("others", "true"))
                                        .against("a guard, alone")))
                        .baseline(ALONE)
                        .cells(List.of(Cell.of(UncontendedSections.ALONE).onlyInFullRuns()))
                        .metrics(Metric.NANOS)
                        .peersDown()
                        .build(),
                Table.of("contended, in memory", PACKAGE + "ContendedBenchmark")
                        .peers(List.of(
                                Peer.ours("BufferMutex, flyweight", "round", Map.of("lock", "BUFFER_MUTEX"))
                                        .against(Peers.MUTEX),
                                Peer.ours("LockField, two bits", "round", Map.of("lock", "LOCK_FIELD"))
                                        .against(Peers.MUTEX),
                                Peer.ours(Peers.MUTEX, "round", Map.of("lock", "MUTEX")),
                                Peer.theirs(Peers.REENTRANT_LOCK, "round", Map.of("lock", "REENTRANT_LOCK"))))
                        .baseline(Peers.REENTRANT_LOCK)
                        .cells(contendedCells())
                        .metrics(Metric.THROUGHPUT)
                        .build());
    }
}

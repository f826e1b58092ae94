package dev.parkinglot.report;

import java.util.List;
import java.util.Map;

/** The locks in other shapes: as drop-ins for those of the JDK, and in memory instead of in objects. */
final class OtherShapesSections {
    private static final String PACKAGE = "dev.parkinglot.locks.";
    private static final String JDK = "java.util.concurrent.locks";

    private OtherShapesSections() {}

    static List<Section> all() {
        return List.of(dropIns(), buffers());
    }

    private static Section dropIns() {
        String benchmark = PACKAGE + "DropInBenchmark";
        List<Peer> peers = List.of(
                Peer.ours("dev.parkinglot.locks.juc", "", Map.of("origin", "DROP_IN")),
                Peer.theirs(JDK, "", Map.of("origin", "JDK")));
        return Section.of(
                "drop-ins",
                "Drop-ins",
                "The same code with the locks of the JDK and with ours of the same name.",
                Table.of("one thread", benchmark)
                        .peers(peers)
                        .baseline(JDK)
                        .cells(List.of(
                                Cell.of("ReentrantLock").method("lock"),
                                Cell.of("ReentrantLock, awaited on before").method("lockAwaitedOn"),
                                Cell.of("ReentrantLock, locked again").method("lockAgain"),
                                Cell.of("ReentrantLock(true)").method("lockFair"),
                                Cell.of("ReentrantReadWriteLock, read").method("read"),
                                Cell.of("ReentrantReadWriteLock, read again").method("readAgain"),
                                Cell.of("ReentrantReadWriteLock, write").method("write")))
                        .metrics(Metric.NANOS)
                        .build(),
                Table.of("broadcast", benchmark)
                        .peers(peers)
                        .baseline(JDK)
                        .cells(List.of(
                                Cell.of("signalAll to 32, one processor")
                                        .method("signalAllTo32")
                                        .onOneProcessor(),
                                Cell.of("signalAll to 32, all processors")
                                        .method("signalAllTo32")
                                        .onlyInFullRuns()))
                        .metrics(Metric.MICROS)
                        .build());
    }

    private static Section buffers() {
        return Section.of(
                "buffers",
                "Locks in memory",
                "A lock in a buffer, or in some bits of a field, beside the same lock as an object; one thread.",
                Table.of("lock and unlock in memory", PACKAGE + "buffer.BufferBenchmark")
                        .peers(List.of(
                                Peer.ours("BufferMutex, off heap", "mutexOffHeap")
                                        .against(Peers.MUTEX),
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
                        .cells(List.of(Cell.of("one thread")))
                        .metrics(Metric.NANOS)
                        .peersDown()
                        .build());
    }
}

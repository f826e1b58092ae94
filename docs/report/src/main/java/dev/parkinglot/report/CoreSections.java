package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The table of queues, and how large objects are. */
final class CoreSections {
    private static final List<String> WAITERS = List.of("10", "1000", "100000");
    private static final Pace GROWTH_PACE = new Pace(2, 200, 1, 300, 1);

    private static final String OBJECT = "Object";

    private CoreSections() {}

    static List<Section> all() {
        return List.of(growth(), footprint());
    }

    private static Section growth() {
        return Section.of(
                        "growth",
                        "Growth",
                        "The cost contract of `ParkingLot`: what an operation costs with so many threads waiting. The "
                                + "waiters "
                                + "are queue nodes on which nobody sleeps, so these figures are the table alone. The "
                                + "ratio is to "
                                + "ten waiters, and should stay near 1.",
                        Table.of("operations", "dev.parkinglot.core.GrowthBenchmark")
                                .peers(WAITERS.stream()
                                        .map(waiters ->
                                                Peer.theirs(waiters + " waiters", "", Map.of("waiters", waiters)))
                                        .toList())
                                .baseline("10 waiters")
                                .cells(Stream.of(
                                                growthCells(
                                                        "unparkOneAndEnqueue", "unpark the first and enqueue it again"),
                                                growthCells("enqueueAndTimeOut", "enqueue and leave by timeout"),
                                                growthCells("enqueueAndInterrupt", "enqueue and leave by interrupt"),
                                                growthCells("requeueOne", "requeue one"))
                                        .flatMap(List::stream)
                                        .toList())
                                .metrics(Metric.NANOS)
                                .build())
                .pace(GROWTH_PACE);
    }

    private static List<Cell> growthCells(String method, String label) {
        return List.of(
                growthCell(method, label + ", all on the key", "ONE_KEY"),
                growthCell(method, label + ", each on a key of its own", "MANY_KEYS"),
                growthCell(method, label + ", half on another key of its bucket", "TWO_KEYS_IN_ONE_BUCKET"));
    }

    private static Cell growthCell(String method, String label, String layout) {
        return Cell.of(label).method(method).params(Map.of("layout", layout));
    }

    private static Section footprint() {
        String ours = "dev.parkinglot.locks.";
        String theirs = "java.util.concurrent.locks.";
        return Section.of(
                        "footprint",
                        "Size",
                        "Of an object and all that only it refers to, by JOL, with compressed class pointers. A lock "
                                + "that "
                                + "extends or is embedded costs less; these are whole objects.",
                        Table.of("objects", Footprint.BENCHMARK)
                                .peers(List.of(
                                        Peer.ours(Peers.MUTEX, ours + "Mutex").against(Peers.REENTRANT_LOCK),
                                        Peer.ours(Peers.FAIR_MUTEX, ours + "FairMutex")
                                                .against(Peers.REENTRANT_LOCK),
                                        Peer.ours(Peers.REENTRANT_MUTEX, ours + "ReentrantMutex")
                                                .against(Peers.REENTRANT_LOCK),
                                        Peer.ours("drop-in ReentrantLock", ours + "ReentrantLock")
                                                .against(Peers.REENTRANT_LOCK),
                                        Peer.ours("drop-in ReentrantReadWriteLock", ours + "ReentrantReadWriteLock")
                                                .against(Peers.REENTRANT_RW_LOCK),
                                        Peer.ours(Peers.RW_LOCK, ours + "RwLock")
                                                .against(Peers.STAMPED_LOCK),
                                        Peer.ours("Condvar", ours + "Condvar").against(OBJECT),
                                        Peer.ours("Once", ours + "Once").against(OBJECT),
                                        Peer.theirs(OBJECT, "java.lang.Object"),
                                        Peer.theirs(Peers.REENTRANT_LOCK, theirs + "ReentrantLock"),
                                        Peer.theirs(Peers.STAMPED_LOCK, theirs + "StampedLock"),
                                        Peer.theirs(Peers.REENTRANT_RW_LOCK, theirs + "ReentrantReadWriteLock")))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(List.of(Cell.of("a new one")))
                                .metrics(Metric.SIZE)
                                .peersDown()
                                .build())
                .pace(new Pace(0, 0, 0, 0, 1));
    }
}

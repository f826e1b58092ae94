package dev.parkinglot.report;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What must be shown. */
final class Targets {
    static final List<Target> ALL = List.of(
            Target.atMost(0.55, "Mutex, uncontended, to ReentrantLock", results -> uncontended(results)),
            Target.atMost(0.65, "ReentrantMutex, uncontended, to ReentrantLock", results -> reentrant(results)),
            Target.atLeast(
                    1.25,
                    "Mutex, all contended cells with T >= 2, geometric mean to ReentrantLock",
                    results -> Statistics.geometricMean(
                            contended(results, Peers.MUTEX, Peers.REENTRANT_LOCK, Metric.THROUGHPUT))),
            Target.atLeast(
                    1.25,
                    "the same to synchronized",
                    results -> Statistics.geometricMean(
                            contended(results, Peers.MUTEX, Peers.SYNCHRONIZED, Metric.THROUGHPUT))),
            Target.atLeast(
                    0.9,
                    "Mutex, worst contended cell with T >= 2, to ReentrantLock",
                    results ->
                            Statistics.least(contended(results, Peers.MUTEX, Peers.REENTRANT_LOCK, Metric.THROUGHPUT))),
            Target.atLeast(
                    1.0,
                    "tail at T = 32: Mutex's throughput to ReentrantLock",
                    results -> tail(results, Metric.THROUGHPUT)),
            Target.atMost(
                    0.6,
                    "tail at T = 32: Mutex's p99.99 to ReentrantLock",
                    results -> tail(results, Metric.WAIT_P9999)),
            Target.atMost(
                    0.7,
                    "tail at T = 32: Mutex's longest wait to ReentrantLock",
                    results -> tail(results, Metric.WAIT_LONGEST)),
            Target.atLeast(
                    0.75,
                    "tail at T = 32: share of Mutex's slowest thread",
                    results -> results.median(tailKey(Peers.MUTEX, Metric.SLOWEST_SHARE, 32))),
            Target.atMost(
                    5000.0,
                    "Mutex: median wait for a thread that holds for 100 µs and relocks, µs",
                    results -> results.median(new Key(
                            ContendedSections.LONG_HOLD,
                            ContendedSections.LONG_HOLD_TABLE,
                            ContendedSections.LONG_HOLD_CELL,
                            Peers.MUTEX,
                            Metric.WAIT_MEDIAN.id()))),
            Target.atLeast(
                    1.0,
                    "FairMutex, worst contended cell, to ReentrantLock(true)",
                    results -> Statistics.least(
                            contended(results, Peers.FAIR_MUTEX, Peers.REENTRANT_LOCK_FAIR, Metric.THROUGHPUT))),
            Target.atMost(
                    1.0,
                    "FairMutex, longest wait of the tails, worst T, to ReentrantLock(true)",
                    results -> Statistics.greatest(Stream.of(2, 8, 32)
                            .map(threads -> results.ratio(
                                    tailKey(Peers.FAIR_MUTEX, Metric.WAIT_LONGEST, threads), Peers.REENTRANT_LOCK_FAIR))
                            .toList())),
            Target.atLeast(
                    1.1,
                    "RwLock, geometric mean over mixes, to StampedLock",
                    results -> Statistics.geometricMean(readWrite(results, Peers.STAMPED_LOCK))),
            Target.atLeast(
                    1.8,
                    "the same to ReentrantReadWriteLock",
                    results -> Statistics.geometricMean(readWrite(results, Peers.REENTRANT_RW_LOCK))),
            Target.atLeast(
                    1.6,
                    "RwLock at 100 % reads, (1,0): two threads to one",
                    results -> readers(results, 2) / readers(results, 1)),
            Target.atLeast(
                    1.2,
                    "Condvar on one processor, ping-pong: round trips to Condition",
                    results -> 1.0 / condvar(results, WaitingSections.PING_PONG)),
            Target.atMost(
                    0.7,
                    "the same, broadcast to 32 under the lock: time to Condition",
                    results -> condvar(results, WaitingSections.UNDER)),
            Target.atMost(
                    0.7,
                    "the same, broadcast to 32 after the unlock: time to Condition under the lock",
                    results -> results.median(condvarKey(WaitingSections.AFTER, WaitingSections.CONDVAR))
                            / results.median(condvarKey(WaitingSections.UNDER, WaitingSections.CONDITION))),
            Target.atMost(0.0, "bytes allocated by an uncontended lock and unlock, worst of ours", Targets::allocated),
            Target.atMost(100.0, "bytes allocated by a parked wait, worst of ours", Targets::allocatedParked),
            Target.atMost(
                    1.05,
                    "RwLock, uncontended, worst of read, upgradable and write, to StampedLock",
                    results -> Statistics.greatest(Stream.of("read", "upgradable", "write")
                            .map(mode -> results.ratio(
                                    mode(UncontendedSections.READERS_WRITER, "RwLock, " + mode),
                                    "StampedLock, " + (mode.equals("write") ? mode : "read")))
                            .toList())),
            Target.atMost(
                    1.5,
                    "Once, done, to a volatile read",
                    results -> results.ratio(mode("Once", "Once, done"), "volatile read")),
            Target.atMost(
                    0.65,
                    "drop-in ReentrantLock, uncontended, to the JDK's",
                    results -> dropIn(results, UncontendedSections.ALONE, OtherShapesSections.LOCK, Metric.NANOS)),
            Target.atMost(
                    1.0,
                    "the same, locked again",
                    results ->
                            dropIn(results, UncontendedSections.ALONE, OtherShapesSections.LOCK_AGAIN, Metric.NANOS)),
            Target.atLeast(
                    0.9,
                    "the same, worst contended cell",
                    results -> Statistics.least(
                            dropInContended(results, OtherShapesSections.DROP_IN, OtherShapesSections.JDK))),
            Target.atLeast(
                    1.0,
                    "the same, fair, worst contended cell",
                    results -> Statistics.least(
                            dropInContended(results, OtherShapesSections.DROP_IN_FAIR, OtherShapesSections.JDK_FAIR))),
            Target.atMost(
                    0.8,
                    "the same, time of signalAll to 32 on one processor",
                    results -> dropIn(
                            results, OtherShapesSections.BROADCAST, OtherShapesSections.SIGNAL_ALL, Metric.MICROS)),
            Target.atMost(
                    1.25,
                    "BufferMutex off the heap, uncontended, to Mutex",
                    results -> results.ratio(
                            new Key(
                                    OtherShapesSections.BUFFERS,
                                    OtherShapesSections.IN_MEMORY,
                                    UncontendedSections.ALONE,
                                    OtherShapesSections.OFF_HEAP,
                                    Metric.NANOS.id()),
                            Peers.MUTEX)),
            Target.atMost(
                            0.9,
                            "the system's parker, round trip on one processor, to locksupport",
                            results -> results.ratio(
                                    new Key(
                                            ParkerSections.HAND_OFF,
                                            ParkerSections.PARKERS,
                                            ParkerSections.PINNED_ROUND_TRIP,
                                            ParkerSections.SYSTEM,
                                            Metric.NANOS.id()),
                                    ParkerSections.LOCK_SUPPORT))
                    .since(22));

    private Targets() {}

    private static double uncontended(Results results) {
        return results.ratio(
                new Key(
                        UncontendedSections.UNCONTENDED,
                        UncontendedSections.PAIR,
                        UncontendedSections.ALONE,
                        Peers.MUTEX,
                        Metric.NANOS.id()),
                Peers.REENTRANT_LOCK);
    }

    private static double reentrant(Results results) {
        return results.ratio(mode(UncontendedSections.REENTRANT, Peers.REENTRANT_MUTEX), Peers.REENTRANT_LOCK);
    }

    private static Key mode(String table, String peer) {
        return new Key(UncontendedSections.MODES, table, UncontendedSections.ALONE, peer, Metric.NANOS.id());
    }

    private static double dropIn(Results results, String table, String cell, Metric metric) {
        return results.ratio(
                new Key(OtherShapesSections.DROP_INS, table, cell, OtherShapesSections.DROP_IN, metric.id()),
                OtherShapesSections.JDK);
    }

    private static Collection<Double> dropInContended(Results results, String peer, String rival) {
        return OtherShapesSections.contendedCells().stream()
                .map(cell -> results.ratio(
                        new Key(
                                OtherShapesSections.DROP_INS,
                                OtherShapesSections.CONTENDED,
                                cell.label(),
                                peer,
                                Metric.THROUGHPUT.id()),
                        rival))
                .toList();
    }

    private static Collection<Double> contended(Results results, String peer, String rival, Metric metric) {
        return ContendedSections.CELLS.stream()
                .flatMap(table -> ContendedSections.THREADS.stream()
                        .filter(threads -> threads >= 2)
                        .map(threads -> new Key(
                                ContendedSections.CONTENDED,
                                table,
                                ContendedSections.threads(threads),
                                peer,
                                metric.id())))
                .map(key -> results.ratio(key, rival))
                .toList();
    }

    private static Key tailKey(String peer, Metric metric, int threads) {
        return new Key(ContendedSections.TAIL, ContendedSections.threads(threads), "(200,200)", peer, metric.id());
    }

    private static double tail(Results results, Metric metric) {
        return results.ratio(tailKey(Peers.MUTEX, metric, 32), Peers.REENTRANT_LOCK);
    }

    private static Collection<Double> readWrite(Results results, String rival) {
        return ReadWriteSections.CELLS.stream()
                .flatMap(cell -> ReadWriteSections.PERCENTAGES.stream()
                        .map(percentage -> ReadWriteSections.title(cell, percentage)))
                .flatMap(table -> ReadWriteSections.THREADS.stream()
                        .map(threads -> new Key(
                                ReadWriteSections.READ_WRITE,
                                table,
                                ContendedSections.threads(threads),
                                Peers.RW_LOCK,
                                Metric.THROUGHPUT.id())))
                .map(key -> results.ratio(key, rival))
                .toList();
    }

    private static Key condvarKey(String table, String peer) {
        return new Key(WaitingSections.CONDITIONS, table, WaitingSections.ONE_PROCESSOR, peer, Metric.MICROS.id());
    }

    private static double condvar(Results results, String table) {
        return results.ratio(condvarKey(table, WaitingSections.CONDVAR), WaitingSections.CONDITION);
    }

    private static double allocated(Results results) {
        return worstOfOurs(results, List.of(UncontendedSections.UNCONTENDED, UncontendedSections.MODES));
    }

    private static double allocatedParked(Results results) {
        return worstOfOurs(results, List.of(WaitingSections.PARKED));
    }

    private static double worstOfOurs(Results results, List<String> sections) {
        return Statistics.greatest(Sections.ALL.stream()
                .filter(section -> sections.contains(section.id()))
                .flatMap(section -> section.tables().stream()
                        .flatMap(table -> table.peers().stream()
                                .filter(Peer::ours)
                                .map(peer -> new Key(
                                        section.id(),
                                        table.title(),
                                        table.cells().get(0).label(),
                                        peer.name(),
                                        Metric.ALLOCATED.id()))))
                .map(results::median)
                .toList());
    }

    private static double readers(Results results, int threads) {
        return results.median(new Key(
                ReadWriteSections.READ_WRITE,
                ReadWriteSections.title("(1,0)", 100),
                ContendedSections.threads(threads),
                Peers.RW_LOCK,
                Metric.THROUGHPUT.id()));
    }
}

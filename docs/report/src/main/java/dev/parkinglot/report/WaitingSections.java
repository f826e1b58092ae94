package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Conditions, many locks, many threads, and what it costs to wait or not to. */
final class WaitingSections {
    static final String CONDITIONS = "conditions";
    static final String PARKED = "parked";
    static final String PARKED_TABLE = "a parked wait";
    static final String ALONE = "two threads";
    static final String CONDVAR = "Condvar";
    static final String CONDITION = "Condition";
    static final String PING_PONG = "ping-pong";
    static final String ONE_PROCESSOR = "one processor";
    static final String UNDER = "broadcast to 32 under the lock";
    static final String AFTER = "broadcast to 32 after the unlock";

    private static final String PACKAGE = "dev.parkinglot.locks.";

    private static final List<String> QUICK_QUEUES = List.of("(1,1,16,100)", "(4,4,128,100)");

    private WaitingSections() {}

    static List<Section> all() {
        return List.of(conditions(), queues(), tryLock(), parked(), manyLocks(), virtualThreads());
    }

    private static Section conditions() {
        return Section.of(
                CONDITIONS,
                "Conditions",
                "`Condvar` with a `Mutex`, `Condition` of a `ReentrantLock`, `wait` and `notify` of a monitor; "
                        + "microseconds for a "
                        + "round trip, or until all of 32 waiters have been woken and wait again. On one processor, "
                        + "since a wake across "
                        + "processors costs more than all else, and on all of them. After the unlock, `Condition` and "
                        + "monitor have to take "
                        + "the lock again, which Java demands of them.",
                conditionTable(PING_PONG, "PingPongBenchmark", "roundTrip"),
                conditionTable(UNDER, "BroadcastBenchmark", "underTheLock"),
                conditionTable(AFTER, "BroadcastBenchmark", "afterTheUnlock"));
    }

    private static Table conditionTable(String title, String benchmark, String method) {
        return Table.of(title, PACKAGE + benchmark)
                .peers(List.of(
                        Peer.ours(CONDVAR, method, Map.of("kind", "CONDVAR")),
                        Peer.theirs(CONDITION, method, Map.of("kind", "CONDITION")),
                        Peer.theirs("monitor", method, Map.of("kind", "MONITOR"))))
                .baseline(CONDITION)
                .cells(List.of(
                        Cell.of(ONE_PROCESSOR).onOneProcessor(),
                        Cell.of("all processors").onlyInFullRuns()))
                .metrics(Metric.MICROS)
                .build();
    }

    private static Section queues() {
        List<Cell> cells = Stream.of(
                        "1,1,16,0",
                        "1,1,16,100",
                        "1,1,128,100",
                        "2,2,16,100",
                        "2,2,128,100",
                        "4,4,16,0",
                        "4,4,16,100",
                        "4,4,128,100",
                        "1,4,16,100",
                        "4,1,16,100",
                        "8,8,1,100",
                        "8,8,1024,1000",
                        "16,16,16,100")
                .map(cell -> Cell.of("(" + cell + ")").params(Map.of("cell", cell)))
                .map(cell -> QUICK_QUEUES.contains(cell.label()) ? cell : cell.onlyInFullRuns())
                .toList();
        return Section.of(
                "queues",
                "Bounded queues",
                "Nanoseconds for an element that goes through a bounded queue: (producers, consumers, capacity, steps "
                        + "of "
                        + "work that a thread does between two elements). The same ring with each kind of lock and two "
                        + "conditions, the monitor with `notifyAll`; then two queues of the JDK as they are. Such "
                        + "queues "
                        + "are bistable: in one mode a wake serves many elements, in the other each element costs a "
                        + "wake.",
                Table.of("queues", PACKAGE + "QueueBenchmark")
                        .peers(List.of(
                                Peer.ours("Mutex and Condvar", "", Map.of("queue", "MUTEX")),
                                Peer.ours("drop-in", "", Map.of("queue", "DROP_IN")),
                                Peer.theirs(Peers.REENTRANT_LOCK, "", Map.of("queue", "JDK_LOCK")),
                                Peer.theirs("monitor", "", Map.of("queue", "MONITOR")),
                                Peer.theirs("ArrayBlockingQueue", "", Map.of("queue", "ARRAY_BLOCKING_QUEUE")),
                                Peer.theirs("LinkedBlockingQueue", "", Map.of("queue", "LINKED_BLOCKING_QUEUE"))))
                        .baseline(Peers.REENTRANT_LOCK)
                        .cells(cells)
                        .metrics(Metric.NANOS)
                        .build());
    }

    private static Section tryLock() {
        return Section.of(
                "try-lock",
                "Try-lock",
                "One `tryLock`, and an unlock if it got the lock; nanoseconds for each thread.",
                Table.of("tryLock", PACKAGE + "TryLockBenchmark")
                        .peers(lockPeers("tryLock"))
                        .baseline(Peers.REENTRANT_LOCK)
                        .cells(List.of(
                                Cell.of("free").params(Map.of("taken", "false")),
                                Cell.of("taken by another thread").params(Map.of("taken", "true")),
                                Cell.of("T = 2")
                                        .threads(2)
                                        .params(Map.of("taken", "false"))
                                        .onlyInFullRuns(),
                                Cell.of("T = 8")
                                        .threads(8)
                                        .params(Map.of("taken", "false"))
                                        .onlyInFullRuns()))
                        .metrics(Metric.NANOS)
                        .build());
    }

    private static Section parked() {
        return Section.of(
                        PARKED,
                        "Allocation of a wait",
                        "A thread parks for a lock and gets it. What that allocates; the time is that of two wakes and "
                                + "of "
                                + "finding out that the thread has parked.",
                        Table.of(PARKED_TABLE, PACKAGE + "ParkedWaitBenchmark")
                                .peers(lockPeers("parkAndGet"))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(List.of(Cell.of(ALONE)))
                                .metrics(Metric.ALLOCATED, Metric.MICROS)
                                .peersDown()
                                .build())
                .pace(new Pace(3, 500, 1, 500, 3));
    }

    private static List<Peer> lockPeers(String method) {
        return List.of(
                Peer.ours(Peers.MUTEX, method, Map.of("lock", "MUTEX")),
                Peer.ours(Peers.FAIR_MUTEX, method, Map.of("lock", "FAIR_MUTEX")),
                Peer.ours(Peers.REENTRANT_MUTEX, method, Map.of("lock", "REENTRANT_MUTEX")),
                Peer.ours("RwLock, write", method, Map.of("lock", "RW_LOCK")),
                Peer.theirs(Peers.REENTRANT_LOCK, method, Map.of("lock", "REENTRANT_LOCK")),
                Peer.theirs("StampedLock, write", method, Map.of("lock", "STAMPED_LOCK")));
    }

    private static Section manyLocks() {
        List<Cell> cells = Stream.of("1", "10", "100", "1000", "10000")
                .map(count -> Cell.of(count).threads(8).params(Map.of("count", count)))
                .map(cell -> List.of("1", "100", "10000").contains(cell.label()) ? cell : cell.onlyInFullRuns())
                .toList();
        return Section.of(
                "many-locks",
                "Many locks",
                "Eight threads, (20,20) steps of work, and each time another of so many locks: the cube of an even "
                        + "random number "
                        + "picks it, so that a few of them are wanted most of the time.",
                Table.of("number of locks", PACKAGE + "ManyLocksBenchmark")
                        .peers(Peers.unfair("round"))
                        .baseline(Peers.REENTRANT_LOCK)
                        .cells(cells)
                        .metrics(Metric.THROUGHPUT)
                        .chart(Table.Chart.LINES_BY_CELL)
                        .build());
    }

    private static Section virtualThreads() {
        return Section.of(
                        "virtual-threads",
                        "Virtual threads",
                        "Ten thousand virtual threads take locks twenty times each, with (200,200) steps of work, and "
                                + "let others run "
                                + "after each time; milliseconds until all are done.",
                        Table.of("ten thousand threads", PACKAGE + "VirtualThreadsBenchmark")
                                .peers(Peers.unfair("allThreads"))
                                .baseline(Peers.REENTRANT_LOCK)
                                .cells(Stream.of("1", "1000")
                                        .map(count -> Cell.of(count.equals("1") ? "one lock" : count + " locks")
                                                .params(Map.of("count", count)))
                                        .toList())
                                .metrics(Metric.MILLIS)
                                .build())
                .since(21)
                .pace(new Pace(3, 0, 3, 0, 3));
    }
}

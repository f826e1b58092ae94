package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The ways to sleep, by themselves and under locks. */
final class ParkerSections {
    static final String HAND_OFF = "hand-off";
    static final String PARKERS = "parkers";
    static final String PINNED_ROUND_TRIP = "round trip, one processor";
    static final String SYSTEM = "system";
    static final String LOCK_SUPPORT = "locksupport";

    private static final String MONITOR = "monitor";
    private static final String SPIN = "spin";
    private static final String FULL_FENCE = "full fence";
    private static final String LOCKS = "dev.parkinglot.locks.";
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private ParkerSections() {}

    static List<Section> all() {
        return List.of(handOff(), underLocks());
    }

    private static Section handOff() {
        return Section.of(
                HAND_OFF,
                "Hand-off",
                "What it costs to wake a thread and to be woken by it again, and to wake one that does not sleep yet, "
                        + "with each "
                        + "way to sleep. On one processor, where the scheduler has no choice, and on all of them. "
                        + "`system` is what is "
                        + "chosen where native access has been granted: the system's own way on JDK 22 or later, "
                        + "otherwise `locksupport`. "
                        + "Then the fence that makes all other threads pass one, where the system has it, beside one "
                        + "for the own "
                        + "thread; it interrupts the processors on which the others run.",
                Table.of(PARKERS, "dev.parkinglot.parkers.HandOffBenchmark")
                        .peers(Stream.of(SYSTEM, LOCK_SUPPORT, MONITOR, SPIN)
                                .map(backend -> Peer.theirs(backend, "", Map.of("backend", backend)))
                                .toList())
                        .baseline(LOCK_SUPPORT)
                        .cells(List.of(
                                Cell.of(PINNED_ROUND_TRIP).method("roundTrip").onOneProcessor(),
                                Cell.of("round trip, all processors")
                                        .method("roundTrip")
                                        .onlyInFullRuns(),
                                Cell.of("wake one that is awake").method("wakeNobody")))
                        .metrics(Metric.NANOS)
                        .build(),
                Table.of("fences", "dev.parkinglot.parkers.FenceBenchmark")
                        .peers(List.of(
                                Peer.theirs("fence in all threads", "asymmetricFence"),
                                Peer.theirs(FULL_FENCE, "fullFence")))
                        .baseline(FULL_FENCE)
                        .cells(List.of(
                                Cell.of("alone").params(Map.of("neighbours", "0")),
                                Cell.of("beside a thread that runs").params(Map.of("neighbours", "1"))))
                        .metrics(Metric.NANOS)
                        .build());
    }

    private static Section underLocks() {
        return Section.of(
                "parkers-under-locks",
                "What a way to sleep does for a lock",
                "The same lock on each way to sleep, `system` again being what native access brings. Two threads that "
                        + "wake each "
                        + "other through a `Condvar` (a wait that may be interrupted, so that `system` sleeps as "
                        + "`locksupport` does); "
                        + "T threads that want one `Mutex` all the time at (200,200), where most wakes are "
                        + "saved, and so the difference is.",
                Table.of("ping-pong through a Condvar", LOCKS + "PingPongBenchmark")
                        .peers(lockPeers("roundTrip", Map.of("kind", "CONDVAR")))
                        .baseline(LOCK_SUPPORT)
                        .cells(List.of(
                                Cell.of("one processor").onOneProcessor(),
                                Cell.of("all processors").onlyInFullRuns()))
                        .metrics(Metric.MICROS)
                        .build(),
                Table.of("contended Mutex", LOCKS + "ContendedBenchmark")
                        .peers(lockPeers("round", Map.of("lock", "MUTEX")))
                        .baseline(LOCK_SUPPORT)
                        .cells(Stream.of(2, 8, 32)
                                .map(threads -> Cell.of(ContendedSections.threads(threads))
                                        .threads(threads)
                                        .params(ContendedSections.params("(200,200)")))
                                .toList())
                        .metrics(Metric.THROUGHPUT, Metric.SLOWEST_SHARE)
                        .build());
    }

    private static List<Peer> lockPeers(String method, Map<String, String> params) {
        return List.of(
                Peer.theirs(SYSTEM, method, params).inJvm(List.of(NATIVE_ACCESS)),
                lockPeer(LOCK_SUPPORT, method, params),
                lockPeer(MONITOR, method, params),
                lockPeer(SPIN, method, params));
    }

    private static Peer lockPeer(String parker, String method, Map<String, String> params) {
        return Peer.theirs(parker, method, params).inJvm(List.of("-Ddev.parkinglot.parker=" + parker));
    }
}

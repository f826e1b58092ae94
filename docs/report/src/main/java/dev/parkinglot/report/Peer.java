package dev.parkinglot.report;

import java.util.Map;
import java.util.Optional;

/**
 * A competitor in a table.
 *
 * @param name for readers
 * @param ours whether it is of this project
 * @param method the benchmark method that measures it
 * @param params the parameters of JMH that select it
 * @param rival whom its ratio is to; without one, to the table's baseline
 */
record Peer(String name, boolean ours, String method, Map<String, String> params, Optional<String> rival) {
    static Peer ours(String name, String method, Map<String, String> params) {
        return new Peer(name, true, method, params, Optional.empty());
    }

    static Peer theirs(String name, String method, Map<String, String> params) {
        return new Peer(name, false, method, params, Optional.empty());
    }

    static Peer ours(String name, String method) {
        return ours(name, method, Map.of());
    }

    static Peer theirs(String name, String method) {
        return theirs(name, method, Map.of());
    }

    Peer against(String other) {
        return new Peer(name, ours, method, params, Optional.of(other));
    }
}

package dev.parkinglot.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A competitor in a table.
 *
 * @param name for readers
 * @param ours whether it is of this project
 * @param method the benchmark method that measures it
 * @param params the parameters of JMH that select it
 * @param jvmArgs what its JVM is started with, beside what all are
 * @param rival whom its ratio is to; without one, to the table's baseline
 */
record Peer(
        String name,
        boolean ours,
        String method,
        Map<String, String> params,
        List<String> jvmArgs,
        Optional<String> rival) {
    static Peer ours(String name, String method, Map<String, String> params) {
        return new Peer(name, true, method, params, List.of(), Optional.empty());
    }

    static Peer theirs(String name, String method, Map<String, String> params) {
        return new Peer(name, false, method, params, List.of(), Optional.empty());
    }

    static Peer ours(String name, String method) {
        return ours(name, method, Map.of());
    }

    static Peer theirs(String name, String method) {
        return theirs(name, method, Map.of());
    }

    Peer against(String other) {
        return new Peer(name, ours, method, params, jvmArgs, Optional.of(other));
    }

    Peer inJvm(List<String> args) {
        return new Peer(name, ours, method, params, args, rival);
    }
}

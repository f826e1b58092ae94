package dev.parkinglot.report;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is measured, drawn and compared: the content of {@code catalogue.json}.
 *
 * @param competitors dimensions of results that may tell competitors from each other; the first that differs within a
 *     table does
 * @param baselines competitors that ratios are to; of each table the first that it has
 * @param peers what competitors are called, by the value of that dimension
 * @param sections what is measured
 * @param charts what is drawn of it
 */
record Catalogue(
        List<String> competitors,
        List<String> baselines,
        Map<String, Peer> peers,
        List<Section> sections,
        List<Chart> charts) {
    /**
     * A competitor: its name for readers, whether it is of this project, and whom its ratio is to if that is not the
     * table's baseline.
     */
    record Peer(String name, boolean ours, String rival) {}

    /**
     * What can be measured by itself, and has a file of tables of its own.
     *
     * @param id its name on the command line and of its files
     * @param title for readers
     * @param text what is measured, and what to know about it; a line of Markdown, in pieces
     * @param leastJdk the first feature release of the JDK on which it can run
     * @param rounds how many forks each competitor has, in turn with the others
     * @param warmup how many iterations that do not count, and of how many milliseconds; 0 for single shots
     * @param measured the same of those that count
     * @param metrics what is kept: names of secondary results of JMH, and "" for the primary one
     * @param runs the arguments of JMH
     */
    record Section(
            String id,
            String title,
            List<String> text,
            int leastJdk,
            int rounds,
            List<Integer> warmup,
            List<Integer> measured,
            List<String> metrics,
            List<Runs> runs) {
        /**
         * With sixteen threads on two processors the compilers get little time: after 200 ms our code was a fifth to a
         * quarter slower than the JDK's where after seconds it was a tenth.
         */
        private static final List<Integer> USUAL_WARMUP = List.of(3, 300);

        private static final List<Integer> USUAL_MEASURED = List.of(1, 350);
        private static final int USUAL_ROUNDS = 3;

        Section {
            rounds = rounds == 0 ? USUAL_ROUNDS : rounds;
            warmup = Objects.requireNonNullElse(warmup, USUAL_WARMUP);
            measured = Objects.requireNonNullElse(measured, USUAL_MEASURED);
            metrics = Objects.requireNonNullElse(metrics, List.of(""));
        }

        /** All combinations of the arguments. */
        List<Trial> trials() {
            return runs.stream().flatMap(run -> run.trials().stream()).toList();
        }

        /** How it is measured, as part of a sentence. */
        String pace() {
            if (measured.get(0) == 0) {
                return "no fork is needed";
            }
            return rounds + (rounds == 1 ? " fork" : " forks in turn") + ", each with " + iterations(warmup)
                    + " to warm up and " + iterations(measured) + " measured";
        }

        private static String iterations(List<Integer> pace) {
            return pace.get(0) + (pace.get(1) == 0 ? " single shots" : " x " + pace.get(1) + " ms");
        }
    }

    /**
     * Arguments of JMH. Each combination of them is measured.
     *
     * @param benchmark the class with the benchmark methods
     * @param methods the methods
     * @param threads how many threads run the method; one if it is missing
     * @param params values of JMH's parameters; a name such as {@code in,out} stands for several parameters whose
     *     values belong together
     * @param properties values of system properties of the fork
     * @param jvmArgs what else the fork is started with, on a JDK that has native access
     */
    record Runs(
            String benchmark,
            List<String> methods,
            List<Integer> threads,
            Map<String, List<String>> params,
            Map<String, List<String>> properties,
            List<String> jvmArgs) {
        Runs {
            threads = Objects.requireNonNullElse(threads, List.of(1));
            params = Objects.requireNonNullElse(params, Map.of());
            properties = Objects.requireNonNullElse(properties, Map.of());
            jvmArgs = Objects.requireNonNullElse(jvmArgs, List.of());
        }

        private List<Trial> trials() {
            List<Trial> trials = new ArrayList<>();
            for (String method : methods) {
                for (Map<String, String> chosen : combinations(params)) {
                    for (int count : threads) {
                        for (Map<String, String> set : combinations(properties)) {
                            trials.add(new Trial(benchmark + "." + method, count, chosen, set, jvmArgs));
                        }
                    }
                }
            }
            return trials;
        }

        private static List<Map<String, String>> combinations(Map<String, List<String>> values) {
            List<Map<String, String>> combinations = new ArrayList<>(List.of(Map.of()));
            values.forEach((names, choices) -> {
                List<Map<String, String>> longer = new ArrayList<>();
                for (Map<String, String> combination : combinations) {
                    for (String choice : choices) {
                        Map<String, String> copy = new LinkedHashMap<>(combination);
                        put(copy, names, choice);
                        longer.add(copy);
                    }
                }
                combinations.clear();
                combinations.addAll(longer);
            });
            return combinations;
        }

        private static void put(Map<String, String> combination, String names, String choice) {
            if (!names.contains(",")) {
                combination.put(names, choice);
                return;
            }
            String[] parts = choice.split(",", -1);
            String[] each = names.split(",", -1);
            for (int i = 0; i < each.length; i++) {
                combination.put(each[i], parts[i]);
            }
        }
    }

    /**
     * A chart of the page. Its lines are the competitors.
     *
     * @param id the name of its file
     * @param title for readers
     * @param section where its results are
     * @param where values of dimensions that choose among them
     * @param x the dimension along the horizontal axis; or null, if metrics lie there
     * @param metrics where each metric lies on the horizontal axis, if they lie there; or null
     * @param axis what to write at the horizontal axis
     */
    record Chart(
            String id,
            String title,
            String section,
            Map<String, String> where,
            String x,
            Map<String, Double> metrics,
            String axis) {}

    /** Reads the catalogue that belongs to this program. */
    static Catalogue load() {
        try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.json");
                InputStreamReader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Catalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The competitor of a value; one of theirs, called by the value, if the catalogue does not name it. */
    Peer peer(String value) {
        return peers.getOrDefault(value, new Peer(value, false, null));
    }

    /** The first competitors' dimension that differs among several results; the method if none does. */
    String competitorDimension(List<Map<String, String>> results) {
        return competitors.stream()
                .filter(dimension -> results.stream()
                                .map(dimensions -> dimensions.getOrDefault(dimension, ""))
                                .distinct()
                                .count()
                        > 1)
                .findFirst()
                .orElse(Trial.METHOD);
    }
}

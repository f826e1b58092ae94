package dev.parkinglot.report;

import com.google.gson.JsonObject;
import dev.parkinglot.report.Catalogue.Section;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Measures all competitors under one circumstance one after the other, and then all of them again, so that what changes
 * on the machine in the meantime changes all of them. A fork that others disturbed is repeated, and the least disturbed
 * one kept. On a machine that is never quiet it gives up, lest everything takes three times as long for nothing.
 */
final class Measuring {
    private static final int ATTEMPTS = 3;

    private final Catalogue catalogue;
    private final Instrument instrument;
    private final PrintStream out;
    private final long started = System.nanoTime();
    private final int total;
    private int allowance;
    private int measured;
    private int failures;

    /** Measures a competitor once. */
    @FunctionalInterface
    interface Instrument {
        /** Measures in one fork; returns what JMH wrote of it. */
        JsonObject measure(Section section, Trial trial) throws FailedException;
    }

    /** One competitor could not be measured. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** So many forks without repetitions, and so many repetitions at most in all. */
    Measuring(Catalogue catalogue, Instrument instrument, int total, int allowance, PrintStream out) {
        this.catalogue = catalogue;
        this.instrument = instrument;
        this.total = total;
        this.allowance = allowance;
        this.out = out;
    }

    int failures() {
        return failures;
    }

    /** Measures a section, but for trials that cannot be measured here. What failed is missing in the results. */
    List<Result> run(Section section, Predicate<Trial> unable) {
        List<Result> results = new ArrayList<>();
        for (List<Trial> competitors : byCircumstance(section.trials())) {
            Map<Trial, List<JsonObject>> forks = new LinkedHashMap<>();
            for (int round = 0; round < section.rounds(); round++) {
                for (Trial trial : competitors) {
                    if (unable.test(trial)) {
                        say(section, trial, "left out: it cannot be kept on one processor here");
                    } else {
                        measure(section, trial, forks.computeIfAbsent(trial, any -> new ArrayList<>()));
                    }
                }
            }
            forks.values().stream()
                    .filter(each -> !each.isEmpty())
                    .forEach(each -> results.add(Result.join(each, section.metrics())));
        }
        return results;
    }

    private List<List<Trial>> byCircumstance(List<Trial> trials) {
        Map<String, List<Trial>> byClass = new LinkedHashMap<>();
        trials.forEach(trial -> byClass.computeIfAbsent(
                        trial.benchmark().substring(0, trial.benchmark().lastIndexOf('.')), any -> new ArrayList<>())
                .add(trial));
        List<List<Trial>> groups = new ArrayList<>();
        for (List<Trial> alike : byClass.values()) {
            String competitor = catalogue.competitorDimension(
                    alike.stream().map(Trial::dimensions).toList());
            Map<Map<String, String>, List<Trial>> byRest = new LinkedHashMap<>();
            for (Trial trial : alike) {
                Map<String, String> rest = trial.dimensions();
                rest.remove(competitor);
                byRest.computeIfAbsent(rest, any -> new ArrayList<>()).add(trial);
            }
            groups.addAll(byRest.values());
        }
        return groups;
    }

    private void measure(Section section, Trial trial, List<JsonObject> forks) {
        try {
            JsonObject best = instrument.measure(section, trial);
            for (int i = 1; i < ATTEMPTS && allowance > 0 && Interference.disturbs(others(best)); i++) {
                allowance--;
                JsonObject again = instrument.measure(section, trial);
                if (others(again) < others(best)) {
                    best = again;
                }
            }
            forks.add(best);
            JsonObject score = best.getAsJsonObject("primaryMetric");
            say(
                    section,
                    trial,
                    String.format(
                            Locale.ROOT,
                            "%.4g %s%s",
                            score.get("score").getAsDouble(),
                            score.get("scoreUnit").getAsString(),
                            Interference.disturbs(others(best)) ? ", disturbed" : ""));
        } catch (FailedException e) {
            failures++;
            say(section, trial, "failed: " + e.getMessage());
        }
    }

    private static double others(JsonObject fork) {
        JsonObject others = fork.getAsJsonObject("secondaryMetrics").getAsJsonObject(Result.OTHERS);
        return others == null ? Double.NaN : others.get("score").getAsDouble();
    }

    private void say(Section section, Trial trial, String what) {
        measured++;
        long minutesLeft =
                TimeUnit.NANOSECONDS.toMinutes((System.nanoTime() - started) / measured * (total - measured));
        out.printf(
                "%d of %d, %d min left: %s, %s: %s%n",
                measured, total, minutesLeft, section.id(), trial.dimensions(), what);
    }
}

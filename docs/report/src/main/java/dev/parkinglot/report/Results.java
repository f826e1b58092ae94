package dev.parkinglot.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that was measured on one JDK, section by section, as it is kept in a file. A line of the file is
 *
 * <pre>
 * {@literal @}section;date;java;machine;pace
 * section;table;cell;peer;metric;value of each round;part that others took in each round
 * </pre>
 */
final class Results {
    private static final String SEPARATOR = ";";
    private static final String CONDITIONS = "@";

    private final Map<String, Conditions> conditions = new LinkedHashMap<>();
    private final Map<Key, Figure> figures = new LinkedHashMap<>();

    /** Forgets what is known of a section, to measure it anew. */
    void begin(String section, Conditions anew) {
        figures.keySet().removeIf(key -> key.section().equals(section));
        conditions.put(section, anew);
    }

    void put(Key key, Figure figure) {
        figures.put(key, figure);
    }

    Optional<Figure> get(Key key) {
        return Optional.ofNullable(figures.get(key));
    }

    Optional<Conditions> conditions(String section) {
        return Optional.ofNullable(conditions.get(section));
    }

    List<Conditions> allConditions() {
        return List.copyOf(conditions.values());
    }

    int size() {
        return figures.size();
    }

    /** The median; NaN if it was not measured. */
    double median(Key key) {
        return get(key).map(Figure::median).orElse(Double.NaN);
    }

    /** The median in proportion to a rival's; NaN if one of them was not measured. */
    double ratio(Key key, String rival) {
        return median(key) / median(key.of(rival));
    }

    /** How many figures were disturbed even after repetitions. */
    long disturbed() {
        return figures.values().stream().filter(Figure::disturbed).count();
    }

    static Results load(Path file) throws IOException {
        Results results = new Results();
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(results::parse);
        } catch (NoSuchFileException e) {
            return results; // nothing was measured yet
        }
        return results;
    }

    void save(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        List<String> lines = new ArrayList<>();
        conditions.forEach((section, of) -> {
            lines.add(String.join(SEPARATOR, CONDITIONS + section, of.date(), of.java(), of.machine(), of.pace()));
            figures.forEach((key, figure) -> {
                if (key.section().equals(section)) {
                    lines.add(format(key, figure));
                }
            });
        });
        Files.write(file, lines);
    }

    private void parse(String line) {
        String[] parts = line.split(SEPARATOR, -1);
        if (line.startsWith(CONDITIONS)) {
            conditions.put(
                    parts[0].substring(CONDITIONS.length()), new Conditions(parts[1], parts[2], parts[3], parts[4]));
        } else {
            figures.put(
                    new Key(parts[0], parts[1], parts[2], parts[3], parts[4]),
                    new Figure(parseNumbers(parts[5]), parseNumbers(parts[6])));
        }
    }

    private static String format(Key key, Figure figure) {
        return String.join(
                SEPARATOR,
                key.section(),
                key.table(),
                key.cell(),
                key.peer(),
                key.metric(),
                formatNumbers(figure.values(), 4),
                formatNumbers(figure.others(), 2));
    }

    private static String formatNumbers(List<Double> numbers, int digits) {
        return numbers.stream()
                .map(number -> Double.isNaN(number) ? "NaN" : Format.significant(number, digits))
                .collect(Collectors.joining(" "));
    }

    private static List<Double> parseNumbers(String numbers) {
        return Stream.of(numbers.split(" ", -1)).map(Double::valueOf).toList();
    }
}

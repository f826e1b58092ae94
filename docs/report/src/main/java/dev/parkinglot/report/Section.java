package dev.parkinglot.report;

import java.util.List;

/**
 * A section of the page, which can be run by itself.
 *
 * @param id its name on the command line and among the kept results
 * @param title for readers
 * @param text what is measured, and what to know about it; Markdown
 * @param pace how long to measure
 * @param leastJdk the first feature release of the JDK on which it can run
 * @param tables its tables
 */
record Section(String id, String title, String text, Pace pace, int leastJdk, List<Table> tables) {
    private static final int ANY = 17;

    static Section of(String id, String title, String text, Table... tables) {
        return new Section(id, title, text, Pace.NORMAL, ANY, List.of(tables));
    }

    Section pace(Pace other) {
        return new Section(id, title, text, other, leastJdk, tables);
    }

    Section since(int jdk) {
        return new Section(id, title, text, pace, jdk, tables);
    }

    Section quick() {
        return new Section(
                id,
                title,
                text,
                pace.quick(),
                leastJdk,
                tables.stream().map(Table::quick).toList());
    }
}

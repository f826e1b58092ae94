package dev.parkinglot.report;

/**
 * The name of a figure among the kept results.
 *
 * @param section the id of its section
 * @param table the title of its table
 * @param cell the label of its circumstances
 * @param peer the name of the competitor
 * @param metric the id of its metric
 */
record Key(String section, String table, String cell, String peer, String metric) {
    Key of(String otherPeer) {
        return new Key(section, table, cell, otherPeer, metric);
    }
}

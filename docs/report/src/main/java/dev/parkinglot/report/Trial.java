package dev.parkinglot.report;

/**
 * One competitor under one circumstance: what a fork measures.
 *
 * @param section the section
 * @param table the table
 * @param cell the line of it
 * @param peer the competitor
 */
record Trial(Section section, Table table, Cell cell, Peer peer) {
    Key key(Metric metric) {
        return new Key(section.id(), table.title(), cell.label(), peer.name(), metric.id());
    }

    /** The benchmark method of JMH. */
    String benchmark() {
        return table.benchmark() + "." + cell.method().orElse(peer.method());
    }

    @Override
    public String toString() {
        return section.id() + ", " + table.title() + ", " + cell.label() + ", " + peer.name();
    }
}

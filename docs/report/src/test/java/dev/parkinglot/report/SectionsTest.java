package dev.parkinglot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SectionsTest {
    private static List<Key> keysOf(Section section) {
        return section.tables().stream()
                .flatMap(table -> table.cells().stream()
                        .flatMap(cell -> table.peers().stream()
                                .flatMap(peer -> table.metrics().stream()
                                        .map(metric -> new Trial(section, table, cell, peer).key(metric)))))
                .toList();
    }

    @Test
    void everyFigureHasANameOfItsOwnThatAFileCanKeep() {
        Set<Key> seen = new HashSet<>();
        for (Section section : Sections.ALL) {
            for (Key key : keysOf(section)) {
                assertTrue(seen.add(key), () -> key + " is there twice");
                assertFalse(key.toString().contains(";"), () -> key + " contains the separator");
            }
        }
    }

    @Test
    void everyRivalIsACompetitorOfItsTable() {
        for (Section section : Sections.ALL) {
            for (Table table : section.tables()) {
                List<String> names = table.peers().stream().map(Peer::name).toList();
                table.peers().forEach(peer -> assertTrue(names.contains(table.rivalOf(peer)), peer.toString()));
            }
        }
    }

    @Test
    void aTableWithoutItsBaselineIsRefused() {
        Table.Builder table =
                Table.of("t", "b").peers(List.of(Peer.ours("ours", "m"))).baseline("theirs");
        assertThrows(IllegalArgumentException.class, table::build);
    }

    @Test
    void aQuickRunLeavesOutCellsAndRoundsButNoCompetitor() {
        Section quick = Example.section(3).quick();
        assertEquals(1, quick.pace().rounds());
        assertEquals(
                List.of("easy"),
                quick.tables().get(0).cells().stream().map(Cell::label).toList());
        assertEquals(Example.table().peers(), quick.tables().get(0).peers());
    }

    @Test
    void aPaceTellsHowLongAndSingleShotsTellHowMany() {
        assertEquals(
                "3 rounds in turn, each a fork with 2 x 200 ms to warm up and 1 x 350 ms measured",
                new Pace(2, 200, 1, 350, 3).toString());
        assertEquals(
                "1 round, each a fork with 1 single shot to warm up and 3 single shots measured",
                new Pace(1, 0, 3, 0, 1).toString());
        assertEquals("1 round", new Pace(0, 0, 0, 0, 1).toString());
    }

    @Test
    void aLineMayHaveAMethodOfItsOwn() {
        Table table = Example.table();
        Section section = Example.section(1);
        Cell cell = table.cells().get(0);
        Peer peer = table.peers().get(0);
        assertEquals("dev.parkinglot.NoBenchmark.ours", new Trial(section, table, cell, peer).benchmark());
        assertEquals(
                "dev.parkinglot.NoBenchmark.other", new Trial(section, table, cell.method("other"), peer).benchmark());
    }
}

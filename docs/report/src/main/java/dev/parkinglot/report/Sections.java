package dev.parkinglot.report;

import java.util.List;
import java.util.stream.Stream;

/** Everything that the report measures, in the order of the page. A new section is one more in a list of these. */
final class Sections {
    static final List<Section> ALL = Stream.of(
                    UncontendedSections.all(),
                    ContendedSections.all(),
                    ReadWriteSections.all(),
                    WaitingSections.all(),
                    OtherShapesSections.all(),
                    ParkerSections.all(),
                    CoreSections.all())
            .flatMap(List::stream)
            .toList();

    private Sections() {}
}

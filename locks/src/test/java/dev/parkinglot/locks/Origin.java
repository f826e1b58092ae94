package dev.parkinglot.locks;

import dev.parkinglot.testing.ThreadKind;
import java.util.Arrays;
import java.util.stream.Stream;

/** Whose class is under test. Every assertion about ours must hold for the JDK's as well, or it is wrong. */
enum Origin {
    OURS,
    JDK;

    LockMembers newLock(boolean fair) {
        return this == OURS ? new LockMembers.Ours(fair) : new LockMembers.Jdk(fair);
    }

    RwMembers newRwLock(boolean fair) {
        return this == OURS ? new RwMembers.Ours(fair) : new RwMembers.Jdk(fair);
    }

    /** One row of the table that the conformance tests run over. */
    record Row(Origin origin, boolean fair, ThreadKind kind) {
        LockMembers newLock() {
            return origin.newLock(fair);
        }

        RwMembers newRwLock() {
            return origin.newRwLock(fair);
        }

        @Override
        public String toString() {
            return origin + (fair ? ", fair, " : ", unfair, ") + kind;
        }
    }

    static Stream<Row> rows() {
        return Arrays.stream(values())
                .flatMap(origin -> Stream.of(false, true)
                        .flatMap(fair -> ThreadKind.available().stream().map(kind -> new Row(origin, fair, kind))));
    }
}

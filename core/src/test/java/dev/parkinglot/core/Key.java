package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A key as one value, for tests. */
record Key(Object base, long offset) {
    /** One that nobody else has. */
    static Key fresh() {
        return new Key(new Object(), 0L);
    }

    /** Fresh keys that share one bucket of a table of that size. */
    static List<Key> inOneBucket(int tableSize, int count) {
        Table table = new Table(tableSize);
        Key first = fresh();
        List<Key> keys = new ArrayList<>(List.of(first));
        while (keys.size() < count) {
            Key key = fresh();
            if (key.bucketIn(table) == first.bucketIn(table)) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Two fresh keys in different buckets of a table of that size. */
    static List<Key> inTwoBuckets(int tableSize) {
        Table table = new Table(tableSize);
        Key first = fresh();
        Key second = fresh();
        while (second.bucketIn(table) == first.bucketIn(table)) {
            second = fresh();
        }
        return List.of(first, second);
    }

    /**
     * Two objects that no table can tell apart: by the birthday paradox some hundred thousand identity hashes of 31
     * bits (25 on some JVMs) hold an equal pair.
     */
    static List<Key> withEqualHashes() {
        Map<Integer, Object> seen = new HashMap<>();
        while (true) {
            Object object = new Object();
            Object twin = seen.put(System.identityHashCode(object), object);
            if (twin != null) {
                return List.of(new Key(twin, 0L), new Key(object, 0L));
            }
        }
    }

    private Bucket bucketIn(Table table) {
        return table.bucketOf(base, offset);
    }

    boolean is(Object otherBase, long otherOffset) {
        return base == otherBase && offset == otherOffset;
    }
}

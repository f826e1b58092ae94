package dev.parkinglot.examples.trace;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * In which bucket a key is. That is nothing that a program needs to know, so it is not public, and this class looks it
 * up by reflection: it works where the parking lot is on the class path, and shows no more than a number.
 */
final class TableView {
    private final Object table;

    TableView(Object drivenLot) {
        table = read(read(read(drivenLot, "lot"), "lot"), "table");
    }

    /** How many buckets there are. */
    int size() {
        return (int) call("size", new Class<?>[0]);
    }

    /** The number of the bucket of a key. */
    int bucketOf(Object base, long offset) {
        return hash(base, offset) & (size() - 1);
    }

    /** Makes objects until there is one whose queues are all in a certain bucket, so that recordings are alike. */
    <T> T inBucket(int bucket, int queues, Supplier<T> maker) {
        while (true) {
            T made = maker.get();
            if (LongStream.range(0L, queues).allMatch(offset -> bucketOf(made, offset) == bucket)) {
                return made;
            }
        }
    }

    /** Offsets of keys without an object that are all in one bucket. */
    long[] offsetsInBucket(int bucket, int count) {
        long[] offsets = new long[count];
        long offset = 0L;
        for (int i = 0; i < count; i++) {
            do {
                offset++;
            } while (bucketOf(null, offset) != bucket);
            offsets[i] = offset;
        }
        return offsets;
    }

    private int hash(Object base, long offset) {
        return (int) call("hash", new Class<?>[] {Object.class, long.class}, base, offset);
    }

    private Object call(String name, Class<?>[] parameters, Object... arguments) {
        try {
            Method method = table.getClass().getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method.invoke(table, arguments);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw cannotLook(e);
        }
    }

    /** The value of a private field of an object, or of a class that it extends. */
    static Object read(Object object, String name) {
        try {
            return field(object, name).get(object);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw cannotLook(e);
        }
    }

    /** A private field of an object, or of a class that it extends. */
    static Field field(Object object, String name) throws NoSuchFieldException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(object.getClass().getName() + "." + name);
    }

    static IllegalStateException cannotLook(Exception e) {
        return new IllegalStateException(
                "the recorder looks at private fields of the parking lot and its locks, and cannot:"
                        + " put them on the class"
                        + " path instead of the module path, in the version that this recorder came with",
                e);
    }
}

package dev.parkinglot.examples.trace;

import dev.parkinglot.examples.trace.Trace.Field;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantMutex;
import dev.parkinglot.locks.RwLock;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.List;

/**
 * The state words of the library's own locks, as their overviews describe them. They are private, so they are read by
 * reflection: see {@link TableView}. Bits that are policy only, such as how long the lock was held, are left out.
 */
final class StateWords {
    private static final List<String> MUTEX_FLAGS = List.of("PARKED", "WOKEN", "SPINNING", "WAKE", "SHARED");
    private static final String DERIVED = "WAKE";
    private static final List<String> RW_BITS = List.of("PARKED", "DRAINING", "RECURSIVE", "UPGRADABLE", "WRITER");
    private static final int READERS_SHIFT = 5;
    private static final int READERS_MASK = (1 << 24) - 1;
    private static final int WOKEN_SHIFT = 29;

    private StateWords() {}

    static List<Field> of(Mutex mutex) {
        return ofMutex(mutex);
    }

    static List<Field> of(ReentrantMutex mutex) {
        return ofMutex(mutex);
    }

    private static List<Field> ofMutex(Object mutex) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("locked", (byte) TableView.read(mutex, "locked")));
        int flags = (byte) TableView.read(mutex, "flags");
        for (int i = 0; i < MUTEX_FLAGS.size(); i++) {
            String name = MUTEX_FLAGS.get(i);
            fields.add(new Field(name, flags >> i & 1, name.equals(DERIVED) ? true : null));
        }
        return fields;
    }

    static List<Field> of(RwLock lock) {
        int state = (int) TableView.read(lock, "state");
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("READERS", state >> READERS_SHIFT & READERS_MASK));
        for (int i = RW_BITS.size() - 1; i >= 0; i--) {
            fields.add(new Field(RW_BITS.get(i), state >> i & 1));
        }
        fields.add(new Field("WOKEN", state >> WOKEN_SHIFT & 1));
        return fields;
    }

    /** What the wake that a mutex has just sent tells the thread. */
    static String wakeOf(Mutex mutex) {
        return of(mutex).stream().anyMatch(field -> field.name().equals("WOKEN") && field.value() == 1)
                ? "RETRY"
                : "HANDOFF";
    }

    /** What the wake that a readers-writer lock has just sent tells a thread: it owns the lock if the lock is held. */
    static String wakeOf(RwLock lock) {
        return lock.isLocked() ? "HANDOFF" : "RETRY";
    }

    /** Stores FREE, as the exit of a thread does whose store becomes visible only now. */
    static void becomeFree(Mutex mutex) {
        try {
            TableView.field(mutex, "locked").setByte(mutex, (byte) 0);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw TableView.cannotLook(e);
        }
    }
}

package dev.parkinglot.locks;

import dev.parkinglot.locks.Origin.Row;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import dev.parkinglot.testing.ThrowingRunnable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of tests of what people rely on in a lock of the JDK: they run on ours and on the JDK's, fair and unfair, on platform
 * and virtual threads.
 */
@ParameterizedClass
@MethodSource("dev.parkinglot.locks.Origin#rows")
@Concurrent
abstract class Conformance implements Threads.OfOneKind {
    static final long LONG_NANOS = Delays.LONG_DELAY.toNanos();
    static final long SHORT_NANOS = Delays.SHORT_DELAY.toNanos();

    @Parameter
    Row row;

    @Override
    public ThreadKind threadKind() {
        return row.kind();
    }

    final void elsewhere(ThrowingRunnable action) {
        try (TestThreads threads = new TestThreads(row.kind())) {
            threads.start("elsewhere", action);
        }
    }

    /** What comes out when it is written and read again. */
    static Object serializedAndBack(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}

package dev.parkinglot.locks;

import dev.parkinglot.locks.Origin.Row;
import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThrowingRunnable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of tests of what people rely on in a lock of the JDK: they run on ours and on the JDK's, fair and unfair, on platform
 * and virtual threads.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // should this thread itself be wedged
abstract class Conformance {
    static final long LONG_NANOS = Delays.LONG_DELAY.toNanos();
    static final long SHORT_NANOS = Delays.SHORT_DELAY.toNanos();

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#rows")
    @interface OnEveryRow {}

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @MethodSource("dev.parkinglot.locks.Origin#fairRows")
    @interface OnFairRows {}

    static void elsewhere(Row row, ThrowingRunnable action) {
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

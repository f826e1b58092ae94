package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.parkinglot.testing.ThreadKind;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways to tell virtual threads, on threads of all kinds. */
class VirtualThreadsTest {
    static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void threadsOfEachKindAreToldByTheirSuperclassAndByTheHandle(ThreadKind kind) {
        Thread thread = kind.unstarted("not started", () -> {});
        assertTold(kind == ThreadKind.VIRTUAL, thread);
    }

    @Test
    void subclassesOfThreadAreNotVirtual() {
        assertTold(false, new Thread() {});
    }

    private static void assertTold(boolean expected, Thread thread) {
        assertEquals(expected, VirtualThreads.isVirtual(thread));
        MethodHandle handle = VirtualThreads.ByHandle.find();
        if (ThreadKind.available().contains(ThreadKind.VIRTUAL)) {
            assertNotNull(handle);
            assertEquals(expected, VirtualThreads.ByHandle.isVirtual(handle, thread));
        } else {
            assertNull(handle);
        }
    }
}

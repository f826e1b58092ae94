package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Linux may answer to {@code membarrier}, and what becomes of it; on a kernel made of stubs. */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
class MembarrierTest {
    private static final int QUERY = 0;
    private static final int PRIVATE_EXPEDITED = 8;
    private static final int REGISTER = 16;

    private static final int ERROR = -1;

    private final Kernel kernel = new Kernel();

    @AfterEach
    void everyCallWasRight() {
        StubbedCalls.throwFailure();
    }

    private Membarrier membarrier() throws UnavailableException {
        return new Membarrier(new StubbedCalls(kernel), new LinuxNumbers(0L, Kernel.MEMBARRIER));
    }

    private String refusal() {
        return assertThrows(UnavailableException.class, this::membarrier).getMessage();
    }

    @Test
    void itAsksThenRegistersThenTriesTheFence() throws UnavailableException {
        membarrier();
        assertEquals(List.of(QUERY, REGISTER, PRIVATE_EXPEDITED), kernel.commands);
    }

    @Test
    void aKernelWithoutMembarrierIsNotAskedForMore() {
        kernel.query = ERROR; // every bit is set in it
        assertEquals("the kernel has no private expedited membarrier", refusal());
        assertEquals(List.of(QUERY), kernel.commands);
    }

    @ParameterizedTest
    @ValueSource(longs = {0L, ~8L & 0x1FF, 1L << 35})
    void aKernelThatHasOtherFencesOnlyIsNotAskedForMore(long commands) {
        kernel.query = commands;
        assertEquals("the kernel has no private expedited membarrier", refusal());
        assertEquals(List.of(QUERY), kernel.commands);
    }

    @Test
    void oneThatRefusesToRegisterIsNotAskedForTheFence() {
        kernel.register = ERROR;
        assertEquals("the kernel refuses this process a private expedited membarrier", refusal());
        assertEquals(List.of(QUERY, REGISTER), kernel.commands);
    }

    @Test
    void oneThatRefusesTheFenceThoughItHasRegisteredIsNotUsed() {
        kernel.fence = ERROR;
        assertEquals("the kernel refuses this process a private expedited membarrier", refusal());
    }

    @Test
    void everyFenceIsOneCallAndSaysWhetherItWasDone() throws UnavailableException {
        Membarrier fence = membarrier();
        kernel.commands.clear();
        assertTrue(fence.tryFence());
        kernel.fence = ERROR;
        assertFalse(fence.tryFence(), "ENOMEM");
        kernel.fence = 0L;
        assertTrue(fence.tryFence(), "that was for once");
        assertEquals(List.of(PRIVATE_EXPEDITED, PRIVATE_EXPEDITED, PRIVATE_EXPEDITED), kernel.commands);
    }

    /** membarrier(2). */
    @SuppressWarnings("UnusedMethod") // found by name
    private static final class Kernel {
        static final long MEMBARRIER = 4_712L;

        final List<Integer> commands = new ArrayList<>();
        long query = 0x1FF; // everything that there is
        long register;
        long fence;

        long syscall(long number, int command, int flags) {
            assertEquals(MEMBARRIER, number);
            assertEquals(0, flags);
            commands.add(command);
            return switch (command) {
                case QUERY -> query;
                case REGISTER -> register;
                case PRIVATE_EXPEDITED -> fence;
                default -> throw new AssertionError("command " + command);
            };
        }
    }
}

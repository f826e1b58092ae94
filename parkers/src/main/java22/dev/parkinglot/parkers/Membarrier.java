package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Linux: {@code membarrier}, private and expedited. The kernel interrupts every processor that runs a thread of this
 * process and has it execute a full fence; a thread that does not run has passed one when it was taken off its
 * processor.
 */
final class Membarrier implements NativeAccess.Fence {
    private static final int QUERY = 0;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private final MethodHandle syscall;
    private final long number;

    Membarrier(NativeCalls calls, LinuxNumbers numbers) throws UnavailableException {
        // syscall(number, command, flags): all but the first are variadic.
        syscall = calls.find(
                "syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(1));
        number = numbers.membarrier();
        long commands = call(QUERY);
        if (commands < 0L || (commands & PRIVATE_EXPEDITED) == 0L) {
            throw new UnavailableException("the kernel has no private expedited membarrier");
        }
        // Once for the process: the kernel refuses the fence unless it has prepared for it at each switch of threads.
        if (call(REGISTER_PRIVATE_EXPEDITED) != 0L || call(PRIVATE_EXPEDITED) != 0L) {
            throw new UnavailableException("the kernel refuses this process a private expedited membarrier");
        }
    }

    @Override
    public boolean tryFence() {
        return call(PRIVATE_EXPEDITED) == 0L; // else ENOMEM: no room for the set of processors
    }

    private long call(int command) {
        try {
            return (long) syscall.invokeExact(number, command, 0);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(failure);
        }
    }
}

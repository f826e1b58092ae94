package dev.parkinglot.parkers;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The table through which every call of the operating system goes: the name of a function to a method handle. Tests
 * make one of their own, whose functions behave as another system documents its own.
 */
@SuppressWarnings("restricted") // native access has been granted, see ForeignAccess
class NativeCalls {
    /** Where a call leaves the error of its thread: before the JVM can do anything else on it. */
    static final StructLayout ERROR_LAYOUT = Linker.Option.captureStateLayout();

    private static final String ERROR_NAME = List.of("GetLastError", "errno").stream()
            .filter(name -> ERROR_LAYOUT.memberLayouts().stream()
                    .map(MemoryLayout::name)
                    .anyMatch(member -> member.filter(name::equals).isPresent()))
            .findFirst()
            .orElseThrow();

    private static final VarHandle ERROR = ERROR_LAYOUT.varHandle(PathElement.groupElement(ERROR_NAME));

    private final Linker linker;
    private final SymbolLookup symbols;

    NativeCalls(Linker linker, SymbolLookup symbols) {
        this.linker = linker;
        this.symbols = symbols;
    }

    /** A function whose result says everything. */
    MethodHandle find(String symbol, FunctionDescriptor type, Linker.Option... options) throws UnavailableException {
        return linker.downcallHandle(address(symbol), type, options);
    }

    /**
     * A function that leaves its error in a segment of {@link #ERROR_LAYOUT}, which is passed before its own
     * parameters.
     */
    MethodHandle findCapturing(String symbol, FunctionDescriptor type, Linker.Option... more)
            throws UnavailableException {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        System.arraycopy(more, 0, options, 1, more.length);
        options[0] = Linker.Option.captureCallState(ERROR_NAME);
        return linker.downcallHandle(address(symbol), type, options);
    }

    private MemorySegment address(String symbol) throws UnavailableException {
        return symbols.find(symbol).orElseThrow(() -> new UnavailableException("the system has no function " + symbol));
    }

    static int error(MemorySegment errorState) {
        return (int) ERROR.get(errorState, 0L);
    }

    /** For the stubs of the tests, which stand for the system. */
    static void setError(MemorySegment errorState, int error) {
        ERROR.set(errorState, 0L, error);
    }

    /** What a call has thrown, for the caller to throw: errors of the JVM only, since native code throws nothing. */
    static Error unexpected(Throwable failure) {
        return failure instanceof Error error ? error : new AssertionError("a native call has thrown", failure);
    }
}

package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * A system whose functions are methods of a Java object. They are called as native functions are, through pointers to
 * upcall stubs, so that everything but the system itself is real. A function that leaves an error gets the place for it
 * as an additional first parameter, where a real one gets what the linker captures.
 */
final class StubbedCalls extends NativeCalls {
    private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

    private final Object system;

    /**
     * Makes one.
     *
     * @param system its methods of the names of the system's functions are those functions
     */
    StubbedCalls(Object system) {
        super(Linker.nativeLinker(), symbol -> {
            throw new AssertionError("looked up for real: " + symbol);
        });
        this.system = system;
    }

    /** Tests that call native code without having been granted it would have the JDK print a warning. */
    static boolean isNativeAccessGranted() {
        return StubbedCalls.class.getModule().isNativeAccessEnabled();
    }

    @Override
    MethodHandle find(String symbol, FunctionDescriptor type, Linker.Option... options) throws UnavailableException {
        return link(symbol, type);
    }

    @Override
    MethodHandle findCapturing(String symbol, FunctionDescriptor type, Linker.Option... more)
            throws UnavailableException {
        return link(symbol, type.insertArgumentLayouts(0, ADDRESS));
    }

    @SuppressWarnings("restricted") // tests are granted native access
    private MethodHandle link(String symbol, FunctionDescriptor type) throws UnavailableException {
        boolean exists = Stream.<Class<?>>iterate(system.getClass(), Objects::nonNull, Class::getSuperclass)
                .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
                .anyMatch(method -> method.getName().equals(symbol));
        if (!exists) {
            throw new UnavailableException("the system has no function " + symbol);
        }
        MethodType methodType = type.toMethodType();
        try {
            MethodHandle function = kept(MethodHandles.lookup().bind(system, symbol, methodType));
            MemorySegment pointer = Linker.nativeLinker().upcallStub(function, type, Arena.ofAuto());
            return Linker.nativeLinker().downcallHandle(pointer, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the stub of " + symbol + " must have the type " + methodType, e);
        }
    }

    /** What a function throws would end the JVM, once it reached native code: it answers 0 instead. */
    private static MethodHandle kept(MethodHandle function) throws ReflectiveOperationException {
        MethodHandle keep = MethodHandles.lookup()
                .findStatic(StubbedCalls.class, "keep", MethodType.methodType(void.class, Throwable.class));
        MethodHandle zero =
                MethodHandles.dropArguments(MethodHandles.zero(function.type().returnType()), 0, Throwable.class);
        return MethodHandles.catchException(function, Throwable.class, MethodHandles.foldArguments(zero, keep));
    }

    @SuppressWarnings("UnusedMethod") // by its name
    private static void keep(Throwable failure) {
        FAILURE.compareAndSet(null, failure);
    }

    /** After each test. */
    static void throwFailure() {
        Throwable failure = FAILURE.getAndSet(null);
        if (failure != null) {
            throw new AssertionError("a function of the system has been called wrongly", failure);
        }
    }

    /** What a pointer points to, for a stub. */
    @SuppressWarnings("restricted")
    static MemorySegment pointee(MemorySegment pointer, long bytes) {
        return pointer.reinterpret(bytes);
    }

    /** Leaves an error as a function of the system does. */
    static void setError(MemorySegment place, int error) {
        NativeCalls.setError(pointee(place, ERROR_LAYOUT.byteSize()), error);
    }
}

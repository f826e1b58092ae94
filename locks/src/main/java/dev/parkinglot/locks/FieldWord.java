package dev.parkinglot.locks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.invoke.VarHandle.AccessMode;

/**
 * Access to a field of {@code int} or {@code long} as to a word of 64 bits, of which an {@code int} has the lower half.
 *
 * <p>Method handles rather than the {@link VarHandle} that they are made of. Where the JIT compiler knows the handle,
 * both become the one instruction; where it does not, a call of a method handle is a call, but one of a VarHandle is
 * inlined, tests and all, so that a method with some of them becomes too large to be inlined itself where the handle
 * <em>is</em> known. A record, since the JIT compiler trusts its fields.
 */
record FieldWord(MethodHandle getOpaque, MethodHandle getVolatile, MethodHandle compareAndSet) {
    private static final MethodType GET = MethodType.methodType(long.class, Object.class);
    private static final MethodType SET = MethodType.methodType(boolean.class, Object.class, long.class, long.class);

    static FieldWord of(VarHandle field) {
        return new FieldWord(
                as(GET, field, AccessMode.GET_OPAQUE),
                as(GET, field, AccessMode.GET_VOLATILE),
                as(SET, field, AccessMode.COMPARE_AND_SET));
    }

    private static MethodHandle as(MethodType type, VarHandle field, AccessMode mode) {
        return MethodHandles.explicitCastArguments(field.toMethodHandle(mode), type);
    }

    long readOpaque(Object object) {
        try {
            return (long) getOpaque.invokeExact(object);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    long readVolatile(Object object) {
        try {
            return (long) getVolatile.invokeExact(object);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    boolean cas(Object object, long expected, long value) {
        try {
            return (boolean) compareAndSet.invokeExact(object, expected, value);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** An object of the wrong class, or none, is what these handles may complain about. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }
}

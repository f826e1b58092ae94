package dev.parkinglot.locks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Tells threads apart by a number that is never used twice, so that what remembers a thread does not keep it alive. */
final class ThreadIds {
    /** {@code Thread.threadId}, or before JDK 19 {@code getId}, which a subclass can override, but has no reason to. */
    private static final MethodHandle ID = find("threadId", "getId");

    private ThreadIds() {}

    /** Greater than 0. Cost: a field read once compiled. */
    static long of(Thread thread) {
        try {
            return (long) ID.invokeExact(thread);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("no checked exception is declared", e);
        }
    }

    private static MethodHandle find(String... names) {
        MethodType type = MethodType.methodType(long.class);
        for (String name : names) {
            try {
                return MethodHandles.lookup().findVirtual(Thread.class, name, type);
            } catch (NoSuchMethodException e) {
                // an older JDK: the next name
            } catch (IllegalAccessException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
        throw new ExceptionInInitializerError("Thread has no id");
    }
}

package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/* Overview.
 *
 * Thread.isVirtual is new in JDK 21, and this class file serves older ones, too. A method handle finds it, but the
 * first use of a method handle takes milliseconds, during which the JDK makes classes, and the first lock of a JVM
 * would pay for it. So the class is looked up that all virtual threads extend, and that Thread.isVirtual asks for
 * itself. It is internal to the JDK: where it is not found, the method handle is used all the same.
 */

/** Tells virtual threads from platform threads on every JDK, those without virtual threads included. */
public final class VirtualThreads {
    private static final int FIRST_FEATURE = 21;

    /** What all virtual threads extend; null where it does not exist, or is called otherwise. */
    private static final Class<?> SUPERCLASS = find("java.lang.BaseVirtualThread");

    /** {@code Thread.isVirtual}, where it exists and the superclass was not found; otherwise null. */
    private static final MethodHandle IS_VIRTUAL =
            SUPERCLASS == null && Runtime.version().feature() >= FIRST_FEATURE ? ByHandle.find() : null;

    private VirtualThreads() {}

    /**
     * Whether a thread is virtual. Cost: a type test once compiled.
     *
     * @param thread any thread
     * @return true for a virtual thread; always false before JDK 21
     */
    public static boolean isVirtual(Thread thread) {
        if (SUPERCLASS != null) {
            return SUPERCLASS.isInstance(thread);
        }
        return IS_VIRTUAL != null && ByHandle.isVirtual(IS_VIRTUAL, thread);
    }

    private static Class<?> find(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /** The other way, apart, so that it is not loaded where it is not gone. */
    static final class ByHandle {
        private ByHandle() {}

        /** {@code Thread.isVirtual}, null before JDK 21. */
        static MethodHandle find() {
            try {
                return MethodHandles.lookup()
                        .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
            } catch (NoSuchMethodException | IllegalAccessException e) {
                return null;
            }
        }

        static boolean isVirtual(MethodHandle isVirtual, Thread thread) {
            try {
                return (boolean) isVirtual.invokeExact(thread);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError("Thread.isVirtual declares no checked exception", e);
            }
        }
    }
}

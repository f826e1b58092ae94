package dev.parkinglot.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * The kinds of threads that contention tests run on. Virtual threads are found by name, so one class serves every JDK.
 */
public enum ThreadKind {
    PLATFORM {
        @Override
        public Thread unstarted(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }
    },
    VIRTUAL {
        @Override
        public Thread unstarted(String name, Runnable task) {
            try {
                Object builder = OF_VIRTUAL.invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                builder = type.getMethod("name", String.class).invoke(builder, name);
                return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, task);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e instanceof InvocationTargetException ? e.getCause() : e);
            }
        }
    };

    private static final Method OF_VIRTUAL = findOfVirtual();

    /** The superclass of all virtual threads, null where there are none. */
    private static final Class<?> VIRTUAL_THREAD = OF_VIRTUAL == null
            ? null
            : VIRTUAL.unstarted("not started", () -> {}).getClass().getSuperclass();

    /**
     * Makes a thread of this kind.
     *
     * @param name its name in reports
     * @param task what it will run
     * @return a daemon, not started
     */
    public abstract Thread unstarted(String name, Runnable task);

    /**
     * Tells the kind of a thread.
     *
     * @param thread any
     * @return its kind
     */
    public static ThreadKind of(Thread thread) {
        return VIRTUAL_THREAD != null && VIRTUAL_THREAD.isInstance(thread) ? VIRTUAL : PLATFORM;
    }

    /** The kinds that this JDK has: for {@code @MethodSource}. */
    public static List<ThreadKind> available() {
        List<ThreadKind> kinds = new ArrayList<>(List.of(PLATFORM));
        if (OF_VIRTUAL != null) {
            kinds.add(VIRTUAL);
        }
        return kinds;
    }

    private static Method findOfVirtual() {
        if (Runtime.version().feature() < 21) {
            return null; // present in 19 and 20, but as a preview that throws
        }
        try {
            return Thread.class.getMethod("ofVirtual");
        } catch (NoSuchMethodException e) {
            return null;
        }
    }
}

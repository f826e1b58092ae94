package dev.parkinglot.core;

import java.lang.System.Logger.Level;

/**
 * Notices that the process has loaded the library twice, by two class loaders. Each copy has a table of its own, so a
 * thread that waits in the one is not found by the other: locks in memory that both use lose their wakes.
 *
 * <p>The first copy leaves its name in a system property. It is text only, so that it keeps no class loader alive; and
 * so a copy also speaks of one that has been unloaded by now.
 */
final class OneCopy {
    static final String PROPERTY = "dev.parkinglot.core.loadedBy";

    private OneCopy() {}

    /** Never throws: a program that may not touch the property, or not log, keeps its locks all the same. */
    static void check() {
        try {
            String name = nameOf(OneCopy.class.getClassLoader());
            Object first = System.getProperties().putIfAbsent(PROPERTY, name);
            if (first != null) {
                warn(name, first);
            }
        } catch (RuntimeException | Error e) {
            // There is nobody to tell.
        }
    }

    /** Runs no method of the loader, which is foreign code. */
    private static String nameOf(ClassLoader loader) {
        return loader == null
                ? "the boot class loader"
                : loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
    }

    private static void warn(String name, Object first) {
        System.getLogger("dev.parkinglot")
                .log(
                        Level.WARNING,
                        "This process has loaded the parking lot twice: by " + first + ", and now by " + name
                                + ". Threads that wait with the one copy are not woken by the other, so locks in memory"
                                + " that both use do not work. Have one class loader load the library for all.");
    }
}

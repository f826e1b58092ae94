package dev.parkinglot.locks;

import dev.parkinglot.testing.JavaProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own, for what is decided once in a JVM. */
final class CheckJvm {
    /** What is checked in such a JVM, one of several by its name. */
    interface Case {
        void run() throws Exception;
    }

    /** Something that may fail without an exception. */
    interface Try {
        boolean run() throws Exception;
    }

    private CheckJvm() {}

    /** The rest of a program's main method: runs the cases that its arguments name, and says that they passed. */
    static void runCases(Map<String, Case> cases, String... names) throws Exception {
        for (String name : names) {
            cases.get(name).run();
            System.out.println("passed " + name);
        }
    }

    /** There is no JUnit in such a program. */
    static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static <X extends Exception> X requireThrows(Class<X> type, Case action, String what) throws Exception {
        try {
            action.run();
        } catch (Exception e) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
            throw e;
        }
        throw new AssertionError("nothing was thrown: " + what);
    }

    /** Everything that a program prints on our class path, with our flags, if it ends with 0. */
    static String run(Class<?> main, String argument, String... flags) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        all.add("-XX:+IgnoreUnrecognizedVMOptions"); // some of our flags are for newer JDKs only
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("--sun-misc"))
                .forEach(all::add);
        all.addAll(List.of(flags));
        return JavaProcess.outputOf(main, all, argument);
    }
}

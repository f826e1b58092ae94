package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first use of the fence, of which each JVM has one. */
class FenceInJvmTest {
    private static final boolean EXISTS =
            Runtime.version().feature() >= 22 && System.getProperty("os.name").equals("Linux");

    /** Asks for the fence, and then until it is there or has been tried in vain. */
    static final class FirstUse {
        private FirstUse() {}

        public static void main(String[] args) {
            System.out.println(AsymmetricFence.tryFence());
            TestThreads.await("the fence is there", () -> AsymmetricFence.tryFence() || isSettled());
            System.out.println(AsymmetricFence.tryFence());
            System.out.println(AsymmetricFence.unavailableReason().isEmpty());
            System.out.println(AsymmetricFence.tryFence());
        }

        private static boolean isSettled() {
            return Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("parkinglot fence"));
        }
    }

    @Test
    void itIsThereSoonAfterItWasAskedForAndNotAtOnce() throws Exception {
        assumeTrue(EXISTS);
        assertEquals(List.of("false", "true", "true", "true"), ChildJvm.outputOf(FirstUse.class, ChildJvm.GRANT));
    }

    @Test
    void whereThereIsNoneNothingIsPrintedOrThrown() throws Exception {
        List<String> none = List.of("false", "false", "false", "false");
        assertEquals(none, ChildJvm.outputOf(FirstUse.class));
        assertEquals(none, ChildJvm.outputOf(FirstUse.class, "-D" + AsymmetricFence.PROPERTY + "=off"));
    }

    @Test
    void afterASynchronousProbeItIsThereAtOnce() throws Exception {
        assumeTrue(EXISTS);
        assertEquals(List.of("true", "true"), ChildJvm.outputOf(ProbeFirst.class, ChildJvm.GRANT));
    }

    /** Sets the fence up itself. */
    static final class ProbeFirst {
        private ProbeFirst() {}

        public static void main(String[] args) {
            System.out.println(AsymmetricFence.unavailableReason().isEmpty());
            System.out.println(AsymmetricFence.tryFence());
        }
    }

    /** Asks for the fence first at the end of a stack, again with a frame less until there is room. */
    static final class AtTheEnd {
        private AtTheEnd() {}

        public static void main(String[] args) {
            AsymmetricFence.prepare();
            try (TestThreads threads = new TestThreads()) {
                threads.start("full", AtTheEnd::useOnTheWayBack);
            }
            TestThreads.await("the fence is there", AsymmetricFence::tryFence);
            System.out.println("fenced");
        }

        @SuppressWarnings("InfiniteRecursion") // it ends where the stack does
        private static void useOnTheWayBack() {
            try {
                useOnTheWayBack();
            } catch (StackOverflowError deepest) {
                // from here on every frame has a little more room
            }
            try {
                AsymmetricFence.tryFence();
            } catch (StackOverflowError tooDeep) {
                // may happen here, but not for ever
            }
        }
    }

    @Test
    void whoAsksForItAtTheEndOfAStackSpoilsItForNobody() throws Exception {
        assumeTrue(EXISTS);
        for (String flag : List.of("-Xmixed", "-Xint")) {
            assertEquals(List.of("fenced"), ChildJvm.outputOf(AtTheEnd.class, flag, ChildJvm.GRANT));
        }
    }
}

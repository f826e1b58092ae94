package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * First use where there is no stack left: a class whose initializer runs out of it is lost to its JVM, and with it, if
 * it is one of ours, every lock. So each try is in a JVM of its own.
 */
class FullStackInJvmTest {
    /**
     * Makes the choice on a healthy stack, as the first lock class does, and then once more, with whatever has to be
     * probed or loaded for it, at the end of a stack, again with one frame less until there is room, and then on a
     * healthy thread, which must be put to sleep and woken.
     */
    static final class AtTheEnd {
        private AtTheEnd() {}

        public static void main(String[] args) {
            // Has the JDK open the library's folder: where there is no stack left it would forget that folder for ever.
            assertNotNull(ThreadParker.class);
            assertNotNull(ParkerBackends.chosen());
            try (TestThreads threads = new TestThreads()) {
                threads.start("full", AtTheEnd::useOnTheWayBack);
            }
            AtomicReference<ThreadParker> parker = new AtomicReference<>();
            try (TestThreads threads = new TestThreads()) {
                Thread sleeper = threads.start("sleeper", () -> {
                    ThreadParker mine = newParker();
                    mine.preparePark();
                    parker.set(mine);
                    assertTrue(mine.park(false));
                });
                TestThreads.await("it sleeps or fails", () -> TestThreads.isAsleep(sleeper) || !sleeper.isAlive());
                if (sleeper.isAlive()) {
                    parker.get().unparkLock().unpark();
                }
            }
            System.out.println("woken");
        }

        @SuppressWarnings("InfiniteRecursion") // it ends where the stack does
        private static void useOnTheWayBack() {
            try {
                useOnTheWayBack();
            } catch (StackOverflowError deepest) {
                // from here on every frame has a little more room
            }
            try {
                newParker();
            } catch (StackOverflowError | LinkageError tooDeep) {
                // may happen here, but not for ever
            }
        }

        private static ThreadParker newParker() {
            return ParkerBackends.choose(System.getProperty("choice")).backend().newParker(null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmixed", "-Xint", "-Dchoice=system", "-Dchoice=monitor"})
    void whatRanOutOfStackAtTheFirstUseIsDoneByTheNext(String flag) throws Exception {
        assertEquals(List.of("woken"), ChildJvm.outputOf(AtTheEnd.class, flag, ChildJvm.GRANT));
    }
}

package dev.parkinglot.parkers;

import static dev.parkinglot.parkers.ChildJvm.GRANT;
import static dev.parkinglot.parkers.ChildJvm.outputOf;
import static dev.parkinglot.parkers.ChildJvm.parker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.TestThreads;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where there is little direct memory for the words of sleeping threads: in JVMs that are allowed little. */
class DirectMemoryInJvmTest {
    private static final int THREADS = 1_100;

    /** In the first piece; the next one is as large. */
    private static final int WORDS = 1_024;

    /** Has that many threads sleep at the same time, says how, and wakes them all. */
    static final class Crowd {
        private Crowd() {}

        public static void main(String[] args) {
            System.out.println(ParkerBackends.chosen().name()); // probed here, so this thread has a word, too
            Queue<ThreadParker> parkers = new ConcurrentLinkedQueue<>();
            try (TestThreads threads = new TestThreads()) {
                List<Thread> all = threads.startAll(THREADS, "sleeper", () -> {
                    ThreadParker mine = ParkerBackends.chosen().newParker(null);
                    mine.preparePark();
                    parkers.add(mine);
                    if (!mine.park(false)) {
                        throw new AssertionError("park gave up");
                    }
                });
                all.forEach(TestThreads::awaitSleepWithoutDeadline);
                System.out.println(all.stream().filter(Crowd::isAtItsWord).count() + " at their words");
                System.out.println(all.stream()
                                .filter(thread -> thread.getState() == Thread.State.WAITING)
                                .count()
                        + " on their permits");
                parkers.forEach(parker -> parker.unparkLock().unpark());
            }
            System.out.println("all woken");
        }

        private static boolean isAtItsWord(Thread thread) {
            return thread.getState() == Thread.State.RUNNABLE
                    && Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals("dev.parkinglot.parkers.FutexWait"));
        }
    }

    @BeforeEach
    void aSystemWithWords() {
        assumeTrue(Runtime.version().feature() >= 22
                && System.getProperty("os.name").equals("Linux"));
    }

    @Test
    void threadsForWhichThereIsNoWordSleepOnTheirPermits() throws Exception {
        int atWords = WORDS - 1;
        assertEquals(
                List.of("futex", atWords + " at their words", THREADS - atWords + " on their permits", "all woken"),
                outputOf(Crowd.class, GRANT, parker("futex"), "-XX:MaxDirectMemorySize=100k", "-Xss256k"));
    }

    @Test
    void whereThereIsNoMemoryForTheFirstWordsFutexIsNotUsedAndSaysWhy() throws Exception {
        List<String> report = outputOf(Report.class, GRANT, "-XX:MaxDirectMemorySize=16k");
        assertEquals("locksupport", report.get(0), report::toString);
        assertTrue(
                report.contains("  futex: no, there is no direct memory for the words that threads sleep at"),
                report::toString);
        assertTrue(report.contains("  asymmetric fence: yes"), report::toString);
        List<String> forced = outputOf(Report.class, GRANT, "-XX:MaxDirectMemorySize=16k", parker("futex"));
        String problem = "parker backend 'futex' cannot be used here: there is no direct memory";
        assertTrue(forced.stream().anyMatch(line -> line.contains("the default, since " + problem)), forced::toString);
    }

    /** What was chosen, and the report. */
    static final class Report {
        private Report() {}

        public static void main(String[] args) {
            System.out.println(ParkerBackends.chosen().name());
            System.out.println(ParkerBackends.report());
        }
    }
}

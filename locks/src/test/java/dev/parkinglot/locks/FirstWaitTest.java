package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.FullHeap;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first wait of a JVM meets a full stack, or a full heap. That thread may fail; no class is lost to the others, who
 * go on waiting and being woken. And the first unlock that wakes somebody meets a full heap: it does not fail. Each try
 * is in a JVM of its own, since there is only one first wait in each.
 */
class FirstWaitTest {
    static Stream<Arguments> cases() {
        return Stream.of(WaitingKind.values())
                .flatMap(kind -> Stream.of("stack", "heap", "unlock").map(what -> Arguments.of(kind, what)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFirstWaitThatFailsCostsNobodyElseAClass(WaitingKind kind, String what) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                kind.name(),
                what);
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream console = child.getInputStream()) {
            String output = new String(console.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(1, TimeUnit.MINUTES), output);
            assertEquals("all go on", output.strip());
        } finally {
            child.destroyForcibly();
        }
    }

    /** What the JVM runs. */
    static final class Program {
        private static final int STACK_BYTES = 256 * 1024;

        private static volatile boolean unlocking;

        private Program() {}

        public static void main(String[] args) throws InterruptedException {
            assertEquals(1_000L, TimeUnit.MICROSECONDS.toNanos(1L)); // loads what this program itself needs of the JDK
            WaitingKind kind = WaitingKind.valueOf(args[0]);
            WaitingKind.Pair pair = kind.newPair();
            if (args[1].equals("unlock")) {
                unlockOnFullHeap(pair);
                othersGoOn(kind);
                System.out.println("all go on");
                return;
            }
            Condition condition = kind.hasConditions() ? kind.newPair().lock().newCondition() : null;
            pair.excluding().lock();
            Runnable wait = () -> waitForAMoment(pair.lock());
            Runnable victim = args[1].equals("stack") ? () -> waitOnFullStack(wait) : () -> waitOnFullHeap(wait);
            Thread thread = new Thread(null, victim, "victim", STACK_BYTES);
            thread.start();
            thread.join();
            pair.excluding().unlock();
            othersGoOn(kind);
            System.out.println(condition == null && kind.hasConditions() ? "?" : "all go on");
        }

        @SuppressWarnings("InfiniteRecursion") // until there is no more stack
        private static void waitOnFullStack(Runnable wait) {
            try {
                waitOnFullStack(wait);
            } catch (StackOverflowError e) {
                // the end
            }
            try {
                wait.run();
            } catch (StackOverflowError e) {
                // the next frame has a little more
            }
        }

        private static void waitOnFullHeap(Runnable wait) {
            List<Object> hoard = new ArrayList<>(1_000_000);
            int bytes = 1 << 20;
            while (bytes >= 16) {
                try {
                    hoard.add(new byte[bytes]);
                } catch (OutOfMemoryError e) {
                    bytes /= 2;
                }
            }
            for (int i = 0; i < 20; i++) {
                try {
                    wait.run();
                } catch (OutOfMemoryError e) {
                    // then with a little more
                    hoard.remove(hoard.size() - 1);
                }
            }
            hoard.clear();
        }

        private static void unlockOnFullHeap(WaitingKind.Pair pair) throws InterruptedException {
            Thread savior = new Thread(Program::emptyAfterAWhile, "savior");
            Thread waiter = new Thread(() -> lockInTheEnd(pair.excluding()), "waiter");
            waiter.setDaemon(true); // should it wait for ever
            pair.lock().lock();
            savior.start();
            waiter.start();
            awaitSleep(waiter);
            FullHeap.fill();
            unlocking = true;
            try {
                pair.lock().unlock();
            } finally {
                FullHeap.empty();
            }
            savior.join();
            waiter.join(20_000L);
            if (waiter.isAlive()) {
                throw new AssertionError("the thread that waits is forgotten");
            }
        }

        /** It may look round, or be woken, while there is no memory. */
        private static void lockInTheEnd(Lock lock) {
            while (true) {
                try {
                    lock.lock();
                    return;
                } catch (OutOfMemoryError e) {
                    Thread.yield();
                }
            }
        }

        /** Needs no memory. A release that needs some waits for it. */
        private static void emptyAfterAWhile() {
            while (!unlocking) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 1_000; i++) {
                Thread.yield();
            }
            FullHeap.empty();
        }

        private static void awaitSleep(Thread thread) {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        private static void waitForAMoment(Lock lock) {
            try {
                if (lock.tryLock(1L, TimeUnit.MICROSECONDS)) {
                    throw new AssertionError("it is held");
                }
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts it", e);
            }
        }

        /** Other locks, and other threads, which wait for each other in every way. */
        private static void othersGoOn(WaitingKind kind) throws InterruptedException {
            WaitingKind.Pair other = kind.newPair();
            other.excluding().lock();
            Thread healthy = new Thread(() -> {
                other.lock().lock();
                other.lock().unlock();
            });
            healthy.start();
            awaitSleep(healthy);
            other.excluding().unlock();
            healthy.join();
        }
    }
}

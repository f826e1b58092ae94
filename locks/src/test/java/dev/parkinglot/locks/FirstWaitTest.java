package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.parkinglot.testing.FullHeap;
import dev.parkinglot.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first wait of a JVM meets a full stack, or a full heap. That thread may fail; no class is lost to the others, who
 * go on waiting and being woken. And the first unlock meets a full heap: it does not fail, neither if it wakes somebody
 * nor if nobody waits. Each try is in a JVM of its own, since there is only one first wait in each.
 *
 * <p>A class that has yet to be loaded and linked is rarely lost, since that takes more stack and memory than its
 * initializer, and can be tried again. So there are tries in which all classes have been linked, and only their
 * initializers are left for the wait.
 */
class FirstWaitTest {
    static Stream<Arguments> cases() {
        return Stream.of(WaitingKind.values())
                .flatMap(kind -> Stream.of(
                                "stack",
                                "heap",
                                "heap, with all classes linked",
                                "unlock",
                                "unlock with nobody waiting")
                        .map(what -> Arguments.of(kind, what)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFirstWaitThatFailsCostsNobodyElseAClass(WaitingKind kind, String what) throws Exception {
        List<String> flags = List.of(
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        assertEquals(
                "all go on",
                JavaProcess.outputOf(Program.class, flags, kind.name(), what).strip());
    }

    /** What the JVM runs. */
    static final class Program {
        private static final int STACK_BYTES = 256 * 1024;

        /** The last bytes of a full heap are given back one smallest object after the other, until they suffice. */
        private static final int SMALLEST_OBJECTS = 500;

        private static final int SMALLEST_BYTES = 16;

        private static volatile boolean unlocking;

        private Program() {}

        public static void main(String[] args) throws Exception {
            assertEquals(1_000L, TimeUnit.MICROSECONDS.toNanos(1L)); // loads what this program itself needs of the JDK
            WaitingKind kind = WaitingKind.valueOf(args[0]);
            WaitingKind.Pair pair = kind.newPair();
            if (args[1].endsWith("linked")) {
                linkAllClasses();
            }
            switch (args[1]) {
                case "stack" -> failToWait(kind, pair, Program::waitOnFullStack);
                case "heap" -> failToWait(kind, pair, Program::waitOnFullHeap);
                case "heap, with all classes linked" -> failToLock(pair, Program::waitOnFullHeap);
                case "unlock" -> unlockOnFullHeap(pair);
                default -> unlockOnFullHeapWithNobodyWaiting(pair.lock());
            }
            othersGoOn(kind);
            System.out.println("all go on");
        }

        /** But does not initialise them. */
        private static void linkAllClasses() throws Exception {
            Class<?> known = Mutex.class;
            String folder = known.getPackageName().replace('.', '/');
            Path root = Path.of(
                    known.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> files = Files.list(root.resolve(folder))) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".class")) {
                        String simpleName = name.substring(0, name.length() - ".class".length());
                        Class<?> found =
                                Class.forName(known.getPackageName() + "." + simpleName, false, known.getClassLoader());
                        assertNotNull(found.getDeclaredMethods()); // links it
                    }
                }
            }
        }

        /** A condition is made before, if there can be one. */
        private static void failToWait(WaitingKind kind, WaitingKind.Pair pair, Consumer<Runnable> where)
                throws InterruptedException {
            Condition condition = kind.hasConditions() ? kind.newPair().lock().newCondition() : null;
            failToLock(pair, where);
            assertEquals(kind.hasConditions(), condition != null);
        }

        private static void failToLock(WaitingKind.Pair pair, Consumer<Runnable> where) throws InterruptedException {
            pair.excluding().lock();
            runAsVictim(() -> where.accept(() -> waitForAMoment(pair.lock())));
            pair.excluding().unlock();
        }

        private static void runAsVictim(Runnable body) throws InterruptedException {
            Thread thread = new Thread(null, body, "victim", STACK_BYTES);
            thread.start();
            thread.join();
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
            List<Object> hoard = new ArrayList<>(10_000);
            hoard.add(new byte[SMALLEST_OBJECTS * SMALLEST_BYTES]);
            fill(hoard, 1 << 20);
            hoard.remove(0);
            fill(hoard, 0);
            for (boolean done = false; !done; ) {
                try {
                    wait.run();
                    done = true;
                } catch (OutOfMemoryError e) {
                    hoard.remove(hoard.size() - 1); // then with a little more
                }
            }
            hoard.clear();
        }

        /** Leaves not even room for the smallest of objects. */
        private static void fill(List<Object> hoard, int largest) {
            int size = largest;
            while (size >= 0) {
                try {
                    hoard.add(new byte[size]);
                } catch (OutOfMemoryError e) {
                    size = size == 0 ? -1 : size / 2;
                }
            }
        }

        private static void unlockOnFullHeapWithNobodyWaiting(Lock lock) {
            lock.lock();
            FullHeap.fill();
            try {
                lock.unlock();
            } finally {
                FullHeap.empty();
            }
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

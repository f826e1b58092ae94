package dev.parkinglot.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The threads of one test. Every one is joined when this is closed, and a failure of any of them fails the test; a
 * thread that does not end is reported with the stacks of all threads.
 *
 * <pre>{@code
 * try (TestThreads threads = new TestThreads()) {
 *     Thread waiter = threads.start("waiter", mutex::lock);
 *     TestThreads.await("the waiter is queued", () -> ParkingLot.waiters(mutex, 0).size() == 1);
 *     mutex.unlock();
 * }
 * }</pre>
 */
public final class TestThreads implements AutoCloseable {
    private final ThreadKind kind;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** For platform threads. */
    public TestThreads() {
        this(ThreadKind.PLATFORM);
    }

    /**
     * For threads of a kind.
     *
     * @param kind the kind of thread that {@link #start} makes
     */
    public TestThreads(ThreadKind kind) {
        this.kind = kind;
    }

    /**
     * Starts a thread.
     *
     * @param name its name in reports
     * @param body what it runs
     * @return the thread, already started
     */
    public Thread start(String name, ThrowingRunnable body) {
        return start(task -> kind.unstarted(name, task), body);
    }

    /**
     * Starts a platform thread with a stack of its own size.
     *
     * @param name its name in reports
     * @param stackBytes the size of its stack
     * @param body what it runs
     * @return the thread, already started
     */
    public Thread start(String name, long stackBytes, ThrowingRunnable body) {
        return start(task -> new Thread(null, task, name, stackBytes), body);
    }

    /**
     * Starts a thread that is not of the usual kinds.
     *
     * @param factory makes it; it should be a daemon
     * @param body what it runs
     * @return the thread, already started
     */
    public Thread start(ThreadFactory factory, ThrowingRunnable body) {
        Thread thread = factory.newThread(() -> runAndReport(body));
        synchronized (threads) {
            threads.add(thread);
        }
        thread.start();
        return thread;
    }

    private List<Thread> started() {
        synchronized (threads) {
            return List.copyOf(threads);
        }
    }

    private void runAndReport(ThrowingRunnable body) {
        try {
            body.run();
        } catch (Throwable failure) {
            synchronized (failures) {
                failures.add(failure);
            }
        }
    }

    /**
     * Starts several threads with the same body.
     *
     * @param count how many
     * @param name their names, followed by a number
     * @param body what each of them runs
     */
    public void start(int count, String name, ThrowingRunnable body) {
        for (int i = 0; i < count; i++) {
            start(name + "-" + i, body);
        }
    }

    /**
     * Like {@link #start(int, String, ThrowingRunnable)}, for tests that want to look at the threads.
     *
     * @param count how many
     * @param name their names, followed by a number
     * @param body what each of them runs
     * @return the threads, already started
     */
    public List<Thread> startAll(int count, String name, ThrowingRunnable body) {
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(start(name + "-" + i, body));
        }
        return started;
    }

    /** Joins all threads started so far and reports their failures. */
    public void join() {
        long deadline = System.nanoTime() + Delays.LONG_DELAY.toNanos();
        for (Thread thread : started()) {
            joinUntil(thread, deadline);
        }
        throwFailures();
    }

    @Override
    public void close() {
        join();
    }

    /**
     * Joins one thread.
     *
     * @param thread one that {@link #start} returned
     */
    public static void join(Thread thread) {
        joinUntil(thread, System.nanoTime() + Delays.LONG_DELAY.toNanos());
    }

    /**
     * For loops that go on until others have done something. The scheduler of virtual threads puts one that yields into
     * a queue from which its carrier takes the next: as many of them as there are carriers can keep out all others
     * forever. One that parks, however briefly, lets others run.
     */
    public static void letOthersRun() {
        if (ThreadKind.of(Thread.currentThread()) == ThreadKind.VIRTUAL) {
            LockSupport.parkNanos(1L);
        } else {
            Thread.yield();
        }
    }

    /**
     * Waits until something is the case, and fails if it does not come about.
     *
     * @param what for the report
     * @param condition evaluated again and again
     */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Delays.LONG_DELAY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0L) {
                throw new AssertionError("never happened: " + what + "\n" + allStacks());
            }
            letOthersRun();
        }
    }

    /**
     * Whether a thread waits: in the JVM, as its state then says, or in a system's call (or the loop of the spinning
     * backend), for which the state is RUNNABLE, so that only its stack tells.
     *
     * @param thread any thread
     * @return whether it sleeps, or is about to fall asleep
     */
    public static boolean isAsleep(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case RUNNABLE -> Arrays.stream(thread.getStackTrace()).anyMatch(TestThreads::isSleep);
            default -> false;
        };
    }

    /**
     * Waits until a thread sleeps, and not until some time. (In a system's call that cannot be seen: there, until it
     * sleeps.)
     *
     * @param thread any thread
     */
    public static void awaitSleepWithoutDeadline(Thread thread) {
        await(
                "it sleeps without a deadline",
                () -> isAsleep(thread) && thread.getState() != Thread.State.TIMED_WAITING);
    }

    /**
     * Waits until a thread has taken an interrupt that does not end its wait off its flag, to set it again later, or
     * sleeps in a system's call, which an interrupt of Java does not reach.
     *
     * @param thread a thread that has been interrupted
     */
    public static void awaitInterruptNoticed(Thread thread) {
        await(
                "the interrupt was noticed",
                () -> !thread.isInterrupted() || (thread.getState() == Thread.State.RUNNABLE && isAsleep(thread)));
    }

    /**
     * Waits until a platform thread has let the processor be for a while. One that spins never does; one that sleeps
     * may still have to get there, or have code compiled on its way.
     *
     * @param thread a thread that does not end meanwhile
     */
    public static void awaitIdle(Thread thread) {
        ThreadMXBean times = ManagementFactory.getThreadMXBean();
        await("it leaves the processor alone", () -> {
            long wall = System.nanoTime();
            long cpu = times.getThreadCpuTime(thread.getId());
            LockSupport.parkNanos(5L * Delays.SHORT_DELAY.toNanos()); // the time over which it is watched
            return times.getThreadCpuTime(thread.getId()) - cpu < (System.nanoTime() - wall) / 4L;
        });
    }

    private static boolean isSleep(StackTraceElement frame) {
        String method = frame.getMethodName();
        return frame.getClassName().startsWith("dev.parkinglot.parkers.")
                && (method.equals("sleepAtWord") || method.equals("spin"));
    }

    private static void joinUntil(Thread thread, long deadline) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0L) {
                String stack = Arrays.stream(thread.getStackTrace())
                        .map(frame -> "    at " + frame)
                        .collect(Collectors.joining("\n"));
                throw new AssertionError(thread + " does not end:\n" + stack + "\n" + allStacks());
            }
            try {
                thread.join(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailures() {
        synchronized (failures) {
            if (failures.isEmpty()) {
                return;
            }
            AssertionError error = new AssertionError("a test thread failed", failures.get(0));
            failures.subList(1, failures.size()).forEach(error::addSuppressed);
            failures.clear();
            throw error;
        }
    }

    private static String allStacks() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .map(ThreadInfo::toString)
                .collect(Collectors.joining("\n"));
    }
}

package dev.parkinglot.parkers;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A million platform threads that each park once, are woken, and end: what memory they leave behind. A program and not
 * a JMH benchmark, since it measures memory. Linux only: it reads its own size from {@code /proc}.
 *
 * <p>Arguments: the number of threads (1 000 000), and the backend ({@code system}, the system's own: the
 * other ones need no memory outside the heap).
 */
public final class ShortLivedThreads {
    private static final int MAKERS = 4;
    private static final int REPORTS = 10;

    private ShortLivedThreads() {}

    public static void main(String[] arguments) throws Exception {
        int count = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        ParkerBackend backend = ParkerBackends.choose(arguments.length < 2 ? ParkerBackends.SYSTEM : arguments[1])
                .backend();
        System.out.println("backend " + backend.name());
        System.out.println("| threads so far | resident, MB | direct memory, where words are, KB |");
        System.out.println("| --- | --- | --- |");
        parkAndWake(backend, count / 100); // classes, code, thread stacks of the C library
        report(count / 100);
        for (int i = 0; i < REPORTS; i++) {
            parkAndWake(backend, count / REPORTS);
            report(count / 100 + (i + 1) * (count / REPORTS));
        }
    }

    private static void parkAndWake(ParkerBackend backend, int count) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(count);
        Thread[] makers = new Thread[MAKERS];
        for (int i = 0; i < MAKERS; i++) {
            makers[i] = new Thread(() -> {
                while (left.getAndDecrement() > 0) {
                    parkAndWakeOne(backend);
                }
            });
            makers[i].start();
        }
        for (Thread maker : makers) {
            maker.join();
        }
    }

    private static void parkAndWakeOne(ParkerBackend backend) {
        ThreadParker mine = backend.newParker(null);
        ThreadParker[] its = new ThreadParker[1];
        mine.preparePark();
        Thread thread = new Thread(() -> {
            its[0] = backend.newParker(null);
            its[0].preparePark();
            mine.unparkLock().unpark();
            its[0].park(false);
        });
        thread.start();
        mine.park(false);
        its[0].unparkLock().unpark();
    }

    private static void report(int threads) throws IOException {
        System.gc();
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        long resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024L)
                .findFirst()
                .orElseThrow();
        System.out.printf("| %d | %d | %d |%n", threads, resident, direct.getMemoryUsed() / 1024L);
    }
}

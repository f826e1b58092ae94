package dev.parkinglot.locks;

import static dev.parkinglot.locks.Exclusive.lock;
import static dev.parkinglot.locks.Exclusive.unlock;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Producers and consumers around a bounded queue, as WebKit tests its condition variables: 1 or 10 of each, 1 or 100
 * slots, every signal or only those that matter, with and without a timeout. Every message arrives once and in the
 * order of its producer, and nobody sleeps for ever.
 */
@Concurrent
class BoundedQueueTest {
    private record Message(int producer, int number) {}

    /** How to signal: one thread after every change, or all threads when the queue stops being empty or full. */
    private enum Style {
        ONE_ALWAYS,
        ALL_AT_THE_EDGE
    }

    private record Setup(
            LockKind lock,
            ThreadKind kind,
            int producers,
            int consumers,
            int slots,
            int messagesEach,
            Style style,
            boolean timed) {}

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (ThreadKind kind : ThreadKind.available()) {
            setups.add(new Setup(LockKind.MUTEX, kind, 1, 1, 1, 10_000, Style.ALL_AT_THE_EDGE, true));
            setups.add(new Setup(LockKind.MUTEX, kind, 1, 1, 1, 10_000, Style.ALL_AT_THE_EDGE, false));
            setups.add(new Setup(LockKind.MUTEX, kind, 1, 5, 1, 10_000, Style.ALL_AT_THE_EDGE, false));
            setups.add(new Setup(LockKind.MUTEX, kind, 1, 1, 100, 1_000_000, Style.ALL_AT_THE_EDGE, false));
            for (Style style : Style.values()) {
                setups.add(new Setup(LockKind.MUTEX, kind, 10, 1, 1, 1_000, style, false));
                setups.add(new Setup(LockKind.MUTEX, kind, 1, 10, 1, 10_000, style, false));
                setups.add(new Setup(LockKind.MUTEX, kind, 10, 10, 1, 1_000, style, false));
                setups.add(new Setup(LockKind.MUTEX, kind, 10, 1, 100, 10_000, style, false));
                setups.add(new Setup(LockKind.MUTEX, kind, 1, 10, 100, 100_000, style, false));
                setups.add(new Setup(LockKind.MUTEX, kind, 10, 10, 100, 10_000, style, false));
            }
            for (LockKind lock : LockKind.values()) {
                for (Style style : Style.values()) {
                    setups.add(new Setup(lock, kind, 4, 4, 1, 500, style, false));
                    setups.add(new Setup(lock, kind, 4, 4, 10, 500, style, true));
                }
            }
        }
        return setups;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyMessageArrivesOnceAndInTheOrderOfItsProducer(Setup setup) {
        new Run(setup).run();
    }

    private static final class Run {
        private final Setup setup;
        private final CondvarLock mutex;
        private final Condvar notEmpty = new Condvar();
        private final Condvar notFull = new Condvar();

        // Guarded by the mutex.
        private final Queue<Message> queue = new ArrayDeque<>();
        private final int[] next;
        private int outstanding;

        Run(Setup setup) {
            this.setup = setup;
            this.mutex = setup.lock().newLock();
            this.next = new int[setup.producers()];
            this.outstanding = setup.producers() * setup.messagesEach();
        }

        void run() {
            try (TestThreads threads = new TestThreads(setup.kind())) {
                threads.start(setup.consumers(), "consumer", this::consume);
                for (int i = 0; i < setup.producers(); i++) {
                    int producer = i;
                    threads.start("producer-" + i, () -> produce(producer));
                }
            }
            assertEquals(0, outstanding);
            for (int count : next) {
                assertEquals(setup.messagesEach(), count);
            }
            Probe.assertIdle(mutex);
            assertEquals(List.of(), Probe.queueOf(notEmpty));
            assertEquals(List.of(), Probe.queueOf(notFull));
        }

        private void produce(int producer) throws InterruptedException {
            for (int number = 0; number < setup.messagesEach(); number++) {
                lock(mutex);
                await(notFull, () -> queue.size() == setup.slots());
                queue.add(new Message(producer, number));
                boolean edge = queue.size() == 1;
                unlock(mutex);
                signal(notEmpty, edge);
            }
        }

        private void consume() throws InterruptedException {
            while (true) {
                lock(mutex);
                await(notEmpty, () -> queue.isEmpty() && outstanding > 0);
                if (queue.isEmpty()) {
                    unlock(mutex);
                    return;
                }
                Message message = queue.remove();
                int expected = next[message.producer()]++;
                boolean edge = queue.size() == setup.slots() - 1;
                outstanding--;
                boolean last = outstanding == 0;
                unlock(mutex);
                assertEquals(expected, message.number());
                signal(notFull, edge);
                if (last) {
                    notEmpty.signalAll();
                }
            }
        }

        private void await(Condvar condvar, BooleanSupplier reason) throws InterruptedException {
            if (setup.timed()) {
                while (reason.getAsBoolean()) {
                    condvar.awaitFor(mutex, Delays.SHORT_DELAY);
                }
            } else {
                condvar.awaitWhile(mutex, reason);
            }
        }

        private void signal(Condvar condvar, boolean edge) {
            if (setup.style() == Style.ONE_ALWAYS) {
                condvar.signal();
            } else if (edge) {
                condvar.signalAll();
            }
        }
    }
}

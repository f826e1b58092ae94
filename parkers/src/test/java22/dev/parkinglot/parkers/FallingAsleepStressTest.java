package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * A thread falls asleep while another wakes it, some ten thousand times, without a system call between the two that
 * would order them by itself: steps (A) to (D), and (F) to (H), of {@code SystemParker}.
 */
class FallingAsleepStressTest {
    private static final int ROUNDS = 30_000;
    private static final int LONGEST_PAUSE = 64;

    private volatile SystemParker current;
    private volatile int offered;
    private volatile int woken;

    /** A system that only watches: a thread that sleeps although its waker has been there sleeps for ever. */
    private final class Watching extends ComparingWait {
        int slept;
        int lost;

        @Override
        Outcome await(WaitWord word) {
            slept++;
            while (word.wordVolatile() == WaitWord.ASLEEP) {
                if (woken >= offered && word.wordVolatile() == WaitWord.ASLEEP) {
                    lost++;
                    break;
                }
                pause(1);
            }
            return Outcome.RETURNED;
        }

        @Override
        Outcome awaitUntil(WaitWord word, long deadlineNanos, long nanosLeft) {
            return await(word);
        }

        @Override
        void wakeAt(WaitWord word) {
            // To have changed the word is enough here.
        }

        @Override
        void tryOut(WaitWord word) {
            throw new AssertionError("not here");
        }
    }

    private final Watching system = new Watching();

    @Test
    void noWakeIsLostAtTheWord() {
        race(false, ROUNDS);
        assertEquals(0, system.lost, () -> "of " + system.slept + " sleeps");
    }

    @Test
    void noWakeIsLostAtThePermit() {
        race(true, ROUNDS);
        assertEquals(0, system.slept);
    }

    private void race(boolean interruptible, int rounds) {
        try (TestThreads threads = new TestThreads()) {
            threads.start("owner", () -> {
                for (int round = 1; round <= rounds; round++) {
                    SystemParker mine = new SystemParker(null, system, WaitWord.ownOrNull());
                    mine.preparePark();
                    current = mine;
                    offered = round;
                    pause(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE));
                    assertTrue(mine.parkUntil(System.nanoTime() + Delays.LONG_DELAY.toNanos(), interruptible));
                    awaitRound(round);
                }
            });
            threads.start("waker", () -> {
                for (int round = 1; round <= rounds; round++) {
                    for (int i = 0; offered < round; i++) {
                        pauseOrYield(i);
                    }
                    pause(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE));
                    current.unparkLock().unpark();
                    woken = round;
                }
            });
        }
    }

    private void awaitRound(int round) {
        for (int i = 0; woken < round; i++) {
            pauseOrYield(i);
        }
    }

    private static void pause(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** Where there is one processor, or others want it, the other thread has to get it. */
    private static void pauseOrYield(int i) {
        if (i < 1_000) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}

package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertSame;

import dev.parkinglot.testing.TestThreads;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The memory of a thread's waits. */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
class WaitWordTest {
    @Test
    void aThreadHasOneWordForAllItsWaits() {
        assertSame(WaitWord.own(), WaitWord.own());
    }

    @Test
    void noTwoLivingThreadsShareAWord() {
        int count = 50;
        Set<Long> addresses = new HashSet<>();
        Set<WaitWord> words = new HashSet<>();
        try (TestThreads threads = new TestThreads()) {
            threads.start(count, "owner", () -> {
                WaitWord word = WaitWord.own();
                synchronized (words) {
                    words.add(word);
                    addresses.add(word.word.address());
                }
            });
            TestThreads.await("every thread has a word of its own", () -> {
                synchronized (words) {
                    return words.size() == count && addresses.size() == count;
                }
            });
        }
    }

    @Test
    void threadsThatHaveEndedLeaveNoMemoryBehind() {
        int count = 2_000;
        long before = wordsAndOtherDirectMemory();
        for (int round = 0; round < count / 50; round++) {
            try (TestThreads threads = new TestThreads()) {
                threads.start(50, "short-lived", WaitWord::own);
            }
        }
        TestThreads.await("the words are freed", () -> {
            System.gc();
            return wordsAndOtherDirectMemory() <= before + 50;
        });
    }

    private static long wordsAndOtherDirectMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }
}

package dev.parkinglot.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Locks with defects that the contest must find. The queues work; what goes wrong goes wrong when the index is to be
 * locked.
 */
final class BrokenLocks {
    private static final int WHEN = 5;

    private BrokenLocks() {}

    /** A sound lock, but for what it does instead of the fifth section that concerns the index. */
    private abstract static class Broken implements ContestLock {
        private final ContestLock sound = new MonitorLock();
        private final AtomicInteger sections = new AtomicInteger();

        abstract void misbehave();

        @Override
        public final <A, R> R hold(Waits waits, Section<A, R> section, A argument) throws InterruptedException {
            if (argument instanceof InvertedIndex.Words && sections.incrementAndGet() == WHEN) {
                misbehave();
                return null;
            }
            return sound.hold(waits, section, argument);
        }

        @Override
        public final Condition newCondition() {
            return sound.newCondition();
        }
    }

    /** Loses an update, as a lock would that lets two in at once. */
    static ContestLock forgetful() {
        return new Broken() {
            @Override
            void misbehave() {}
        };
    }

    /** Throws. */
    static ContestLock throwing() {
        return new Broken() {
            @Override
            void misbehave() {
                throw new IllegalMonitorStateException("not yours");
            }
        };
    }

    /** Never comes back, whatever happens, until the test is over. */
    static ContestLock stuck(CountDownLatch reached, CountDownLatch over) {
        return new Broken() {
            @Override
            void misbehave() {
                reached.countDown();
                while (over.getCount() != 0L) {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        // deaf: that is the defect
                    }
                }
            }
        };
    }
}

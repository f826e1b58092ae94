package dev.parkinglot.examples.contest;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * Locks with defects that the contest must find. The queues work; what goes wrong goes wrong when the index is to be
 * locked.
 */
final class BrokenLocks {
    private static final int WHEN = 5;

    private BrokenLocks() {}

    /** A sound lock, but for what it does instead of the fifth section that concerns the index. */
    abstract static class Broken implements ContestLock {
        private final ContestLock sound = ContestLock.monitor();
        private final AtomicInteger sections = new AtomicInteger();

        abstract void misbehave();

        @Override
        public final <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            if (concernsIndex(argument) && sections.incrementAndGet() == WHEN) {
                misbehave();
                return null;
            }
            return sound.hold(waits, section, argument);
        }

        private static boolean concernsIndex(Object argument) {
            return argument instanceof InvertedIndex.Words || argument instanceof List<?>;
        }

        @Override
        public final Condition newCondition() {
            return sound.newCondition();
        }
    }

    /** Loses an update, as a lock would that lets two in at once. */
    static Broken forgetful() {
        return new Broken() {
            @Override
            void misbehave() {}
        };
    }

    /** A readers-writer lock that is broken when it is locked for writing. */
    static ContestLock whenWriting(Broken broken) {
        return new ContestLock.OfReadWriteLock(broken, broken.sound);
    }

    /** Lets readers in while there is a writer, and sees to it that this happens: in the middle of the first batch. */
    static ContestLock porous() {
        CountDownLatch halfWritten = new CountDownLatch(1);
        CountDownLatch lookedUp = new CountDownLatch(1);
        return new ContestLock.OfReadWriteLock(
                new Interrupted(halfWritten, lookedUp), new Porous(halfWritten, lookedUp));
    }

    private record Porous(CountDownLatch halfWritten, CountDownLatch lookedUp) implements ContestLock {
        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            halfWritten.await();
            try {
                return section.run(argument);
            } finally {
                lookedUp.countDown();
            }
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Interrupted implements ContestLock {
        private final ContestLock sound = ContestLock.monitor();
        private final CountDownLatch halfWritten;
        private final CountDownLatch lookedUp;

        Interrupted(CountDownLatch halfWritten, CountDownLatch lookedUp) {
            this.halfWritten = halfWritten;
            this.lookedUp = lookedUp;
        }

        @Override
        public <A, R> R hold(Histogram waits, Section<A, R> section, A argument) throws InterruptedException {
            @SuppressWarnings("unchecked") // a batch of lines
            A interrupted = (A) new InterruptedBatch((List<?>) argument);
            return sound.hold(waits, section, interrupted);
        }

        @Override
        public Condition newCondition() {
            return sound.newCondition();
        }

        private final class InterruptedBatch extends AbstractList<Object> {
            private final List<?> lines;

            InterruptedBatch(List<?> lines) {
                this.lines = lines;
            }

            @Override
            public Object get(int i) {
                if (i == 1) {
                    halfWritten.countDown();
                    try {
                        lookedUp.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // the race is over
                    }
                }
                return lines.get(i);
            }

            @Override
            public int size() {
                return lines.size();
            }
        }
    }

    /** Throws. */
    static Broken throwing() {
        return new Broken() {
            @Override
            void misbehave() {
                throw new IllegalMonitorStateException("not yours");
            }
        };
    }

    /** Never comes back, whatever happens, until the test is over. */
    static Broken stuck(CountDownLatch reached, CountDownLatch over) {
        return new Broken() {
            @Override
            void misbehave() {
                reached.countDown();
                boolean interrupted = false;
                while (over.getCount() != 0L) {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        interrupted = true; // deaf: that is the defect
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt(); // or, its queue being empty, it would wait there for ever
                }
            }
        };
    }
}

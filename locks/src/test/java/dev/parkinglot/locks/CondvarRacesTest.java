package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import dev.parkinglot.testkit.DrivenThread.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A signal, and what happens between two of its steps. */
class CondvarRacesTest {
    private final Condvar condvar = new Condvar();

    /** Does something once, before its flags are changed. */
    private static final class Racing extends Mutex {
        private Runnable beforeChange = () -> {};

        @Override
        void changeFlags(int set, int clear) {
            Runnable before = beforeChange;
            beforeChange = () -> {};
            before.run();
            super.changeFlags(set, clear);
        }
    }

    private DrivenThread startWaiter(DrivenLot lot, Mutex mutex) {
        return lot.start("waiter", () -> {
            mutex.lock();
            try {
                condvar.await(mutex);
            } finally {
                mutex.unlock();
            }
        });
    }

    /** Nobody would wake who is moved to the queue of a lock that is free. */
    @Test
    void whoIsSignalledWhileTheHolderUnlocksIsNotMovedToTheQueueOfAFreeLock() {
        Racing mutex = new Racing();
        try (DrivenLot lot = new DrivenLot()) {
            DrivenThread waiter = startWaiter(lot, mutex);
            mutex.lock();
            mutex.beforeChange = mutex::unlock; // when it has been found locked
            assertTrue(condvar.signal());
            assertFalse(mutex.isLocked());
            assertTrue(waiter.canRun(), "it is not woken");
            assertTrue(waiter.run().hasEnded());
        }
    }

    /** Moved to the queue of the first mutex, they would be woken by its unlock, and hold a lock that is not theirs. */
    @Test
    void aSignalForThoseWhoHaveGoneDoesNotMoveThoseWhoCameWithAnotherMutex() {
        Mutex first = new Mutex();
        Mutex second = new Mutex();
        for (boolean all : new boolean[] {false, true}) {
            try (DrivenLot lot = new DrivenLot()) {
                DrivenThread gone = startWaiter(lot, first);
                first.lock();
                DrivenThread signaller = lot.thread("signaller", all ? condvar::signalAll : condvar::signal);
                signaller.runUntil(Position.AT_REQUEUE);
                first.unlock();
                gone.interrupt();
                assertInstanceOf(InterruptedException.class, gone.failure());
                DrivenThread waiter = startWaiter(lot, second);
                first.lock();
                signaller.run();
                assertEquals(List.of(waiter.thread()), Probe.queueOf(condvar));
                assertEquals(List.of(), Probe.queueOf(first));
                first.unlock();
                assertTrue(condvar.signal());
                assertTrue(waiter.run().hasEnded());
            }
        }
    }
}

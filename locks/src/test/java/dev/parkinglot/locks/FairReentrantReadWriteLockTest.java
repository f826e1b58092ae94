package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import org.junit.jupiter.api.Test;

/** A fair drop-in {@link ReentrantReadWriteLock} hands over whenever writing ends, so nobody who comes is faster. */
class FairReentrantReadWriteLockTest {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    @Test
    void aWriterThatGoesOnReadingHandsTheClaimToTheNextWriter() {
        try (DrivenLot lot = new DrivenLot()) {
            lock.writeLock().lock();
            lock.readLock().lock();
            DrivenThread writer = lot.start("writer", () -> {
                lock.writeLock().lock();
                lock.writeLock().unlock();
            });
            lock.writeLock().unlock();
            assertEquals(RwProbe.WRITER | RwProbe.ONE_READER, lock.stateVolatile(), "before the writer runs");
            lock.readLock().unlock();
            assertTrue(writer.run().hasEnded());
        }
    }
}

package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.parkinglot.core.KeyNames;
import dev.parkinglot.core.ParkedThread;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.TestThreads;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the locks tell of their holders without a record, and of what is waited for. */
@Concurrent
class LockHoldersTest {
    private final LockHolders source = new LockHolders();

    private List<Thread> blockers(Object base, long queue) {
        return source.blockers(base, queue, new ParkedThread(Thread.currentThread(), 0L, 0L, false));
    }

    private String purpose(CondvarLock lock, long queue, long parkToken) {
        String name = KeyNames.describe(lock, 0L);
        String text = source.describe(lock, queue, parkToken);
        assertEquals(name, text.substring(0, name.length()));
        return text.substring(name.length());
    }

    @Test
    void whatIsNoLockIsNotKnown() {
        assertNull(blockers(new Object(), 0L));
        assertNull(blockers(null, 0L), "outside the heap");
        assertNull(source.describe("text", 0L, 0L));
        assertNull(source.describe(null, 0L, 0L));
    }

    @Test
    void aMutexDoesNotKnowItsHolder() {
        Mutex mutex = new Mutex();
        mutex.lock();
        assertNull(blockers(mutex, CondvarLock.QUEUE));
        assertEquals("", purpose(mutex, CondvarLock.QUEUE, ParkingLot.DEFAULT_PARK_TOKEN));
        mutex.unlock();
    }

    @Test
    void aReentrantLockKnowsItsOwner() {
        ReentrantLock lock = new ReentrantLock();
        assertEquals(List.of(), blockers(lock, CondvarLock.QUEUE));
        lock.lock();
        assertEquals(List.of(Thread.currentThread()), blockers(lock, CondvarLock.QUEUE));
        lock.unlock();
        assertEquals(List.of(), blockers(lock, CondvarLock.QUEUE));
    }

    @Test
    void aDropInKnowsItsWriterButNotItsReaders() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        lock.readLock().lock();
        assertNull(blockers(lock, RwWord.MAIN));
        assertNull(blockers(lock, RwWord.DRAIN));
        lock.readLock().unlock();
        lock.writeLock().lock();
        assertEquals(List.of(Thread.currentThread()), blockers(lock, RwWord.MAIN));
        assertNull(blockers(lock, RwWord.DRAIN), "there a writer waits for readers");
        lock.writeLock().unlock();
        assertNull(blockers(lock, RwWord.MAIN));
    }

    @Test
    void whoWaitsForAnRwLockWaitsForTheWriterThatWaitsForItsReaders(TestThreads threads) {
        RwLock lock = new RwLock();
        assertNull(blockers(lock, RwWord.MAIN));
        lock.lockRead();
        Thread writer = threads.start("writer", () -> lock.runWrite(() -> {}));
        TestThreads.await(
                "it waits", () -> !ParkingLot.waiters(lock, RwWord.DRAIN).isEmpty());
        assertEquals(List.of(writer), blockers(lock, RwWord.MAIN));
        assertNull(blockers(lock, RwWord.DRAIN), "who reads is not known");
        lock.unlockRead();
    }

    @Test
    void whatIsWaitedForInTheQueuesOfAnRwLock() {
        RwLock lock = new RwLock();
        assertEquals(" for reading", purpose(lock, RwWord.MAIN, Access.READ.parkToken()));
        assertEquals(" for reading", purpose(lock, RwWord.MAIN, Access.READ_RECURSIVE.parkToken()));
        assertEquals(" upgradably", purpose(lock, RwWord.MAIN, Access.UPGRADABLE.parkToken()));
        assertEquals(" for writing", purpose(lock, RwWord.MAIN, Access.WRITE.parkToken()));
        assertEquals("", purpose(lock, RwWord.MAIN, ParkingLot.DEFAULT_PARK_TOKEN), "the lock itself");
        assertEquals(" until its readers have left", purpose(lock, RwWord.DRAIN, ParkingLot.DEFAULT_PARK_TOKEN));
    }
}

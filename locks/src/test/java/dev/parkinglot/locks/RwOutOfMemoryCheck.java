package dev.parkinglot.locks;

import static dev.parkinglot.locks.CheckJvm.require;

import dev.parkinglot.testing.FullHeap;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What {@link RwOutOfMemoryTest} runs: operations of readers-writer locks while there is no memory at all. In the
 * interpreter, so that what makes an object does make one.
 */
@SuppressWarnings({"ModifiedButNotUsed", "UnusedVariable"}) // what fills the heap need only be kept
final class RwOutOfMemoryCheck {
    private static Object kept;
    private static volatile boolean unlocking;

    private RwOutOfMemoryCheck() {}

    public static void main(String[] args) throws InterruptedException {
        switch (args[0]) {
            case "bias" -> bias();
            case "guards" -> guards();
            case "unlock in a buffer" -> unlockInBuffer();
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("passed");
    }

    /** The bias is an option: without memory for it, readers do without. */
    private static void bias() {
        RwLock lock = new RwLock();
        FullHeap.fill();
        lock.bias();
        lock.lockRead();
        int state = lock.stateVolatile();
        FullHeap.empty();
        require(state == RwProbe.ONE_READER, "there was memory for a bias");
        lock.unlockRead();
        lock.bias();
        require(lock.stateVolatile() != 0, "with memory, the same is biased");
    }

    /** A guard that cannot be made leaves the lock free. */
    private static void guards() {
        RwLock lock = new RwLock();
        RwLockMode[] modes = {lock.read(), lock.readRecursive(), lock.upgradable(), lock.write()};
        for (RwLockMode mode : modes) { // loads what is needed
            kept = mode.tryGuard().isPresent();
            lock.clear(-1);
            mode.guard().close();
        }
        int refusals = 0;
        for (RwLockMode mode : modes) {
            for (int form = 0; form < 3; form++) {
                FullHeap.fill();
                try {
                    kept = guard(mode, form);
                } catch (OutOfMemoryError e) {
                    refusals++;
                }
                int state = lock.stateVolatile();
                FullHeap.empty();
                require(state == 0, "held by nobody");
            }
        }
        require(refusals == 3 * modes.length, "there was memory for a guard");
    }

    private static Object guard(RwLockMode mode, int form) {
        return switch (form) {
            case 0 -> mode.guard();
            case 1 -> mode.tryGuard();
            default -> Optional.of(mode.tryGuardUntil(0L));
        };
    }

    /** To unlock it needs an object, so it waits until there is memory for that. */
    private static void unlockInBuffer() throws InterruptedException {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
        int words = 3;
        Thread[] waiters = new Thread[words];
        for (int round = 0; round < 2; round++) { // the first one loads what is needed
            for (int i = 0; i < words; i++) {
                int index = 4 * i;
                hold(buffer, index);
                waiters[i] = new Thread(() -> {
                    BufferRwLock.lockWrite(buffer, index);
                    BufferRwLock.unlockWrite(buffer, index);
                });
                waiters[i].setDaemon(true);
                waiters[i].start();
                while (new BufferRwLock(buffer, index).getQueueLength() == 0) {
                    Thread.onSpinWait();
                }
            }
            if (round == 1) {
                unlocking = false;
                Thread savior = new Thread(RwOutOfMemoryCheck::freeMemoryAfterAWhile);
                savior.start();
                FullHeap.fill();
            }
            unlocking = true;
            BufferRwLock.unlockRead(buffer, 0);
            BufferRwLock.unlockUpgradable(buffer, 4);
            BufferRwLock.unlockWrite(buffer, 8);
            for (Thread waiter : waiters) {
                waiter.join();
            }
        }
    }

    private static void hold(UnsafeBuffer buffer, int index) {
        switch (index) {
            case 0 -> BufferRwLock.lockRead(buffer, index);
            case 4 -> BufferRwLock.lockUpgradable(buffer, index);
            default -> BufferRwLock.lockWrite(buffer, index);
        }
    }

    private static void freeMemoryAfterAWhile() {
        while (!unlocking) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 100_000; i++) {
            Thread.yield();
        }
        FullHeap.empty();
    }
}

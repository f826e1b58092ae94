package dev.parkinglot.locks;

import dev.parkinglot.core.DeadlockDetector;
import java.util.concurrent.locks.LockSupport;

/** What tools are shown as that which a thread waits for. */
final class Blockers {
    private Blockers() {}

    /** Whether it is the lock; or, while holders are recorded, what stands for it. */
    static boolean isBlocker(Thread thread, Object lock) {
        Object blocker = LockSupport.getBlocker(thread);
        String identity = lock.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(lock));
        return DeadlockDetector.isRecording()
                ? blocker != null && blocker.toString().startsWith(identity)
                : blocker == lock;
    }
}

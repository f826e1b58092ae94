package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What any mutex can; and for what futures do, {@link LockFutureTest}. */
class AsyncMutexTest extends MutexContract {
    @Override
    MutualExclusionLock newMutex() {
        return new AsyncMutex();
    }

    @Test
    void takesSixteenBytes() {
        assertEquals(16L, ClassLayout.parseClass(AsyncMutex.class).instanceSize());
    }
}

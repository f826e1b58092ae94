package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A mutex to be tested, and that it is free in the end. */
@ParameterizedClass
@EnumSource(value = MutexKind.class, names = "ASYNC", mode = EnumSource.Mode.EXCLUDE)
@Concurrent
abstract class RegressionsFixture {
    @Parameter
    MutexKind kind;

    MutualExclusionLock mutex;

    @BeforeEach
    void makeMutex() {
        mutex = kind.newMutex();
    }

    @AfterEach
    void leaveNothingBehind() {
        Probe.assertIdle(mutex);
    }

    static void awaitAsleep(Thread thread) {
        TestThreads.await(thread + " sleeps", () -> TestThreads.isAsleep(thread));
    }
}

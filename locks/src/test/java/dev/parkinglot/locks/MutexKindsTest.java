package dev.parkinglot.locks;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What any mutex can; for a plain {@link Mutex}, see {@link MutexTest}, and for what futures do, {@link LockFutureTest}. */
@ParameterizedClass
@EnumSource(value = MutexKind.class, names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
class MutexKindsTest extends MutexContract {
    @Parameter
    private MutexKind kind;

    @Override
    MutualExclusionLock newMutex() {
        return kind.newMutex();
    }
}

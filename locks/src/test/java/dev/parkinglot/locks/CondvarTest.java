package dev.parkinglot.locks;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(value = MutexKind.class, names = "ASYNC", mode = EnumSource.Mode.EXCLUDE)
class CondvarTest extends CondvarContract {
    @Parameter
    private MutexKind kind;

    @Override
    MutualExclusionLock newMutex() {
        return kind.newMutex();
    }
}

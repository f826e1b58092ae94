package dev.parkinglot.locks;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
        value = LockKind.class,
        names = {"MUTEX", "FAIR_MUTEX", "FIELD_MUTEX", "BUFFER_MUTEX"})
class CondvarTest extends CondvarContract {
    @Parameter
    private LockKind kind;

    @Override
    CondvarLock newMutex() {
        return kind.newLock();
    }
}

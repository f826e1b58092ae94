package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link RwLock}: holds that end with an action or with a guard. */
class RwLockScopesTest extends RwLockFixture {
    private interface Run {
        void run(ReadersWriterLock lock, LockAction<RuntimeException> action);
    }

    private interface With {
        Object with(ReadersWriterLock lock, LockCall<Object, RuntimeException> call);
    }

    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    private enum Form {
        READ(RwProbe.ONE_READER, ReadersWriterLock::runRead, ReadersWriterLock::withRead),
        UPGRADABLE(
                RwProbe.ONE_READER | RwProbe.UPGRADABLE,
                ReadersWriterLock::runUpgradable,
                ReadersWriterLock::withUpgradable),
        UPGRADED(RwProbe.WRITER, ReadersWriterLock::runUpgraded, ReadersWriterLock::withUpgraded) {
            @Override
            void prepare(ReadersWriterLock lock) {
                lock.lockUpgradable();
            }

            @Override
            void undo(ReadersWriterLock lock) {
                lock.unlockUpgradable();
            }
        },
        WRITE(RwProbe.WRITER, ReadersWriterLock::runWrite, ReadersWriterLock::withWrite);

        final int hold;
        final Run run;
        final With with;

        Form(int hold, Run run, With with) {
            this.hold = hold;
            this.run = run;
            this.with = with;
        }

        void prepare(ReadersWriterLock lock) {}

        void undo(ReadersWriterLock lock) {}
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anActionRunsUnderItsHoldAndItsResultAndExceptionsComeOutAfterIt(Form form) {
        form.prepare(lock);
        int before = RwProbe.state(lock);
        Object result = new Object();
        IllegalArgumentException failure = new IllegalArgumentException("on purpose");

        assertSame(result, form.with.with(lock, () -> {
            assertEquals(form.hold, RwProbe.state(lock));
            return result;
        }));
        assertEquals(before, RwProbe.state(lock));

        int[] runs = new int[1];
        form.run.run(lock, () -> {
            assertEquals(form.hold, RwProbe.state(lock));
            runs[0]++;
        });
        assertEquals(1, runs[0]);
        assertEquals(before, RwProbe.state(lock));

        LockAction<RuntimeException> failing = () -> {
            throw failure;
        };
        LockCall<Object, RuntimeException> failingCall = () -> {
            throw failure;
        };
        Probe.assertThrowsSame(failure, () -> form.run.run(lock, failing));
        assertEquals(before, RwProbe.state(lock));
        Probe.assertThrowsSame(failure, () -> form.with.with(lock, failingCall));
        assertEquals(before, RwProbe.state(lock));
        form.undo(lock);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anActionMustBeGiven(Form form) {
        form.prepare(lock);
        int before = RwProbe.state(lock);
        assertThrows(NullPointerException.class, () -> form.run.run(lock, null));
        assertThrows(NullPointerException.class, () -> form.with.with(lock, null));
        assertEquals(before, RwProbe.state(lock));
        form.undo(lock);
    }

    @ParameterizedTest
    @EnumSource(
            value = RwKind.class,
            names = {"READ", "UPGRADABLE", "WRITE"})
    void closingTwiceDoesNothing(RwKind kind) {
        RwLockGuard guard = kind.guard(lock);
        guard.close();
        guard.close();
        RwProbe.assertIdle(lock);
        kind.lock(lock);
        guard.close();
        assertEquals(kind.hold, RwProbe.state(lock), "the hold of another");
        kind.unlock(lock);
    }

    @ParameterizedTest
    @EnumSource(
            value = RwKind.class,
            names = {"READ", "UPGRADABLE", "WRITE"})
    void closingAfterAnExplicitUnlockDoesNothing(RwKind kind) {
        RwLockGuard guard = kind.guard(lock);
        kind.unlock(lock);
        assertDoesNotThrow(guard::close);
    }

    @ParameterizedTest
    @EnumSource(
            value = RwKind.class,
            names = {"READ", "UPGRADABLE", "WRITE"})
    void closingWhenTheLockIsHeldInOtherModesDoesNothing(RwKind kind) {
        for (RwKind other : List.of(RwKind.READ, RwKind.UPGRADABLE, RwKind.WRITE)) {
            if (other != kind) {
                RwLockGuard guard = kind.guard(lock);
                kind.unlock(lock);
                other.lock(lock);
                guard.close();
                assertEquals(other.hold, RwProbe.state(lock));
                other.unlock(lock);
            }
        }
    }

    @Test
    void aGuardClosesAHoldThatWasConvertedAndConvertedBack() {
        RwLockGuard guard = lock.upgradable().guard();
        lock.upgrade();
        lock.downgradeToUpgradable();
        guard.close();
    }

    @Test
    void aGuardWhoseHoldWasConvertedLeavesItAlone() {
        RwLockGuard guard = lock.write().guard();
        lock.downgrade();
        guard.close();
        assertEquals(RwProbe.ONE_READER, RwProbe.state(lock));
        lock.unlockRead();
    }
}

package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.Delays;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The readers-writer lock that owns its value. */
class RwGuardedTest {
    private final RwGuarded<String> guarded = new RwGuarded<>("first");

    private List<RwGuarded.Mode<String>> modes() {
        return List.of(guarded.read(), guarded.readRecursive(), guarded.upgradable(), guarded.write());
    }

    private boolean isFree() {
        Optional<RwGuarded.Guard<String>> guard = guarded.write().tryLock();
        guard.ifPresent(RwGuarded.Guard::close);
        return guard.isPresent();
    }

    @Test
    void withLocksInItsModeAndUnlocksWhateverIsThrown() {
        for (RwGuarded.Mode<String> mode : modes()) {
            int length = mode.with(value -> {
                assertFalse(isFree());
                return value.length();
            });
            assertEquals(5, length);
            assertThrows(
                    IOException.class,
                    () -> mode.with(value -> {
                        throw new IOException();
                    }));
            assertTrue(isFree());
        }
    }

    @Test
    void readersReadTogether() {
        try (RwGuarded.Guard<String> one = guarded.read().lock();
                RwGuarded.Guard<String> two = guarded.read().lock();
                RwGuarded.Guard<String> three = guarded.upgradable().lock()) {
            assertEquals(List.of("first", "first", "first"), List.of(one.get(), two.get(), three.get()));
            assertEquals(Optional.empty(), guarded.write().tryLock());
            assertEquals(Optional.empty(), guarded.upgradable().tryLockFor(Duration.ofNanos(1)));
            assertThrows(IllegalMonitorStateException.class, () -> one.set("second"));
            assertThrows(IllegalMonitorStateException.class, () -> three.set("second"));
        }
        assertTrue(isFree());
    }

    @Test
    void onlyAWriterReplacesTheValue() {
        try (RwGuarded.Guard<String> guard = guarded.write().lock()) {
            guard.set("second");
            assertEquals("RwGuarded[locked]", guarded.toString());
            guard.downgrade();
            assertEquals("second", guard.get());
            assertThrows(IllegalMonitorStateException.class, () -> guard.set("third"));
        }
        assertEquals("RwGuarded[second]", guarded.toString());
        assertTrue(isFree());
    }

    @Test
    void anUpgradedGuardMayWriteAndClosesWhatItHas() {
        RwGuarded.Guard<String> guard = guarded.upgradable().lock();
        guard.upgrade();
        guard.set(guard.get() + "!");
        guard.close();
        guard.close();
        assertTrue(isFree());
        assertThrows(IllegalMonitorStateException.class, guard::get);
        assertThrows(IllegalMonitorStateException.class, () -> guard.set("?"));
        assertEquals("RwGuarded[first!]", guarded.toString());
    }

    @Test
    void unlockedGivesTheValueAwayForAWhile() {
        try (RwGuarded.Guard<String> guard = guarded.write().lock()) {
            guard.unlocked(() -> {
                assertThrows(IllegalMonitorStateException.class, guard::get);
                assertEquals("other", guarded.update(value -> "other"));
            });
            assertEquals("other", guard.get());
        }
        assertTrue(isFree());
    }

    @Test
    void updateKeepsTheValueIfItsFunctionThrows() {
        assertThrows(
                IllegalStateException.class,
                () -> guarded.update(value -> {
                    throw new IllegalStateException();
                }));
        assertEquals("RwGuarded[first]", guarded.toString());
        assertTrue(isFree());
    }

    @Test
    void everyModeHasTimedAndInterruptibleForms() throws InterruptedException {
        for (RwGuarded.Mode<String> mode : modes()) {
            mode.tryLock().orElseThrow().close();
            mode.tryLockFor(Delays.LONG_DELAY).orElseThrow().close();
            mode.tryLockUntil(System.nanoTime()).orElseThrow().close();
            mode.lockInterruptibly().close();
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, mode::lockInterruptibly);
            try (RwGuarded.Guard<String> writer = guarded.write().lock()) {
                assertEquals("first", writer.get());
                assertEquals(Optional.empty(), mode.tryLock());
                assertEquals(Optional.empty(), mode.tryLockFor(Duration.ofNanos(1)));
            }
            assertTrue(isFree());
        }
    }
}

package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.parkers.Sleepers.End;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * The systems that have a backend, as their documents describe them (ulock and keyed events: as their users do), on
 * {@link Sleepers}. Methods have the names and types of the systems' functions, and refuse arguments that the system
 * would refuse.
 */
@SuppressWarnings({"ImmutableEnumChecker", "MemberName", "UnusedMethod", "UnusedVariable", "DoNotCallSuggester"
}) // found by name
enum StubbedSystem {
    /** Is told an absolute deadline, see AddressWaitTest. */
    LINUX(sleepers -> linux(sleepers, 0L), nanosLeft -> -1L),
    MACOS_14(sleepers -> new UlockWait.OsSync(new StubbedCalls(new MacOs14(sleepers))), nanosLeft -> nanosLeft),
    MACOS_11(sleepers -> new UlockWait.Ulock(new StubbedCalls(new MacOs11(sleepers))), nanosLeft -> nanosLeft),
    MACOS_10(
            sleepers -> new UlockWait.Ulock(new StubbedCalls(new MacOs10(sleepers))),
            nanosLeft -> Math.min(nanosLeft / 1_000L + (nanosLeft % 1_000L == 0L ? 0L : 1L), Integer.MAX_VALUE)),
    WINDOWS_8(
            sleepers -> new WaitAddressWait(new StubbedCalls(new Windows8(sleepers))),
            nanosLeft -> Math.min((nanosLeft - 1L) / 1_000_000L + 1L, Integer.MAX_VALUE)),
    WINDOWS_7(
            sleepers -> new KeyedEventWait(new StubbedCalls(new Windows7(sleepers))),
            nanosLeft -> -((nanosLeft - 1L) / 100L + 1L));

    private final Binding binding;
    private final LongUnaryOperator timeout;

    StubbedSystem(Binding binding, LongUnaryOperator timeout) {
        this.binding = binding;
        this.timeout = timeout;
    }

    private interface Binding {
        AddressWait on(Sleepers sleepers) throws UnavailableException;
    }

    /** The backend's calls, bound to a system with these sleepers. */
    AddressWait on(Sleepers sleepers) throws UnavailableException {
        return binding.on(sleepers);
    }

    /** What the system should be told when so many nanoseconds are left, in its own unit. */
    long timeoutOf(long nanosLeft) {
        return timeout.applyAsLong(nanosLeft);
    }

    /** Linux, where the monotonic clock is ahead of nanoTime by so much. */
    static AddressWait linux(Sleepers sleepers, long clockAhead) throws UnavailableException {
        return new FutexWait(
                new StubbedCalls(new Linux(sleepers, clockAhead)),
                new LinuxNumbers(Linux.FUTEX, 0L),
                WaitWord.ownOrNull());
    }

    private static final int EINTR = 4;

    /** futex(2). */
    static class Linux {
        static final long FUTEX = 4_711L;

        static final int EAGAIN = 11;
        static final int ETIMEDOUT = 110;

        private final Sleepers sleepers;
        private final long clockAhead;

        Linux(Sleepers sleepers, long clockAhead) {
            this.sleepers = sleepers;
            this.clockAhead = clockAhead;
        }

        long syscall(
                MemorySegment error,
                long number,
                MemorySegment address,
                int operation,
                int value,
                MemorySegment timeout,
                MemorySegment second,
                int bits) {
            assertEquals(FUTEX, number);
            StubbedCalls.setError(error, EAGAIN); // means nothing unless the call fails
            return switch (operation) {
                case 128 + 9 -> {
                    assertEquals(-1, bits, "FUTEX_BITSET_MATCH_ANY");
                    yield waitBitset(error, address, value, timeout);
                }
                case 128 + 1 -> wake(error, address, value);
                default -> throw new AssertionError("operation " + operation);
            };
        }

        private long waitBitset(MemorySegment error, MemorySegment address, int value, MemorySegment timeout) {
            boolean timed = !timeout.equals(MemorySegment.NULL);
            long deadline = 0L;
            if (timed) {
                MemorySegment timespec = StubbedCalls.pointee(timeout, 16L);
                assertTrue(timespec.get(JAVA_LONG, 0L) >= 0L && timespec.get(JAVA_LONG, 8L) < 1_000_000_000L);
                deadline = timespec.get(JAVA_LONG, 0L) * 1_000_000_000L + timespec.get(JAVA_LONG, 8L);
            }
            Integer scripted = sleepers.nextWait(deadline);
            if (scripted != null) {
                return scripted == Sleepers.SPURIOUS ? 0L : fail(error, scripted);
            }
            long nanos = timed ? Math.max(0L, deadline - clockAhead - System.nanoTime()) : -1L;
            return switch (sleepers.waitIfEqual(address, value, nanos)) {
                case WOKEN -> 0L;
                case VALUE_DIFFERS -> fail(error, EAGAIN);
                case TIMED_OUT -> fail(error, ETIMEDOUT);
            };
        }

        private long wake(MemorySegment error, MemorySegment address, int count) {
            assertEquals(1, count);
            Integer scripted = sleepers.nextWake();
            if (scripted != null) {
                return fail(error, scripted);
            }
            return sleepers.wakeOne(address) ? 1L : 0L;
        }

        /** Usually the clock of nanoTime, as on the real system. */
        int clock_gettime(int clock, MemorySegment timespec) {
            assertEquals(1, clock, "CLOCK_MONOTONIC");
            long now = System.nanoTime() + clockAhead;
            StubbedCalls.pointee(timespec, 16L).set(JAVA_LONG, 0L, now / 1_000_000_000L);
            StubbedCalls.pointee(timespec, 16L).set(JAVA_LONG, 8L, now % 1_000_000_000L);
            return 0;
        }

        private static long fail(MemorySegment error, int code) {
            StubbedCalls.setError(error, code);
            return -1L;
        }
    }

    /** What the generations of macOS have in common: 0, or the number of an error. */
    private abstract static class MacOs {
        static final int ENOENT = 2;
        static final int ENOMEM = 12;
        static final int ETIMEDOUT = 60;

        final Sleepers sleepers;

        MacOs(Sleepers sleepers) {
            this.sleepers = sleepers;
        }

        final int await(MemorySegment address, long value, long timeout, long nanos) {
            Integer scripted = sleepers.nextWait(timeout);
            if (scripted != null) {
                return scripted == Sleepers.SPURIOUS ? 0 : scripted;
            }
            return sleepers.waitIfEqual(address, (int) value, nanos) == End.TIMED_OUT ? ETIMEDOUT : 0;
        }

        final int wake(MemorySegment address) {
            Integer scripted = sleepers.nextWake();
            if (scripted != null) {
                return scripted;
            }
            return sleepers.wakeOne(address) ? 0 : ENOENT;
        }
    }

    /** os_sync_wait_on_address(3), and the older ones, which are not to be called. */
    static final class MacOs14 extends MacOs {
        MacOs14(Sleepers sleepers) {
            super(sleepers);
        }

        int os_sync_wait_on_address(MemorySegment error, MemorySegment address, long value, long size, int flags) {
            assertEquals(4L, size);
            assertEquals(0, flags);
            return answer(error, await(address, value, 0L, -1L));
        }

        int os_sync_wait_on_address_with_timeout(
                MemorySegment error, MemorySegment address, long value, long size, int flags, int clock, long nanos) {
            assertEquals(4L, size);
            assertEquals(0, flags);
            assertEquals(32, clock, "OS_CLOCK_MACH_ABSOLUTE_TIME");
            assertNotEquals(0L, nanos, "EINVAL");
            return answer(error, await(address, value, nanos, nanos));
        }

        int os_sync_wake_by_address_any(MemorySegment error, MemorySegment address, long size, int flags) {
            assertEquals(4L, size);
            assertEquals(0, flags);
            return answer(error, wake(address));
        }

        int __ulock_wait2(int operation, MemorySegment address, long value, long nanos, long second) {
            throw new AssertionError("there is a newer one");
        }

        int __ulock_wake(int operation, MemorySegment address, long value) {
            throw new AssertionError("there is a newer one");
        }

        private static int answer(MemorySegment place, int error) {
            if (error == 0) {
                StubbedCalls.setError(place, ENOMEM); // means nothing unless the call fails
                return 1; // so many still wait
            }
            StubbedCalls.setError(place, error);
            return -1;
        }
    }

    private static final int COMPARE_AND_WAIT_NO_ERRNO = 0x0100_0001;

    /** With __ulock_wait2, and the older one, which is not to be called. */
    static final class MacOs11 extends MacOs {
        MacOs11(Sleepers sleepers) {
            super(sleepers);
        }

        int __ulock_wait2(int operation, MemorySegment address, long value, long nanos, long second) {
            assertEquals(COMPARE_AND_WAIT_NO_ERRNO, operation);
            return -await(address, value, nanos, nanos == 0L ? -1L : nanos);
        }

        int __ulock_wait(int operation, MemorySegment address, long value, int micros) {
            throw new AssertionError("there is a newer one");
        }

        int __ulock_wake(int operation, MemorySegment address, long value) {
            assertEquals(COMPARE_AND_WAIT_NO_ERRNO, operation);
            return -wake(address);
        }
    }

    /** With __ulock_wait only. */
    private static final class MacOs10 extends MacOs {
        MacOs10(Sleepers sleepers) {
            super(sleepers);
        }

        int __ulock_wait(int operation, MemorySegment address, long value, int micros) {
            assertEquals(COMPARE_AND_WAIT_NO_ERRNO, operation);
            return -await(address, value, micros, micros == 0 ? -1L : TimeUnit.MICROSECONDS.toNanos(micros));
        }

        int __ulock_wake(int operation, MemorySegment address, long value) {
            assertEquals(COMPARE_AND_WAIT_NO_ERRNO, operation);
            return -wake(address);
        }
    }

    /** WaitOnAddress. */
    private static final class Windows8 {
        private static final int ERROR_TIMEOUT = 1460;

        /** Any number but 0. */
        private static final int TRUE = 4_711;

        private final Sleepers sleepers;

        Windows8(Sleepers sleepers) {
            this.sleepers = sleepers;
        }

        int WaitOnAddress(MemorySegment error, MemorySegment address, MemorySegment compare, long size, int millis) {
            assertEquals(4L, size);
            Integer scripted = sleepers.nextWait(millis);
            if (scripted != null) {
                return scripted == Sleepers.SPURIOUS ? TRUE : fail(error, scripted);
            }
            int expected = StubbedCalls.pointee(compare, Integer.BYTES).get(JAVA_INT, 0L);
            long nanos = millis == -1 ? -1L : TimeUnit.MILLISECONDS.toNanos(millis);
            return sleepers.waitIfEqual(address, expected, nanos) == End.TIMED_OUT ? fail(error, ERROR_TIMEOUT) : TRUE;
        }

        void WakeByAddressSingle(MemorySegment address) {
            sleepers.nextWake();
            sleepers.wakeOne(address);
        }

        private static int fail(MemorySegment error, int code) {
            StubbedCalls.setError(error, code);
            return 0;
        }
    }

    /** Keyed events. */
    static class Windows7 {
        private static final int SUCCESS = 0;
        private static final int TIMEOUT = 0x102;
        private static final MemorySegment HANDLE = MemorySegment.ofAddress(44L);

        private final Sleepers sleepers;

        Windows7(Sleepers sleepers) {
            this.sleepers = sleepers;
        }

        int NtCreateKeyedEvent(MemorySegment handle, int access, MemorySegment attributes, int flags) {
            assertEquals(0xC000_0000, access);
            assertEquals(MemorySegment.NULL, attributes);
            assertEquals(0, flags);
            StubbedCalls.pointee(handle, ADDRESS.byteSize()).set(ADDRESS, 0L, HANDLE);
            return SUCCESS;
        }

        int NtWaitForKeyedEvent(MemorySegment handle, MemorySegment key, byte alertable, MemorySegment timeout) {
            long ticks = check(handle, key, alertable, timeout);
            Integer scripted = sleepers.nextWait(ticks);
            if (scripted != null) {
                return scripted;
            }
            return sleepers.waitForRelease(key, nanos(ticks)) == End.TIMED_OUT ? TIMEOUT : SUCCESS;
        }

        int NtReleaseKeyedEvent(MemorySegment handle, MemorySegment key, byte alertable, MemorySegment timeout) {
            long ticks = check(handle, key, alertable, timeout);
            Integer scripted = sleepers.nextWake();
            if (scripted != null) {
                return scripted;
            }
            return sleepers.release(key, nanos(ticks)) ? SUCCESS : TIMEOUT;
        }

        /** 0 for no timeout. */
        private static long check(MemorySegment handle, MemorySegment key, byte alertable, MemorySegment timeout) {
            assertEquals(HANDLE, handle);
            assertEquals(0L, key.address() & 1L, "STATUS_INVALID_PARAMETER_1");
            assertEquals(0, alertable);
            if (timeout.equals(MemorySegment.NULL)) {
                return 0L;
            }
            long ticks = StubbedCalls.pointee(timeout, Long.BYTES).get(JAVA_LONG, 0L);
            assertTrue(ticks < 0L, "relative");
            return ticks;
        }

        private static long nanos(long ticks) {
            return ticks == 0L ? -1L : Math.multiplyHigh(-ticks, 100L) == 0L ? -ticks * 100L : Long.MAX_VALUE >> 1;
        }
    }
}

package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which systems pass their trial, and what is said of those that do not; on systems made of stubs. */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
class SystemTrialTest {
    private final Sleepers sleepers = new Sleepers();

    @AfterEach
    void nothingWasCalledWrongly() {
        StubbedCalls.throwFailure();
    }

    static Stream<Arguments> answersToATrialWait() {
        return Stream.of(
                Arguments.of(StubbedSystem.LINUX, 38, "no futex"),
                Arguments.of(StubbedSystem.LINUX, 1, "error 1"),
                Arguments.of(StubbedSystem.LINUX, Sleepers.SPURIOUS, "not the expected one"),
                Arguments.of(StubbedSystem.MACOS_14, 12, "12"),
                Arguments.of(StubbedSystem.MACOS_11, 12, "12"),
                Arguments.of(StubbedSystem.WINDOWS_8, 87, "87"),
                Arguments.of(StubbedSystem.WINDOWS_7, 0xC000_0008, "trial"));
    }

    @ParameterizedTest
    @MethodSource("answersToATrialWait")
    void aSystemThatFailsItsTrialIsNotUsedAndSaysWhy(StubbedSystem system, int answer, String reason)
            throws UnavailableException {
        AddressWait wait = system.on(sleepers);
        sleepers.scriptWaits(answer);
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> wait.tryOut(WaitWord.ownOrNull()));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    static Stream<Arguments> answersToATrialWake() {
        return Stream.of(
                Arguments.of(StubbedSystem.LINUX, 38),
                Arguments.of(StubbedSystem.MACOS_14, 22),
                Arguments.of(StubbedSystem.MACOS_11, 22),
                Arguments.of(StubbedSystem.MACOS_10, 22),
                Arguments.of(StubbedSystem.WINDOWS_7, 0xC000_0008));
    }

    @ParameterizedTest
    @MethodSource("answersToATrialWake")
    void aSystemThatWaitsButDoesNotWakeIsNotUsed(StubbedSystem system, int answer) throws UnavailableException {
        AddressWait wait = system.on(sleepers);
        sleepers.scriptWakes(answer);
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> wait.tryOut(WaitWord.ownOrNull()));
        assertTrue(refusal.getMessage().contains(Integer.toString(answer)), refusal::getMessage);
    }

    @ParameterizedTest
    @EnumSource(StubbedSystem.class)
    void aSystemThatWorksPassesItsTrialWithoutWaiting(StubbedSystem system) throws UnavailableException {
        int trials = system == StubbedSystem.LINUX ? FutexWait.CALLS_TO_BECOME_FAST : 1;
        system.on(sleepers).tryOut(WaitWord.ownOrNull());
        assertEquals(trials, sleepers.waits());
        assertEquals(trials, sleepers.wakes());
    }

    @Test
    void aSystemWithoutAMonotonicClockIsNotUsed() {
        Object linux = new StubbedSystem.Linux(sleepers, 0L) {
            @Override
            int clock_gettime(int clock, MemorySegment timespec) {
                return -1;
            }
        };
        UnavailableException refusal = assertThrows(
                UnavailableException.class,
                () -> new FutexWait(new StubbedCalls(linux), new LinuxNumbers(1L, 2L), WaitWord.ownOrNull()));
        assertTrue(refusal.getMessage().contains("monotonic clock"), refusal::getMessage);
    }

    @Test
    void aKeyedEventThatCannotBeMadeIsNotUsed() {
        Object windows = new StubbedSystem.Windows7(sleepers) {
            @Override
            int NtCreateKeyedEvent(MemorySegment handle, int access, MemorySegment attributes, int flags) {
                return 0xC000_009A; // STATUS_INSUFFICIENT_RESOURCES
            }
        };
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> new KeyedEventWait(new StubbedCalls(windows)));
        assertTrue(refusal.getMessage().contains(Integer.toString(0xC000_009A)), refusal::getMessage);
    }

    @Test
    void whereTheNewestCallsOfMacOsWorkTheyAreUsed() throws UnavailableException {
        assertInstanceOf(
                UlockWait.OsSync.class,
                UlockWait.newest(new StubbedCalls(new StubbedSystem.MacOs14(sleepers)), WaitWord.ownOrNull()));
        assertInstanceOf(
                UlockWait.Ulock.class,
                UlockWait.newest(new StubbedCalls(new StubbedSystem.MacOs11(sleepers)), WaitWord.ownOrNull()));
    }

    @Test
    void whereTheNewestCallsOfMacOsFailTheirTrialTheOlderOnesAreUsed() throws UnavailableException {
        sleepers.scriptWaits(12);
        assertInstanceOf(
                UlockWait.Ulock.class,
                UlockWait.newest(new StubbedCalls(new StubbedSystem.MacOs14(sleepers)), WaitWord.ownOrNull()));
    }

    @Test
    void missingFunctionsAreNamed() {
        UnavailableException refusal = assertThrows(
                UnavailableException.class,
                () -> UlockWait.newest(new StubbedCalls(new Object()), WaitWord.ownOrNull()));
        assertTrue(refusal.getMessage().contains("os_sync_wait_on_address"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("__ulock_wake"), refusal::getMessage);
    }

    @Test
    void anErrorOfTheJvmPassesThroughACallAsItIs() {
        StackOverflowError error = new StackOverflowError("for this test");
        assertSame(error, NativeCalls.unexpected(error));
        IllegalStateException impossible = new IllegalStateException("for this test");
        assertSame(impossible, NativeCalls.unexpected(impossible).getCause());
    }

    /** From the tables in the kernel's sources: {@code syscall.tbl}, and {@code asm-generic/unistd.h} for the newer. */
    @ParameterizedTest
    @CsvSource({
        "amd64, 202, 324",
        "aarch64, 98, 283",
        "riscv64, 98, 283",
        "loongarch64, 98, 283",
        "ppc64le, 221, 365",
        "ppc64, 221, 365",
        "s390x, 238, 356"
    })
    void linuxNumbersAreThoseOfTheKernel(String architecture, long futex, long membarrier) throws UnavailableException {
        assertEquals(new LinuxNumbers(futex, membarrier), LinuxNumbers.of(architecture));
    }

    @Test
    void linuxNumbersOfOtherMachinesAreNotGuessed() {
        UnavailableException refusal = assertThrows(UnavailableException.class, () -> LinuxNumbers.of("pdp11"));
        assertTrue(refusal.getMessage().contains("pdp11"), refusal::getMessage);
    }
}

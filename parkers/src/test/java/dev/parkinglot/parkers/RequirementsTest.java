package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JVMs and systems are tried at all, told by their names. */
class RequirementsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OpenJDK 64-Bit Server VM",
                "OpenJDK 64-Bit Client VM",
                "OpenJDK 64-Bit Zero VM",
                "Java HotSpot(TM) 64-Bit Server VM"
            })
    void theFenceTrustsTheCompilersOfHotSpot(String vmName) {
        assertDoesNotThrow(() -> AsymmetricFence.Finder.requireHotSpot(vmName));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Eclipse OpenJ9 VM", "IBM J9 VM", "Substrate VM", "Zing 64-Bit Tiered VM", ""})
    void theFenceTrustsNoOthers(String vmName) {
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> AsymmetricFence.Finder.requireHotSpot(vmName));
        assertEquals(
                "only of HotSpot is it known that the compilers keep ordered accesses in order, and this is " + vmName,
                refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"Linux, Linux", "Mac, Mac OS X", "Windows, Windows 11", "Windows, Windows Server 2022"})
    void aSystemIsToldByHowItsNameBegins(String system, String osName) {
        assertDoesNotThrow(() -> SystemBackend.requireSystem(system, osName));
    }

    @ParameterizedTest
    @CsvSource({"Linux, Mac OS X", "Mac, Linux", "Windows, Linux", "Linux, Windows 11", "Linux, GNU/Linux", "Mac, ''"})
    void aBackendOfAnotherSystemIsRefused(String system, String osName) {
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> SystemBackend.requireSystem(system, osName));
        assertEquals("it is made for " + system + ", and this is " + osName, refusal.getMessage());
    }
}

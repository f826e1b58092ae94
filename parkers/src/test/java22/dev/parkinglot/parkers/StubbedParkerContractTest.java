package dev.parkinglot.parkers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract, of the system parkers on systems made of stubs: what this machine can say about those that it is not.
 */
@EnabledIf("dev.parkinglot.parkers.StubbedCalls#isNativeAccessGranted")
@ParameterizedClass(name = "{0}")
@EnumSource(StubbedSystem.class)
class StubbedParkerContractTest extends ParkerContract {
    StubbedParkerContractTest(StubbedSystem system) throws UnavailableException {
        super(StubbedBackend.of(system), ThreadKind.PLATFORM);
    }

    @AfterEach
    void neitherWaitersNorWakersAreLeftBehind() {
        StubbedCalls.throwFailure();
        assertTrue(((StubbedBackend) backend).sleepers.isNobodyHere());
    }

    private record StubbedBackend(AddressWait system, Sleepers sleepers) implements ParkerBackend {
        static StubbedBackend of(StubbedSystem system) throws UnavailableException {
            Sleepers sleepers = new Sleepers();
            return new StubbedBackend(system.on(sleepers), sleepers);
        }

        @Override
        public String name() {
            return "stubbed";
        }

        @Override
        public ThreadParker newParker(Object blocker) {
            return new SystemParker(blocker, system, WaitWord.ownOrNull());
        }
    }
}

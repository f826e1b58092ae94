package dev.parkinglot.parkers;

import dev.parkinglot.testing.TestThreads;
import dev.parkinglot.testing.ThreadKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract, of every backend that works here, on every kind of thread that it serves. */
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("backends")
class ParkerContractTest extends ParkerContract {
    ParkerContractTest(String backendName, ThreadKind kind) {
        super(ParkerBackends.named(backendName), kind);
    }

    static List<Arguments> backends() {
        return ParkerBackends.all().stream()
                .filter(backend -> backend.unavailableReason().isEmpty())
                .flatMap(backend -> ThreadKind.available().stream()
                        .filter(kind -> serves(backend, kind))
                        .map(kind -> Arguments.of(backend.name(), kind)))
                .toList();
    }

    private static boolean serves(ParkerBackend backend, ThreadKind kind) {
        boolean[] answer = new boolean[1];
        try (TestThreads threads = new TestThreads(kind)) {
            threads.start("candidate", () -> answer[0] = backend.serves(Thread.currentThread()));
        }
        return answer[0];
    }
}

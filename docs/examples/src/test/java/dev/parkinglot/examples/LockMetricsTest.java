package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.core.FinishedWait;
import dev.parkinglot.core.Observation;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.WaitObserver;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LockMetricsTest {
    private static final class Gate {}

    @Test
    @SuppressWarnings("try") // it is there to be closed
    void aWaitIsATimersRecord() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CompletableFuture<FinishedWait> told = new CompletableFuture<>();
        WaitObserver ofTheGate = wait -> {
            if (wait.lockClass().equals(Gate.class.getName())) {
                told.complete(wait);
            }
        };
        try (Observation metrics = Observation.start(new LockMetrics(registry));
                Observation witness = Observation.start(ofTheGate)) {
            while (!told.isDone()) { // a park whose time is over before it begins is no wait
                ParkingLot.park(new Gate(), 0L, () -> true, Patience.within(Duration.ofMillis(1)));
            }
        }
        Timer timer =
                registry.get("lock.wait").tag("lock", Gate.class.getName()).timer();
        assertEquals(1L, timer.count());
        assertEquals("TIMED_OUT", timer.getId().getTag("outcome"));
        assertEquals((double) told.join().nanos(), timer.totalTime(TimeUnit.NANOSECONDS));
    }
}

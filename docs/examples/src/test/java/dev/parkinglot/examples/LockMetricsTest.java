package dev.parkinglot.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.Observation;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LockMetricsTest {
    private static final class Gate {}

    @Test
    @SuppressWarnings("try") // it is there to be closed
    void aWaitIsATimersRecord() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Observation metrics = Observation.start(new LockMetrics(registry))) {
            ParkingLot.park(new Gate(), 0L, () -> true, Patience.within(Duration.ofMillis(5)));
        }
        Timer timer =
                registry.get("lock.wait").tag("lock", Gate.class.getName()).timer();
        assertEquals(1L, timer.count());
        assertEquals("TIMED_OUT", timer.getId().getTag("outcome"));
        assertTrue(timer.totalTime(TimeUnit.MILLISECONDS) >= 5.0);
    }
}

package dev.parkinglot.examples;

import dev.parkinglot.core.FinishedWait;
import dev.parkinglot.core.Observation;
import dev.parkinglot.core.WaitObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;

/**
 * Waits for locks as metrics of Micrometer: a timer for each class of locks, mode and outcome.
 *
 * <pre>{@code
 * Observation metrics = Observation.start(new LockMetrics(registry));
 * }</pre>
 *
 * @param registry where the timers are
 * @see Observation#start
 */
// region:metrics
public record LockMetrics(MeterRegistry registry) implements WaitObserver {
    @Override
    public void waited(FinishedWait wait) {
        Tags tags = Tags.of(
                "lock", wait.lockClass(),
                "mode", wait.mode(),
                "outcome", wait.outcome().name());
        registry.timer("lock.wait", tags).record(wait.nanos(), TimeUnit.NANOSECONDS);
    }
}
// end

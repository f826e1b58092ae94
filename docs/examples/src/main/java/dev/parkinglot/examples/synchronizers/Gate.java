package dev.parkinglot.examples.synchronizers;

// region:withImports
import dev.parkinglot.core.ParkingLot;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opens once. The smallest synchronizer that there is. */
// region:gate
public class Gate {
    static {
        ParkingLot.prepare(); // loads what a wait needs, so that no wait has to
    }

    private final AtomicBoolean open = new AtomicBoolean();

    /** Waits until the gate is open. An interrupt has no effect on this and stays pending. */
    public void await() {
        while (!open.get()) {
            ParkingLot.park(this, 0, () -> !open.get());
        }
    }

    /** Opens the gate. */
    public void open() {
        open.set(true); // the state first
        ParkingLot.unparkAll(this, 0); // and then the unpark
    }
}
// end

package dev.parkinglot.testkit;

import dev.parkinglot.core.ParkingLot;

/** The gate of the Javadoc of {@link ParkingLot}. */
class Gate {
    volatile boolean open;

    void await() {
        while (!open) {
            ParkingLot.park(this, 0, () -> !open);
        }
    }

    void open() {
        open = true;
        ParkingLot.unparkAll(this, 0);
    }
}

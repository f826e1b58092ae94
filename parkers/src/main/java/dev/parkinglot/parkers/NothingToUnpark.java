package dev.parkinglot.parkers;

/** A wake of which nothing is left to do. No lambda: see the start-up of a lock class, {@code ParkingLot.prepare}. */
final class NothingToUnpark implements UnparkHandle {
    @Override
    public void unpark() {}
}

package dev.parkinglot.core;

import java.util.function.BooleanSupplier;

/** For a wait whose condition is given as such: the context is the condition. */
final class WhileTrue implements ParkCallbacks<BooleanSupplier> {
    @Override
    public boolean validate(BooleanSupplier condition, long parkToken) {
        return condition.getAsBoolean();
    }
}

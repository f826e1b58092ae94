package dev.parkinglot.core;

import java.util.List;
import java.util.function.Supplier;

/** Knows who holds the keys of one object, and no names. */
record KnownHolder(Object base, Supplier<Thread> holder) implements HoldSource {
    @Override
    public List<Thread> blockers(Object key, long offset, ParkedThread waiter) {
        return key == base ? List.of(holder.get()) : null;
    }

    @Override
    public String describe(Object key, long offset, long parkToken) {
        return null;
    }
}

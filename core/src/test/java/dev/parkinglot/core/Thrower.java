package dev.parkinglot.core;

import java.util.List;
import java.util.function.Supplier;

/** Throws what tests inject. */
final class Thrower {
    private Thrower() {}

    /** One of each kind that callbacks may meet at any time. */
    static List<Supplier<Throwable>> kinds() {
        return List.of(
                () -> new IllegalArgumentException("injected"),
                () -> new OutOfMemoryError("injected"),
                () -> new StackOverflowError("injected"));
    }

    /** Throws it if there is one. */
    static void sneakily(Throwable throwable) {
        if (throwable instanceof RuntimeException exception) {
            throw exception;
        }
        if (throwable instanceof Error error) {
            throw error;
        }
        if (throwable != null) {
            throw new AssertionError("only unchecked throwables can be injected", throwable);
        }
    }
}

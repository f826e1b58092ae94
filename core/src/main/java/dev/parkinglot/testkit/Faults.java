package dev.parkinglot.testkit;

import java.util.EnumMap;
import java.util.Map;

/** What is to be thrown, where, and at which call. */
final class Faults {
    private final Map<Fault, Injection> injected = new EnumMap<>(Fault.class);

    private record Injection(int callsBefore, Throwable throwable) {}

    synchronized void inject(Fault point, int callsBefore, Throwable throwable) {
        if (!(throwable instanceof RuntimeException || throwable instanceof Error)) {
            throw new IllegalArgumentException("only unchecked throwables can be thrown there, not " + throwable);
        }
        injected.put(point, new Injection(callsBefore, throwable));
    }

    synchronized boolean clear() {
        boolean left = !injected.isEmpty();
        injected.clear();
        return left;
    }

    void throwIfDue(Fault point) {
        Throwable due = due(point);
        if (due instanceof RuntimeException exception) {
            throw exception;
        }
        if (due instanceof Error error) {
            throw error;
        }
    }

    private synchronized Throwable due(Fault point) {
        Injection injection = injected.remove(point);
        if (injection != null && injection.callsBefore > 0) {
            injected.put(point, new Injection(injection.callsBefore - 1, injection.throwable));
            return null;
        }
        return injection == null ? null : injection.throwable;
    }
}

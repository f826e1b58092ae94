package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records every call, answers as told, and runs what a test wants to happen in the middle of one. */
final class ScriptedCallbacks implements ParkCallbacks {
    /** All calls so far except those of {@code revalidateAfterNanos}, whose arguments are in {@link #rounds}. */
    final List<Call> calls = new ArrayList<>();

    final List<Integer> rounds = new ArrayList<>();

    /** What {@code validate} answers. */
    boolean valid = true;

    /** What {@code revalidateAfterNanos} answers. */
    long revalidateAfter = NEVER;

    /** What {@code staysOnceRequeued} answers. */
    boolean staysOnceRequeued;

    private final Map<String, Runnable> hooks = new HashMap<>();

    /** Runs an action inside every call of a method, before it answers. */
    ScriptedCallbacks on(String method, Runnable action) {
        hooks.put(method, action);
        return this;
    }

    ScriptedCallbacks revalidating(long afterNanos) {
        revalidateAfter = afterNanos;
        return this;
    }

    List<String> methods() {
        return calls.stream().map(Call::method).toList();
    }

    @Override
    public boolean validate(Object base, long offset) {
        record("validate", new Key(base, offset), null);
        return valid;
    }

    @Override
    public void beforeSleep(Object base, long offset) {
        record("beforeSleep", new Key(base, offset), null);
    }

    @Override
    public void timedOut(Object base, long offset, boolean wasLastThread) {
        record("timedOut", new Key(base, offset), wasLastThread);
    }

    @Override
    public void wakeLost(Object base, long offset, long unparkToken, Throwable failure) {
        record("wakeLost", new Key(base, offset), unparkToken);
        ParkCallbacks.super.wakeLost(base, offset, unparkToken, failure);
    }

    @Override
    public long revalidateAfterNanos(int round) {
        rounds.add(round);
        hooks.getOrDefault("revalidateAfterNanos", () -> {}).run();
        return revalidateAfter;
    }

    @Override
    public boolean staysOnceRequeued() {
        hooks.getOrDefault("staysOnceRequeued", () -> {}).run();
        return staysOnceRequeued;
    }

    private void record(String method, Key key, Object argument) {
        calls.add(new Call(method, key, argument));
        hooks.getOrDefault(method, () -> {}).run();
    }
}

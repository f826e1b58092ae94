package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records every call, answers as told, and runs what a test wants to happen in the middle of one. */
final class ScriptedCallbacks implements ParkCallbacks<Key> {
    final List<Call> calls = new ArrayList<>();

    /** What {@code validate} answers. */
    boolean valid = true;

    /** With which {@link HandDrivenLot} parks a thread with these callbacks. */
    ParkOptions options = ParkOptions.NONE;

    private final Map<String, Runnable> hooks = new HashMap<>();
    private Key context;

    /** Runs an action inside every call of a method, before it answers. */
    ScriptedCallbacks on(String method, Runnable action) {
        hooks.put(method, action);
        return this;
    }

    ScriptedCallbacks with(ParkOptions newOptions) {
        options = newOptions;
        return this;
    }

    /** Looks again at equal intervals. */
    ScriptedCallbacks lookingAgain(long intervalNanos) {
        return with(options.lookingAgain(intervalNanos, 1, intervalNanos));
    }

    List<String> methods() {
        return calls.stream().map(Call::method).toList();
    }

    @Override
    public boolean validate(Key key, long parkToken) {
        record("validate", key, key, null);
        return valid;
    }

    @Override
    public void beforeSleep(Key key) {
        record("beforeSleep", key, key, null);
    }

    /** Recorded only if there is an action for it. */
    @Override
    public boolean yieldsBeforeSleep(Key key) {
        boolean yields = hooks.containsKey("yieldsBeforeSleep");
        if (yields) {
            record("yieldsBeforeSleep", key, key, null);
        }
        return yields;
    }

    @Override
    public void timedOut(Key key, Object base, long offset, boolean wasLastThread) {
        record("timedOut", key, new Key(base, offset), wasLastThread);
    }

    @Override
    public void wakeLost(Key key, long unparkToken, Throwable failure) {
        record("wakeLost", key, key, unparkToken);
        ParkCallbacks.super.wakeLost(key, unparkToken, failure);
    }

    private void record(String method, Key given, Key key, Object argument) {
        context = context == null ? given : context;
        assertSame(context, given, "every call gets the context");
        calls.add(new Call(method, key, argument));
        hooks.getOrDefault(method, () -> {}).run();
    }
}

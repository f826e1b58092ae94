package dev.parkinglot.core;

import java.util.ArrayList;
import java.util.List;

/** An entry without a thread that records every call, and runs what a test wants to happen in the middle of one. */
final class ScriptedEntry implements EntryCallbacks<Key> {
    final List<Call> calls = new ArrayList<>();
    private final KeyedLot lot;
    private final Key key;

    /** What {@code validate} answers. */
    boolean valid = true;

    /** Whether the wake is passed on to the next of the key if {@code unparked} throws; otherwise that is thrown. */
    boolean passesOn;

    Runnable inBeforeSleep = () -> {};
    Runnable inUnparked = () -> {};
    Runnable inTimedOut = () -> {};

    /** Null before it was enqueued, and if it was not. */
    private CallbackEntry<?> entry;

    ScriptedEntry(KeyedLot lot, Key key) {
        this.lot = lot;
        this.key = key;
    }

    ScriptedEntry enqueue() {
        return enqueue(ParkOptions.NONE, 0L);
    }

    ScriptedEntry enqueue(ParkOptions options, long parkToken) {
        entry = (CallbackEntry<?>) Enqueuing.enqueue(lot.lot, key.base(), key.offset(), key, this, options, parkToken);
        return this;
    }

    /** What {@link CallbackEntry#cancel} does, in the lot of the test. */
    boolean cancel() {
        return Enqueuing.cancel(lot.lot, castEntry(), key, this);
    }

    @SuppressWarnings("unchecked") // it has been made with this type
    private CallbackEntry<Key> castEntry() {
        return (CallbackEntry<Key>) entry;
    }

    CallbackEntry<?> entry() {
        return entry;
    }

    /** The tokens with which it was told that it was unparked: one at most, if all is well. */
    List<Object> tokens() {
        return arguments("unparked");
    }

    List<Object> arguments(String method) {
        return calls.stream()
                .filter(call -> call.method().equals(method))
                .map(Call::argument)
                .toList();
    }

    List<String> methods() {
        return calls.stream().map(Call::method).toList();
    }

    @Override
    public boolean validate(Key context, long parkToken) {
        calls.add(Call.validate(context));
        return valid;
    }

    @Override
    public void beforeSleep(Key context) {
        calls.add(Call.beforeSleep(context));
        inBeforeSleep.run();
    }

    @Override
    public void timedOut(Key context, Object base, long offset, boolean wasLastThread) {
        calls.add(Call.timedOut(new Key(base, offset), wasLastThread));
        inTimedOut.run();
    }

    @Override
    public void unparked(Key context, long unparkToken) {
        calls.add(new Call("unparked", context, unparkToken));
        inUnparked.run();
    }

    @Override
    public void wakeLost(Key context, long unparkToken, Throwable failure) {
        calls.add(Call.wakeLost(context, unparkToken));
        if (passesOn) {
            lot.unparkOne(context, unparkToken);
        } else {
            EntryCallbacks.super.wakeLost(context, unparkToken, failure);
        }
    }
}

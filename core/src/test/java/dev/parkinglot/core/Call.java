package dev.parkinglot.core;

/** A call of one method of {@link ParkCallbacks}, as {@link ScriptedCallbacks} records it. */
record Call(String method, Key key, Object argument) {
    static Call validate(Key key) {
        return new Call("validate", key, null);
    }

    static Call beforeSleep(Key key) {
        return new Call("beforeSleep", key, null);
    }

    static Call timedOut(Key key, boolean wasLastThread) {
        return new Call("timedOut", key, wasLastThread);
    }

    static Call wakeLost(Key key, long unparkToken) {
        return new Call("wakeLost", key, unparkToken);
    }
}

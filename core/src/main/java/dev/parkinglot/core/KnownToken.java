package dev.parkinglot.core;

/** For an unpark whose token is known beforehand. */
final class KnownToken implements UnparkCallback<Object> {
    private final long token;

    KnownToken(long token) {
        this.token = token;
    }

    @Override
    public long unparking(Object context, long parkToken, UnparkResult result) {
        return token;
    }
}

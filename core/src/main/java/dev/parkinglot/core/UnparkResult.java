package dev.parkinglot.core;

/**
 * What an unpark operation does: told to its callback before it is done, and to its caller after.
 *
 * <p>Cost: the results of waking nobody or one thread are shared instances.
 *
 * @param unparkedThreads how many threads are woken
 * @param requeuedThreads how many threads move to another queue, still asleep
 * @param haveMoreThreads whether threads are left in the queue. True only at that moment, under the bucket lock: rely
 *     on it inside the callback, since outside of it others may have come or gone
 * @param beFair whether it is the turn of the woken thread, which has waited for long: the lock should now be handed to
 *     it rather than be left to whoever is fastest. False when no thread is woken. See {@link ParkingLot}, "Fairness"
 */
public record UnparkResult(int unparkedThreads, int requeuedThreads, boolean haveMoreThreads, boolean beFair) {
    /** Nobody was there, or the operation was aborted. */
    static final UnparkResult NONE = new UnparkResult(0, 0, false, false);

    /** One thread woken, by [haveMoreThreads][beFair]: what a contended unlock needs, without allocation. */
    private static final UnparkResult[][] ONE = {
        {new UnparkResult(1, 0, false, false), new UnparkResult(1, 0, false, true)},
        {new UnparkResult(1, 0, true, false), new UnparkResult(1, 0, true, true)},
    };

    /** Nobody woken although there are some. */
    private static final UnparkResult NONE_OF_SOME = new UnparkResult(0, 0, true, false);

    static UnparkResult unparked(int threads, boolean haveMoreThreads, boolean beFair) {
        return switch (threads) {
            case 0 -> haveMoreThreads ? NONE_OF_SOME : NONE;
            case 1 -> ONE[haveMoreThreads ? 1 : 0][beFair ? 1 : 0];
            default -> new UnparkResult(threads, 0, haveMoreThreads, beFair);
        };
    }

    static UnparkResult of(int unparked, int requeued, boolean haveMoreThreads, boolean beFair) {
        return requeued == 0
                ? unparked(unparked, haveMoreThreads, beFair)
                : new UnparkResult(unparked, requeued, haveMoreThreads, beFair);
    }
}

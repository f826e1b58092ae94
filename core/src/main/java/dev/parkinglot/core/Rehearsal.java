package dev.parkinglot.core;

import dev.parkinglot.parkers.AsymmetricFence;
import java.util.function.BooleanSupplier;

/* Overview.
 *
 * Java loads a class when it is first used, and links a call when it is first made. If that happens in a wait whose
 * thread has no stack or memory left, it fails; and a class whose initializer has failed is lost to all threads, for
 * good: every later wait of the JVM throws NoClassDefFoundError. So everything that a wait needs is done once here, in
 * a lot of its own, when the first lock class is initialised: then nobody's first wait is special.
 *
 * Every program that makes a lock pays for this, also one that never waits. So nothing that is run here is a lambda, a
 * method reference or a call of a method handle, for each of which the JDK would make a class; and what no wait needs
 * is left out: inspection, and the asymmetric fence, which is set up when a look first wants it.
 *
 * One thread plays all parts. It unparks itself between enqueueing and sleeping (beforeSleep), so that its sleep ends
 * at once. It leaves a queue because its deadline has passed. And it waits for the lock of a bucket that it holds
 * itself, and frees it in the middle of that wait.
 */

/** Does once everything that a wait does. This object is all callbacks of the play, and the fence of its lot. */
final class Rehearsal
        implements ParkCallbacks<Object>,
                UnparkCallback<Object>,
                ParkTokenFilter<Object>,
                RequeueCallbacks<Object>,
                BooleanSupplier {
    private static final long A_MOMENT_NANOS = 1_000L;

    private final Lot lot = new Lot(1, Lot.Real.INSTANCE, Lot.Real.INSTANCE, this);
    private final Object key = new Object();

    /** What the one that is about to sleep does to be woken, see {@link #beforeSleep}. */
    private static final int NOTHING = 0;

    private static final int UNPARK = 1;
    private static final int REQUEUE_AND_UNPARK = 2;

    private int beforeSleep = NOTHING;

    private Rehearsal() {}

    /** Never throws: what has not been done here is done in the first wait. */
    static void run() {
        try {
            new Rehearsal().play();
        } catch (RuntimeException | Error e) {
            // There is nobody to tell, and nothing is lost yet.
        }
    }

    private void play() {
        ParkOptions looking = ParkOptions.NONE.lookingAgain(1L, 2, 2L);
        park(looking.returning(System.nanoTime()), UNPARK);
        park(ParkOptions.NONE.stayingOnceRequeued().compensating(), REQUEUE_AND_UNPARK);
        park(looking, NOTHING);
        lot.unparking.isTurnDue(key, 0L);
        lot.unparking.unpark(key, 0L, 1, null, null, this);
        AsymmetricFence.prepare();
        new Contention().play();
    }

    private void park(ParkOptions options, int newBeforeSleep) {
        beforeSleep = newBeforeSleep;
        Patience patience = Patience.interruptiblyUntil(System.nanoTime() + A_MOMENT_NANOS);
        boolean interrupted = Thread.interrupted();
        lot.parking.park(key, 0L, null, this, options, 0L, patience);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean validate(Object context, long parkToken) {
        return true;
    }

    @Override
    public void beforeSleep(Object context) {
        switch (beforeSleep) {
            case UNPARK -> lot.unparking.unpark(key, 0L, Integer.MAX_VALUE, null, this, this);
            case REQUEUE_AND_UNPARK -> {
                lot.unparking.requeue(key, 0L, key, 1L, null, this);
                lot.unparking.unpark(key, 1L, 1, null, null, this);
            }
            default -> {
                // sleeps until its deadline
            }
        }
    }

    @Override
    public void wakeLost(Object context, long unparkToken, Throwable failure) {}

    @Override
    public FilterOp filter(Object context, long parkToken) {
        return FilterOp.UNPARK;
    }

    @Override
    public RequeueOp validate(Object context) {
        return RequeueOp.REQUEUE_ALL;
    }

    @Override
    public long unparking(Object context, long parkToken, UnparkResult result) {
        return Long.MAX_VALUE; // not a token of which there is a shared result
    }

    @Override
    public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
        return 0L;
    }

    /** The fence, which is not set up here. */
    @Override
    public boolean getAsBoolean() {
        return false;
    }

    /** A lock of a bucket whose holder lets go of it as soon as the other, which is the same thread, sleeps for it. */
    private static final class Contention extends WordLock {
        Contention() {
            super(true);
        }

        void play() {
            lockSlow();
            unlock();
        }

        @Override
        void sleep(long nanos) {
            super.sleep(1L);
            unlock();
        }
    }
}

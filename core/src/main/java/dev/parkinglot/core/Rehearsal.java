package dev.parkinglot.core;

import dev.parkinglot.parkers.AsymmetricFence;
import dev.parkinglot.parkers.ParkerBackends;

/* Overview.
 *
 * Java loads a class when it is first used, and links a call when it is first made. If that happens in a wait whose
 * thread has no stack or memory left, it fails; and a class whose initializer has failed is lost to all threads, for
 * good: every later wait of the JVM throws NoClassDefFoundError. So everything that a wait needs is done once here, in
 * a lot of its own, when the first lock class is initialised: then nobody's first wait is special.
 *
 * One thread plays all parts. It unparks itself between enqueueing and sleeping (beforeSleep), so that its sleep ends
 * at once. It leaves a queue because its deadline has passed. And it waits for the lock of a bucket that it holds
 * itself, and frees it in the middle of that wait.
 */

/** Does once everything that a wait does. */
final class Rehearsal implements ParkCallbacks<Runnable> {
    private static final UnparkCallback<Object> CALLBACK = (context, parkToken, result) -> Long.MAX_VALUE;
    private static final long A_MOMENT_NANOS = 1_000L;

    private final Lot lot = new Lot(1, ParkerBackends::forThread, System::nanoTime, AsymmetricFence::tryFence);
    private final Object key = new Object();

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
        park(looking, () -> lot.unparking.unpark(key, 0L, 1, null, null, CALLBACK));
        park(looking.returning(0L), () -> lot.unparking.unpark(key, 0L, Integer.MAX_VALUE, null, null, CALLBACK));
        park(looking, () -> lot.unparking.unpark(key, 0L, 1, null, (context, token) -> FilterOp.UNPARK, CALLBACK));
        park(ParkOptions.NONE.stayingOnceRequeued().compensating(), this::requeueAndUnpark);
        park(looking, () -> {});
        lot.unparking.isTurnDue(key, 0L);
        lot.unparking.unpark(key, 0L, 1, null, null, CALLBACK);
        lot.inspection.waiters(key, 0L);
        lot.inspection.snapshot();
        AsymmetricFence.tryFence();
        new Contention().play();
    }

    private void park(ParkOptions options, Runnable beforeSleep) {
        Patience patience = Patience.interruptiblyUntil(System.nanoTime() + A_MOMENT_NANOS);
        boolean interrupted = Thread.interrupted();
        lot.parking.park(key, 0L, beforeSleep, this, options, 0L, patience);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requeueAndUnpark() {
        lot.unparking.requeue(key, 0L, key, 1L, null, new RequeueCallbacks<Object>() {
            @Override
            public RequeueOp validate(Object context) {
                return RequeueOp.REQUEUE_ALL;
            }

            @Override
            public long unparking(Object context, RequeueOp op, long parkToken, UnparkResult result) {
                return 0L;
            }
        });
        lot.unparking.unpark(key, 1L, 1, null, null, CALLBACK);
    }

    @Override
    public boolean validate(Runnable context, long parkToken) {
        return true;
    }

    @Override
    public void beforeSleep(Runnable context) {
        context.run();
    }

    @Override
    public void wakeLost(Runnable context, long unparkToken, Throwable failure) {}

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

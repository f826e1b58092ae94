package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.SpinWait;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two threads meet and swap, as in {@link java.util.concurrent.Exchanger}. The offer of the one that came first is the
 * key at which it waits.
 *
 * @param <T> the type of what they swap
 */
public class Exchange<T> {
    static {
        ParkingLot.prepare();
    }

    private final AtomicReference<Offer<T>> waiting = new AtomicReference<>();

    private static final class Offer<T> {
        final T offered;
        T answer;
        volatile boolean answered;

        Offer(T offered) {
            this.offered = offered;
        }
    }

    /** Makes one at which nobody waits. */
    public Exchange() {}

    /** Waits for another thread and swaps with it; returns what that one gave. */
    public T exchange(T mine, Patience patience) throws InterruptedException, TimeoutException {
        Offer<T> offer = null;
        while (true) {
            Offer<T> other = waiting.get();
            if (other != null) {
                if (waiting.compareAndSet(other, null)) {
                    other.answer = mine;
                    other.answered = true;
                    ParkingLot.unparkOne(other, 0);
                    return other.offered;
                }
            } else {
                offer = offer == null ? new Offer<>(mine) : offer;
                if (waiting.compareAndSet(null, offer)) {
                    try {
                        return answer(offer, patience);
                    } finally {
                        waiting.compareAndSet(offer, null); // a failed thread answers nobody
                    }
                }
            }
        }
    }

    private T answer(Offer<T> offer, Patience patience) throws InterruptedException, TimeoutException {
        SpinWait spin = new SpinWait();
        while (!offer.answered && spin.spin()) {
            // the other one may be on its way
        }
        while (!offer.answered) {
            ParkResult result = ParkingLot.park(offer, 0, () -> !offer.answered, patience);
            if (result.kind() == ParkResult.Kind.TIMED_OUT || result.kind() == ParkResult.Kind.INTERRUPTED) {
                if (waiting.compareAndSet(offer, null)) { // taken back
                    if (!Waiting.goesOn(result)) {
                        throw new TimeoutException();
                    }
                }
                if (result.kind() == ParkResult.Kind.INTERRUPTED) {
                    Thread.currentThread().interrupt();
                }
                awaitUninterruptibly(offer); // somebody has taken the offer: what was given must not be lost
            }
        }
        return offer.answer;
    }

    private static void awaitUninterruptibly(Offer<?> offer) {
        while (!offer.answered) {
            ParkingLot.park(offer, 0, () -> !offer.answered);
        }
    }
}

package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A queue of limited length for many producers and many consumers, as {@link java.util.concurrent.ArrayBlockingQueue},
 * but nobody locks: a thread claims a place, and then fills or empties it. The ring is Dmitry Vyukov's (2010): a number
 * at each place tells whose turn it is there. Waiting is ours: two queues of the lot, at the offsets 0 and 1.
 *
 * @param <E> the type of the elements, none of them null
 */
public class BoundedMpmcQueue<E> {
    static {
        ParkingLot.prepare();
    }

    private final E[] places;
    private final AtomicLongArray turns;
    private final Side putters = new Side(0L);
    private final Side takers = new Side(1L);

    /** Those who fill places, or those who empty them: what they do next, and how many of them wait. */
    final class Side {
        final AtomicLong next = new AtomicLong();
        final AtomicInteger waiting = new AtomicInteger();
        final long offset; // of the key; and by how much the number at a place is ahead when it is this side's turn

        Side(long offset) {
            this.offset = offset;
        }

        /** 0 if it is this side's turn at its next place, less if not yet, more if the place has been claimed since. */
        long turn(long at) {
            return turns.get((int) (at % places.length)) - offset - at;
        }

        boolean isReady() {
            return turn(next.get()) >= 0L;
        }

        /** The number of a place that is the caller's now; -1 if there is none. */
        long claim() {
            while (true) {
                long at = next.get();
                long turn = turn(at);
                if (turn < 0L) {
                    return -1L;
                }
                if (turn == 0L && next.compareAndSet(at, at + 1L)) {
                    return at;
                }
            }
        }

        boolean park(Patience patience) throws InterruptedException {
            waiting.getAndIncrement(); // first say so, then look: whoever fills or empties does it the other way round
            boolean goesOn = false;
            try {
                goesOn = Waiting.goesOn(ParkingLot.park(BoundedMpmcQueue.this, offset, () -> !isReady(), patience));
            } finally {
                waiting.getAndDecrement();
                if (!goesOn) {
                    passOn(this); // a failure may have cost a wake
                }
            }
            return goesOn;
        }

        void wakeOne() {
            if (waiting.get() != 0) {
                ParkingLot.unparkOne(BoundedMpmcQueue.this, offset);
            }
        }
    }

    /** Makes an empty one for so many elements at most: 2 or more. */
    @SuppressWarnings("unchecked") // never leaves this class
    public BoundedMpmcQueue(int capacity) {
        if (capacity < 2) { // a place that is full and one that is free would look alike
            throw new IllegalArgumentException("a ring has 2 places or more, not " + capacity);
        }
        places = (E[]) new Object[capacity];
        turns = new AtomicLongArray(capacity);
        for (int i = 0; i < capacity; i++) {
            turns.set(i, i);
        }
    }

    // region:wakes
    /** Appends an element if there is room; returns whether there was. */
    public boolean offer(E element) {
        long at = putters.claim();
        if (at < 0L) {
            return false;
        }
        claimed(element);
        int place = (int) (at % places.length);
        places[place] = element;
        turns.set(place, at + 1L);
        takers.wakeOne();
        passOn(putters);
        return true;
    }

    /** Removes the first element; null if there is none. */
    public E poll() {
        long at = takers.claim();
        if (at < 0L) {
            return null;
        }
        int place = (int) (at % places.length);
        E element = places[place];
        places[place] = null;
        turns.set(place, at + places.length);
        putters.wakeOne();
        passOn(takers);
        return element;
    }

    /** If there is more to do for a side: the wake for it may have gone to a thread that could not use it yet. */
    void passOn(Side side) {
        if (side.waiting.get() != 0 && side.isReady()) {
            side.wakeOne();
        }
    }
    // end

    /** Between claiming a place and filling it. For tests, which stop a producer here. */
    void claimed(E element) {}

    /** Appends an element, waiting while there is no room. */
    public boolean put(E element, Patience patience) throws InterruptedException {
        while (!offer(element)) {
            if (!putters.park(patience)) {
                return false;
            }
        }
        return true;
    }

    /** Removes the first element, waiting while there is none; null if time was over first. */
    public E take(Patience patience) throws InterruptedException {
        E element = poll();
        while (element == null && takers.park(patience)) {
            element = poll();
        }
        return element;
    }
}

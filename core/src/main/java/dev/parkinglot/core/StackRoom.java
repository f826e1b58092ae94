package dev.parkinglot.core;

import dev.parkinglot.parkers.ParkerBackends;

/* Overview.
 *
 * A thread can run out of stack at any call. Once an operation has chosen a thread to wake, or has put one into a
 * queue, there is no way back; so such an operation makes sure beforehand that it will not run out of stack half-way.
 * It does so by going down as far as it could need, with calls that do nothing. If that throws StackOverflowError,
 * nothing has happened yet.
 *
 * How far. The longest way down is that of waking a virtual thread, some 20 calls into the JDK's scheduler, which in
 * the interpreter take about 130 bytes each. The smallest frame that a compiler makes of the method below has 17 bytes,
 * so that 256 of them cover 4.3 KB; in the interpreter it is four times as much. FullStackTest tries all depths.
 *
 * Where threads sleep in a call of the system, a wake goes through the method handles of the JDK's linker, which take
 * more; there it is four times as much.
 *
 * What it costs: 120 to 150 ns, only where a thread parks or is woken, each of which takes microseconds.
 */

/** Room on the stack of the current thread. */
final class StackRoom {
    private static final int LEVELS = ParkerBackends.chosen().name().equals("locksupport") ? 256 : 1_024;

    /** For each call between a synchronizer's own look and the operation of the lot, which looks again. */
    private static final int LEVELS_PER_CALL = 10;

    private StackRoom() {}

    /**
     * Makes sure that the caller has the room that an operation of the lot needs.
     *
     * @throws StackOverflowError if not
     */
    static void require() {
        if (descend(LEVELS) != LEVELS) {
            throw new AssertionError("a thread that comes up again has been down");
        }
    }

    /**
     * Makes sure that the caller has the room for an operation of the lot that it reaches by so many calls.
     *
     * @throws StackOverflowError if not
     */
    static void requireBelow(int calls) {
        int levels = LEVELS + LEVELS_PER_CALL * calls;
        if (descend(levels) != levels) {
            throw new AssertionError("a thread that comes up again has been down");
        }
    }

    private static int descend(int levels) {
        return levels == 0 ? 0 : descend(levels - 1) + 1;
    }
}

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
 * the interpreter take about 130 bytes each. Each level of the method below takes 97 bytes at least, as the compiler C2
 * makes it, and some 500 to 600 in the interpreter and as C1 makes it; so 48 of them cover 4.6 KB. FullStackTest tries
 * all depths; half of that has been found enough. Where threads sleep in a call of the system, a wake goes through the
 * method handles of the JDK's linker, which take more; there it is four times as much.
 *
 * Why so large a frame. What costs time is not the depth but what is written on the way. A compiled frame has room for
 * the arguments of every call in it, written or not. So the method has a call with many arguments, which is made only
 * at the bottom; and what is called there is too large to be inlined.
 *
 * What it costs: some 50 ns, only where a thread parks or is woken, each of which takes microseconds.
 */

/** Room on the stack of the current thread. */
final class StackRoom {
    private static final int LEVELS = ParkerBackends.chosen().name().equals("locksupport") ? 48 : 192;

    /** For each call between a synchronizer's own look and the operation of the lot, which looks again. */
    private static final int LEVELS_PER_CALL = 2;

    /**
     * How much more it takes to tell an entry that is not a thread: to hand a task to an executor, which may have to
     * wake a thread for it, and if that fails, to wake somebody else instead.
     */
    private static final int LEVELS_TO_COMPLETE = 2 * 48;

    private StackRoom() {}

    /**
     * Makes sure that the caller has the room that an operation of the lot needs.
     *
     * @throws StackOverflowError if not
     */
    static void require() {
        descend(LEVELS);
    }

    /**
     * Makes sure that the caller has the room to wake somebody of a queue. Who is just telling an entry that it was
     * chosen tells no other one meanwhile.
     *
     * @throws StackOverflowError if not
     */
    static void requireToWake(WaitQueue queue) {
        boolean completes = queue.completes && !Completions.areUnderWay();
        descend(completes ? LEVELS + LEVELS_TO_COMPLETE : LEVELS);
    }

    /**
     * Makes sure that the caller has the room for an operation of the lot that it reaches by so many calls.
     *
     * @throws StackOverflowError if not
     */
    static void requireBelow(int calls) {
        descend(LEVELS + LEVELS_PER_CALL * calls);
    }

    private static long descend(int levels) {
        long a = levels ^ 1L;
        long b = levels ^ 2L;
        long c = levels ^ 3L;
        long d = levels ^ 4L;
        long e = levels ^ 5L;
        long f = levels ^ 6L;
        long g = levels ^ 7L;
        long h = levels ^ 8L;
        long i = levels ^ 9L;
        long j = levels ^ 10L;
        long k = levels ^ 11L;
        long l = levels ^ 12L;
        long m = levels ^ 13L;
        long n = levels ^ 14L;
        long o = levels ^ 15L;
        long p = levels ^ 16L;
        long q = levels ^ 17L;
        long r = levels ^ 18L;
        long s = levels ^ 19L;
        long t = levels ^ 20L;
        long u = levels ^ 21L;
        long v = levels ^ 22L;
        long w = levels ^ 23L;
        long x = levels ^ 24L;
        return levels > 0
                ? descend(levels - 1) + 1L
                : bottom(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
    }

    /** Too large to be inlined. */
    private static long bottom(
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h,
            long i,
            long j,
            long k,
            long l,
            long m,
            long n,
            long o,
            long p,
            long q,
            long r,
            long s,
            long t,
            long u,
            long v,
            long w,
            long x) {
        long hash = 0L;
        hash = (hash * 31L + a) ^ (hash >>> 7);
        hash = (hash * 31L + b) ^ (hash >>> 7);
        hash = (hash * 31L + c) ^ (hash >>> 7);
        hash = (hash * 31L + d) ^ (hash >>> 7);
        hash = (hash * 31L + e) ^ (hash >>> 7);
        hash = (hash * 31L + f) ^ (hash >>> 7);
        hash = (hash * 31L + g) ^ (hash >>> 7);
        hash = (hash * 31L + h) ^ (hash >>> 7);
        hash = (hash * 31L + i) ^ (hash >>> 7);
        hash = (hash * 31L + j) ^ (hash >>> 7);
        hash = (hash * 31L + k) ^ (hash >>> 7);
        hash = (hash * 31L + l) ^ (hash >>> 7);
        hash = (hash * 31L + m) ^ (hash >>> 7);
        hash = (hash * 31L + n) ^ (hash >>> 7);
        hash = (hash * 31L + o) ^ (hash >>> 7);
        hash = (hash * 31L + p) ^ (hash >>> 7);
        hash = (hash * 31L + q) ^ (hash >>> 7);
        hash = (hash * 31L + r) ^ (hash >>> 7);
        hash = (hash * 31L + s) ^ (hash >>> 7);
        hash = (hash * 31L + t) ^ (hash >>> 7);
        hash = (hash * 31L + u) ^ (hash >>> 7);
        hash = (hash * 31L + v) ^ (hash >>> 7);
        hash = (hash * 31L + w) ^ (hash >>> 7);
        hash = (hash * 31L + x) ^ (hash >>> 7);
        return hash;
    }
}

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
 * the interpreter take about 130 bytes each. Each level of the method below takes 400 bytes at least, as the compiler
 * C2 makes it, and some 500 in the interpreter; so 12 of them cover 4.8 KB. FullStackTest tries all depths; half of
 * that has been found enough. Where threads sleep in a call of the system, a wake goes through the method handles of
 * the JDK's linker, which take more; there it is four times as much.
 *
 * Why so large a frame. What costs time is not the depth but the calls, and what is written on the way. A compiled
 * frame has room for the arguments of every call in it, written or not. So the method has a call with many arguments,
 * which is made seldom. It cannot be left out altogether, as C2 makes no room for a call that it has not seen while the
 * method was profiled, which is for 5000 calls of it. So it is made before the first level, where a look that fails has
 * made it, too: many looks at the end of a stack would otherwise be all that C2 sees. Of the looks that share one of
 * four counters every 16th makes the call, so it is made by the 61st look at the latest, whichever threads look, and a
 * look makes no more than 80 calls. It is counted, and not left to chance: the JDK's ThreadLocalRandom asks
 * Thread.getId(), which a subclass may have overridden. In the interpreter it is the local variables for which there is
 * room, used or not. Neither method may be inlined, the first into itself and the second into the first. Both are too
 * large for it: they have more than 325 bytes of byte code, which is the limit for what is called often.
 *
 * What it costs: some 15 ns, only where a thread parks or is woken, each of which takes microseconds.
 */

/** Room on the stack of the current thread. */
final class StackRoom {
    private static final int LEVELS = ParkerBackends.chosen().name().equals("locksupport") ? 12 : 48;

    /** One look of so many, a power of two, makes the call with many arguments. */
    private static final int SELDOM = 16;

    private static final int COUNTERS = 4;

    /** So far apart, a cache line, are the counters. */
    private static final int COUNTER = 16;

    /** How often threads have looked. Threads with the same counter may overwrite each other's, which is no harm. */
    private static final int[] LOOKS = new int[COUNTERS * COUNTER];

    /**
     * How much more it takes to tell an entry that is not a thread: to hand a task to an executor, which may have to
     * wake a thread for it, and if that fails, to wake somebody else instead.
     */
    private static final int LEVELS_TO_COMPLETE = 2 * 12;

    private StackRoom() {}

    /**
     * Makes sure that the caller has the room that an operation of the lot needs.
     *
     * @throws StackOverflowError if not
     */
    static void require() {
        descend(LEVELS, isOneInMany());
    }

    /**
     * Makes sure that the caller has the room to wake somebody of a queue. Who is just telling an entry that it was
     * chosen tells no other one meanwhile.
     *
     * @throws StackOverflowError if not
     */
    static void requireToWake(WaitQueue queue) {
        boolean completes = queue.completes && !Completions.areUnderWay();
        descend(completes ? LEVELS + LEVELS_TO_COMPLETE : LEVELS, isOneInMany());
    }

    /**
     * Makes sure that the caller has the room for an operation of the lot that it reaches by so many calls,
     * with half a level for each.
     *
     * @throws StackOverflowError if not
     */
    static void requireBelow(int calls) {
        descend(LEVELS + (calls + 1) / 2, isOneInMany());
    }

    private static long descend(int levels, boolean withCall) {
        if (!withCall) {
            return levels > 0 ? descend(levels - 1, false) + 1L : 0L;
        }
        long a = levels ^ 1001L;
        long b = levels ^ 1002L;
        long c = levels ^ 1003L;
        long d = levels ^ 1004L;
        long e = levels ^ 1005L;
        long f = levels ^ 1006L;
        long g = levels ^ 1007L;
        long h = levels ^ 1008L;
        long i = levels ^ 1009L;
        long j = levels ^ 1010L;
        long k = levels ^ 1011L;
        long l = levels ^ 1012L;
        long m = levels ^ 1013L;
        long n = levels ^ 1014L;
        long o = levels ^ 1015L;
        long p = levels ^ 1016L;
        long q = levels ^ 1017L;
        long r = levels ^ 1018L;
        long s = levels ^ 1019L;
        long t = levels ^ 1020L;
        long u = levels ^ 1021L;
        long v = levels ^ 1022L;
        long w = levels ^ 1023L;
        long x = levels ^ 1024L;
        long y = levels ^ 1025L;
        long z = levels ^ 1026L;
        return take(
                        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a, b, c, d, e, f,
                        g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z)
                + descend(levels, false);
    }

    private static boolean isOneInMany() {
        int own = (System.identityHashCode(Thread.currentThread()) & (COUNTERS - 1)) * COUNTER;
        return (++LOOKS[own] & (SELDOM - 1)) == 0;
    }

    private static long take(
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
            long x,
            long y,
            long z,
            long a2,
            long b2,
            long c2,
            long d2,
            long e2,
            long f2,
            long g2,
            long h2,
            long i2,
            long j2,
            long k2,
            long l2,
            long m2,
            long n2,
            long o2,
            long p2,
            long q2,
            long r2,
            long s2,
            long t2,
            long u2,
            long v2,
            long w2,
            long x2,
            long y2,
            long z2) {
        long together = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p ^ q ^ r ^ s ^ t ^ u ^ v ^ w ^ x
                ^ y ^ z ^ a2 ^ b2 ^ c2 ^ d2 ^ e2 ^ f2 ^ g2 ^ h2 ^ i2 ^ j2 ^ k2 ^ l2 ^ m2 ^ n2 ^ o2 ^ p2 ^ q2 ^ r2 ^ s2
                ^ t2 ^ u2 ^ v2 ^ w2 ^ x2 ^ y2 ^ z2;
        together += a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x + y
                + z + a2 + b2 + c2 + d2 + e2 + f2 + g2 + h2 + i2 + j2 + k2 + l2 + m2 + n2 + o2 + p2 + q2 + r2 + s2 + t2
                + u2 + v2 + w2 + x2 + y2 + z2;
        return together
                ^ (a | b | c | d | e | f | g | h | i | j | k | l | m | n | o | p | q | r | s | t | u | v | w | x | y | z
                        | a2 | b2 | c2 | d2 | e2 | f2 | g2 | h2 | i2 | j2 | k2 | l2 | m2 | n2 | o2 | p2 | q2 | r2 | s2
                        | t2 | u2 | v2 | w2 | x2 | y2 | z2);
    }
}

package dev.parkinglot.locks;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Are two buffers over the same memory, one of them wrapped further in, the same lock?
 *
 * Each actor increments a plain counter under the lock, one through each buffer. The same bytes must exclude them, and
 * whoever has to wait must be found by the other. Observed: "1, 2" and "2, 1", about as often.
 *
 * Why: the lock is the byte in memory, and its queue has the key (array, offset in the array), in which the buffer does
 * not occur.
 */
@JCStressTest
@Outcome(
        id = {"1, 2", "2, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "One after the other.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An increment is lost: they were two locks.")
@State
public class BufferMutexTwoViews {
    private final byte[] memory = new byte[32];
    private final AtomicBuffer whole = new UnsafeBuffer(memory);
    private final AtomicBuffer part = new UnsafeBuffer(memory, 12, 20);
    private int counter;

    @Actor
    public void whole(II_Result r) {
        BufferMutex.lock(whole, 16);
        r.r1 = ++counter;
        BufferMutex.unlock(whole, 16);
    }

    @Actor
    public void part(II_Result r) {
        BufferMutex.lock(part, 4);
        r.r2 = ++counter;
        BufferMutex.unlock(part, 4);
    }
}

package dev.parkinglot.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Can one of two threads that come at the same time to a held bucket be left out of its list of arrivals?
 *
 * <p>The arrivals are a stack. A thread reads its top, links itself to that, and makes itself the top with a
 * compare-and-set, which fails if another was faster; then it reads the new top. A waiter that is not on the stack is
 * not woken, and later looked for in vain. In the end the stack is read by pushing one more: what it is linked to has
 * been the top.
 *
 * <p>Results: the stack, from its top.
 *
 * <p>Observed (x86-64, two processors): in over two million rounds, both orders, and nobody missing. With a look and a
 * write for the compare-and-set of {@code arrivals}, one was missing in one round of twenty.
 */
@JCStressTest
@Outcome(
        id = {"first second", "second first"},
        expect = ACCEPTABLE,
        desc = "Both are there.")
@Outcome(expect = FORBIDDEN, desc = "One is missing, or the list has no end.")
@State
public class WordLockArrivalsStress {
    private static final class Lock extends WordLock {
        Lock() {
            super(true);
        }
    }

    private final WordLock lock = new Lock();
    private final WordLock.Waiter first = new WordLock.Waiter();
    private final WordLock.Waiter second = new WordLock.Waiter();

    @Actor
    public void first() {
        lock.push(first);
    }

    @Actor
    public void second() {
        lock.push(second);
    }

    @Arbiter
    public void stack(L_Result result) {
        WordLock.Waiter reader = new WordLock.Waiter();
        lock.push(reader);
        StringBuilder names = new StringBuilder();
        int length = 0;
        for (WordLock.Waiter waiter = reader.next; waiter != null && length < 3; waiter = waiter.next) {
            names.append(length == 0 ? "" : " ").append(waiter == first ? "first" : "second");
            length++;
        }
        result.r1 = names.toString();
    }
}

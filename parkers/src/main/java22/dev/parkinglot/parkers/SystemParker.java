package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/* Overview.
 *
 * Sleeps in the system's wait, at the word of its thread; the flag of FlagParker is the truth here, too.
 *
 *   owner                                              waker
 *   (A) word = ASLEEP           volatile               (C) flag = UNPARKED         exchange, in unparkLock
 *   (B) flag still PARKED?      volatile               (D) word not AWAKE? -> WOKEN, and wake at the address
 *       yes: wait while word is ASLEEP
 *   (E) word = AWAKE            volatile
 *
 * All five have one order. If (B) reads PARKED, (C) comes after (B), so (D) comes after (A): it finds the word not
 * AWAKE and wakes, unless the owner is past (E). In both cases the owner looks at the flag again after (E), and finds
 * UNPARKED if (C) came before. A waker that finds the owner not asleep makes no system call. What (D) and (E) do in
 * detail is the system's affair: ComparingWait, KeyedEventWait.
 *
 * Several parkers of one thread share its word, as all parks of a thread share the permit of LockSupport: a thread may
 * park once more before it sleeps (in beforeSleep), while its first entry is already queued, and then that one may be
 * unparked. That wake ends the wrong sleep, whose owner looks at its own flag and sleeps again; the right one, later,
 * finds its flag UNPARKED at (B). And where that wake fails on its way, those for the other parkers do not rely on it.
 *
 * Interrupts. Thread.interrupt does not end a system call. Uninterruptible waits do not care; FlagParker only keeps the
 * interrupt for later. Interruptible ones sleep on the permit of LockSupport instead:
 *
 *   owner                                              waker
 *   (F) permit = true           volatile               (C) flag = UNPARKED
 *   (G) flag still PARKED?      volatile               (H) permit?
 *       yes: LockSupport.park                              yes: LockSupport.unpark, instead of (D)
 *
 * Either (G) reads UNPARKED, or (H) reads true. `permit` is never taken back: a wait that is interruptible may become
 * uninterruptible (a moved one), but then it can as well sleep on as it began. The other way, a hook in
 * Thread.interrupt, can be had through AbstractSelector.begin, but there is one such hook for a thread, and a lock that
 * is taken inside somebody's channel operation would remove that channel's.
 *
 * The permit serves as well where the system refuses to wait (a seccomp filter set up after the probe, no memory in the
 * kernel).
 */
final class SystemParker extends FlagParker {
    private static final VarHandle PERMIT;

    static {
        try {
            PERMIT = MethodHandles.lookup().findVarHandle(SystemParker.class, "permit", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AddressWait system;
    final WaitWord word;

    /** Whether the owner sleeps on its permit. Written by the owner. */
    private boolean permit;

    SystemParker(Object blocker, AddressWait system, WaitWord word) {
        super(blocker);
        this.system = system;
        this.word = word;
    }

    @Override
    void sleep(boolean interruptible) {
        if (interruptible || permit) {
            turnToPermit();
            if (isParkedVolatile()) { // (G)
                LockSupport.park();
            }
            return;
        }
        sleepAtWord(false, 0L, 0L);
    }

    @Override
    void sleepUntil(long deadlineNanos, long nanosLeft, boolean interruptible) {
        if (interruptible || permit) {
            turnToPermit();
            if (isParkedVolatile()) { // (G)
                LockSupport.parkNanos(nanosLeft);
            }
            return;
        }
        sleepAtWord(true, deadlineNanos, nanosLeft);
    }

    private void turnToPermit() {
        if (!permit) {
            setPermitVolatile(); // (F)
        }
    }

    private void sleepAtWord(boolean timed, long deadlineNanos, long nanosLeft) {
        AddressWait.Outcome outcome = AddressWait.Outcome.RETURNED;
        word.setVolatile(WaitWord.ASLEEP); // (A)
        try {
            if (isParkedVolatile()) { // (B)
                outcome = timed ? system.awaitUntil(word, deadlineNanos, nanosLeft) : system.await(word);
            }
        } finally {
            system.leave(word, outcome); // (E)
        }
        if (outcome == AddressWait.Outcome.REFUSED) {
            turnToPermit();
        }
    }

    @Override
    void wake() {
        if (permitVolatile()) { // (H)
            LockSupport.unpark(word.owner);
        } else {
            system.wake(word); // (D)
        }
    }

    private boolean permitVolatile() {
        return (boolean) PERMIT.getVolatile(this);
    }

    private void setPermitVolatile() {
        PERMIT.setVolatile(this, true);
    }
}

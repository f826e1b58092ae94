/*
 * How a thread sleeps in a system's call (SystemParker): a model of the protocol, checked exhaustively with spin.
 *
 *   spin -run -DSAFETY parker.pml            systems that compare and wait in one step: futex, ulock, WaitOnAddress
 *   spin -DKEYED -run -DSAFETY parker.pml    keyed events, where waiter and waker each wait for the other
 *
 * Both must report "errors: 0". The model must be able to fail; each of these leaves a step out and must report an error
 * (check runs all). The letters are those of the overview in SystemParker:
 *
 *   -DNO_LOOK              (B) no look at the flag between "asleep" and the wait
 *   -DNO_LOOK_AT_PERMIT    (G) nor between "on my permit" and LockSupport.park
 *   -DSILENT_PERMIT        (F) the owner sleeps on its permit and does not say so
 *   -DEARLY_PERMIT         (H) before (C): the waker reads how the owner sleeps before it marks it unparked
 *   -DSTICKY_WORD          (E) the owner leaves the word as it was
 *   -DKEYED -DNO_MEETING   a waker who comes at the moment of the timeout is not met
 *   -DKEYED -DPLAIN_AWAKE  (E) a store instead of an exchange: the owner overlooks that a waker came
 *   -DKEYED -DBLIND_RELEASE  (D) the waker releases although it has not changed the word
 *   -DKEYED -DMEET_TWICE   the owner meets the waker once more, although its wait has met it
 *
 * What is modelled. One thread, the owner, and three of its parkers, which share the word: one whose waiter is in a queue
 * while the thread sleeps on the second (the bucket lock's), and a third for a later wait, which late wakes of the first two
 * may meet. Each parker has one waker. The owner's waits, but for the bucket lock's, are timed or not and interruptible or
 * not, and may cease to be interruptible in the middle. There are one interrupt and one stray LockSupport.unpark, at any
 * time; one return for no reason, and one refusal by the system. All accesses of the five steps are volatile in Java, so the
 * model has no store buffers.
 *
 * What is checked. Nobody is stranded, neither the owner nor, with keyed events, a waker: every end state has all processes
 * done (spin's invalid end states). The word says AWAKE whenever a sleep begins; no release is left over at the end.
 */

#define PARKERS 3
#define OUTER 0
#define INNER 1
#define LATER 2

#define AWAKE 0
#define ASLEEP 1
#define WOKEN 2

bool parked[PARKERS];       /* the flag of each parker */
bool permit[PARKERS];       /* its owner sleeps on the permit of LockSupport */
bool queued[PARKERS];
bool offered[PARKERS];      /* its waiter is, or has been, in the queue */
bool queueLock = false;

byte word = AWAKE;          /* one for the thread */
bool waiting = false;       /* the owner is in the system's wait */
bool unparked = false;      /* the permit of LockSupport */
bool interrupt = false;     /* the interrupt flag */

byte spurious = 1;          /* returns for no reason that may still come */
byte refusals = 1;          /* refusals of the system that may still come */
byte releasing = 0;         /* wakers in NtReleaseKeyedEvent */

inline lockQueue() { atomic { !queueLock -> queueLock = true } }
inline unlockQueue() { queueLock = false }

/* ---- the system */

#define UNTIL_MET 2         /* a wait that may neither time out nor be refused; else whether it is timed */

/* met: whether a waker has met this wait. refused: whether there was none. */
inline systemWait(kind) {
    if
    :: atomic { refusals > 0 && kind != UNTIL_MET -> refusals--; refused = true }
#ifdef KEYED
    :: waiting = true;
        if
        :: !waiting -> met = true
        :: atomic { kind == true && waiting -> waiting = false }
        fi
#else
    :: atomic { word == ASLEEP -> waiting = true };
        if
        :: !waiting
        :: kind == true -> waiting = false
        :: atomic { spurious > 0 -> spurious-- }; waiting = false
        fi
    :: word != ASLEEP
#endif
    fi
}

inline systemWake() {
#ifdef KEYED
    releasing++;
    atomic { waiting -> waiting = false };      /* until somebody waits */
    releasing--
#else
    waiting = false                             /* whoever waits, if anybody does */
#endif
}

/* ---- the owner */

inline prepareAndEnqueue(p) {
    lockQueue();
    parked[p] = true;
    queued[p] = true;
    offered[p] = true;
    unlockQueue()
}

inline sleepOnPermit(p) {
#ifndef SILENT_PERMIT
    permit[p] = true;                                               /* (F) */
#endif
    if
#ifdef NO_LOOK_AT_PERMIT
    :: true ->
#else
    :: !parked[p]                                                   /* (G) */
    :: parked[p] ->
#endif
        if
        :: atomic { unparked -> unparked = false }
        :: interrupt
        :: timed
        :: atomic { spurious > 0 -> spurious-- }
        fi
    fi
}

inline sleepAtWord(p) {
    assert(word == AWAKE);
    met = false;
    refused = false;
    word = ASLEEP;                                                  /* (A) */
    if
#ifdef NO_LOOK
    :: true -> systemWait(timed)
#else
    :: parked[p] -> systemWait(timed)                               /* (B) */
    :: !parked[p]
#endif
    fi;
#if defined(PLAIN_AWAKE)
    cameToWake = (word == WOKEN);
    word = AWAKE;
#elif defined(STICKY_WORD)
    cameToWake = (word == WOKEN);
#else
    d_step { cameToWake = (word == WOKEN); word = AWAKE };          /* (E) */
#endif
#if defined(KEYED) && !defined(NO_MEETING)
    if
#ifdef MEET_TWICE
    :: cameToWake -> systemWait(UNTIL_MET)
#else
    :: cameToWake && !met -> systemWait(UNTIL_MET)
#endif
    :: else
    fi;
#endif
    if
    :: refused -> permit[p] = true
    :: else
    fi
}

/* gone: given up, by deadline or interrupt. */
inline await(p) {
    gone = false;
    do
    :: !parked[p] -> break
    :: interruptible && interrupt -> gone = true; break
    :: timed -> gone = true; break
    :: parked[p] ->
        if
        :: interruptible                                            /* it was requeued, and waits for a lock now */
            -> interruptible = false
        :: true
        fi;
        if
        :: !interruptible -> interrupt = false                      /* kept for later */
        :: else
        fi;
        if
        :: interruptible || permit[p] -> sleepOnPermit(p)
        :: else -> sleepAtWord(p)
        fi
    od
}

/* Under the queue lock it is certain whether a waker has chosen this waiter; if so, its wake may still come. */
inline giveUp(p) {
    lockQueue();
    if
    :: parked[p] -> queued[p] = false; parked[p] = false
    :: else
    fi;
    unlockQueue()
}

inline anyWait(p) {
    if :: timed = true :: timed = false fi;
    if :: interruptible = true :: interruptible = false fi;
    await(p);
    if
    :: gone -> giveUp(p)
    :: else
    fi
}

proctype owner() {
    bool timed, interruptible, gone, met, refused, cameToWake;
    prepareAndEnqueue(OUTER);
    /* The table may grow meanwhile, or whatever else has the waiter lock a bucket before it sleeps. */
    prepareAndEnqueue(INNER);
    timed = false;
    interruptible = false;
    await(INNER);
    anyWait(OUTER);
    prepareAndEnqueue(LATER);
    anyWait(LATER)
}

/* ---- wakers and others */

proctype waker(byte p) {
    bool chosen = false;
    bool sleepsOnPermit = false;
    offered[p];
#ifdef EARLY_PERMIT
    sleepsOnPermit = permit[p];
#endif
    lockQueue();
    d_step { chosen = queued[p] && parked[p]; queued[p] = false; parked[p] = false };     /* (C) */
    unlockQueue();
    if
    :: chosen ->
#ifndef EARLY_PERMIT
        sleepsOnPermit = permit[p];                                                         /* (H) */
#endif
        if
        :: sleepsOnPermit -> unparked = true
        :: else ->
            if
#ifdef BLIND_RELEASE
            :: true -> systemWake()
#else
            :: atomic { word == ASLEEP -> word = WOKEN }; systemWake()                      /* (D) */
            :: word != ASLEEP
#endif
            fi
        fi
    :: else
    fi
}

proctype others() {
    interrupt = true;
    unparked = true
}

init {
    atomic {
        run owner();
        run waker(OUTER);
        run waker(INNER);
        run waker(LATER);
        run others()
    }
    (_nr_pr == 1);
    assert(releasing == 0)
}

/*
 * How a thread sleeps in a system's call (SystemParker): a model of the protocol, checked exhaustively with spin.
 *
 *   spin -run -DSAFETY parker.pml            systems that compare and wait in one step: futex, ulock, WaitOnAddress
 *   spin -DKEYED -run -DSAFETY parker.pml    keyed events, where waiter and waker each wait for the other
 *
 * With -DNUDGES the outer parker is nudged, instead of other things that may happen to it (else the states were too many).
 * All four must report "errors: 0". The model must be able to fail; each of these leaves a step out and must report an error
 * (check runs all). The letters are those of the overview in SystemParker:
 *
 *   -DNO_LOOK              (B) no look at the flag between "asleep" and the wait
 *   -DNO_LOOK_AT_PERMIT    (G) nor between "on my permit" and LockSupport.park
 *   -DSILENT_PERMIT        (F) the owner sleeps on its permit and does not say so
 *   -DEARLY_PERMIT         (H) before (C): the waker reads how the owner sleeps before it marks it unparked
 *   -DSTICKY_WORD          (E) the owner leaves the word as it was
 *   -DONE_CALL             (D) a waker that finds WOKEN relies on the other's call, which may never come
 *   -DNUDGES -DNUDGE_USES_UP  (C) a waker that finds the owner nudged leaves its wake to the nudge, which may fail
 *   -DNUDGES -DBLIND_NUDGE  a nudge marks the owner nudged although it was unparked
 *   -DKEYED -DNO_MEETING   (E) a waker who comes at the moment of the timeout is not met
 *   -DKEYED -DMEET_TWICE   (E) the owner meets the waker once more, although its wait has met it
 *   -DKEYED -DBLIND_RELEASE  (D) the waker releases although it has not changed the word
 *   -DKEYED -DNO_PATIENCE  (D) a waker that finds WOKEN leaves it to the other, which may fail
 *   -DKEYED -DNO_RESTORE   (D) a waker that fails leaves the word as it was
 *
 * What is modelled. One thread, the owner, and three of its parkers, which share the word: one whose waiter is in a queue
 * while the thread sleeps on the second (a wait within that wait), and a third for a later wait, which late wakes of the first two
 * may meet. Each parker has one waker. The owner's waits, but for the inner one, are timed or not and interruptible or
 * not, and may cease to be interruptible in the middle. There are one interrupt and one stray LockSupport.unpark, at any
 * time; one return for no reason, and one refusal by the system. Or, with -DNUDGES, one interrupt, and one nudge of the outer
 * parker, whose wake may fail: it has the owner look round and park again. The wake of the outer parker may fail after it has
 * changed the word, for want of stack, if it comes while the thread sleeps on the inner one: then the outer one needs no wake,
 * but the inner one's must not get lost. All accesses of the five steps are volatile in Java, so the model has no store
 * buffers.
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

#define UNPARKED 0
#define PARKED 1
#define NUDGED 2

byte flag[PARKERS];         /* of each parker */
bool permit[PARKERS];       /* its owner sleeps on the permit of LockSupport */
bool queued[PARKERS];
bool offered[PARKERS];      /* its waiter is, or has been, in the queue */
bool queueLock = false;

byte word = AWAKE;          /* one for the thread */
bool waiting = false;       /* the owner is in the system's wait */
bool unparked = false;      /* the permit of LockSupport */
bool interrupt = false;     /* the interrupt flag */
bool inner = false;         /* the owner waits for its inner parker */

#ifdef NUDGES
#define HAPS 0
#else
#define HAPS 1
#endif
byte spurious = HAPS;       /* returns for no reason that may still come */
byte refusals = HAPS;       /* refusals of the system that may still come */
byte releasing = 0;         /* wakers in NtReleaseKeyedEvent */

inline lockQueue() { atomic { !queueLock -> queueLock = true } }
inline unlockQueue() { queueLock = false }

/* ---- the system */

/* met: whether a waker has met this wait. refused: whether there was none. */
inline systemWait() {
    if
    :: atomic { refusals > 0 -> refusals--; refused = true }
#ifdef KEYED
    :: waiting = true;
        if
        :: !waiting -> met = true
        :: atomic { timed && waiting -> waiting = false }
        fi
#else
    :: atomic { word == ASLEEP -> waiting = true };
        if
        :: !waiting
        :: timed -> waiting = false
        :: atomic { spurious > 0 -> spurious-- }; waiting = false
        fi
    :: word != ASLEEP
#endif
    fi
}

inline systemWake() {
#ifdef KEYED
    releasing++;
    atomic { waiting -> waiting = false };      /* once somebody waits */
    releasing--
#else
    waiting = false                             /* whoever waits, if anybody does */
#endif
}

#ifdef MEET_TWICE
#define MEETS_TWICE true
#else
#define MEETS_TWICE false
#endif

/* ---- the owner */

inline prepareAndEnqueue(p) {
    lockQueue();
    flag[p] = PARKED;
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
    :: flag[p] != PARKED                                            /* (G) */
    :: flag[p] == PARKED ->
#endif
        if
        :: atomic { unparked -> unparked = false }
        :: interrupt
        :: timed
        :: atomic { spurious > 0 -> spurious-- }
        fi
    fi
}

/* (E). With keyed events only from ASLEEP, or after a meeting. */
inline leaveWait() {
#if defined(STICKY_WORD)
    skip
#elif !defined(KEYED) || defined(NO_MEETING)
    word = AWAKE
#else
    do
#ifndef MEET_TWICE
    :: met -> word = AWAKE; break
#endif
    :: atomic { word == ASLEEP -> word = AWAKE }; break
    :: word != ASLEEP && (!met || MEETS_TWICE) ->
        waiting = true;
        if
        :: !waiting -> word = AWAKE; break
        :: atomic { waiting && word == ASLEEP -> waiting = false }  /* the waker has failed */
        fi
    od
#endif
}

inline sleepAtWord(p) {
    assert(word == AWAKE);
    met = false;
    refused = false;
    word = ASLEEP;                                                  /* (A) */
    if
#ifdef NO_LOOK
    :: true -> systemWait()
#else
    :: flag[p] == PARKED -> systemWait()                            /* (B) */
    :: flag[p] != PARKED
#endif
    fi;
    leaveWait();                                                    /* (E) */
    if
    :: refused -> permit[p] = true
    :: else
    fi
}

/* gone: given up, by deadline or interrupt. nudged: returned to look round. */
inline await(p) {
    gone = false;
    nudged = false;
    do
    :: flag[p] != PARKED -> nudged = (flag[p] == NUDGED); break
    :: interruptible && interrupt -> gone = true; break
    :: timed -> gone = true; break
    :: flag[p] == PARKED ->
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
    :: flag[p] != UNPARKED -> queued[p] = false; flag[p] = UNPARKED
    :: else
    fi;
    unlockQueue()
}

inline anyWait(p) {
    if :: timed = true :: timed = false fi;
    if :: interruptible = true :: interruptible = false fi;
    do
    :: await(p);
        if
        :: gone -> giveUp(p); break
        :: !gone && !nudged -> break
        :: nudged ->                                                /* looks round, and parks again */
            lockQueue();
            if
            :: flag[p] != UNPARKED -> flag[p] = PARKED; unlockQueue()
            :: else -> unlockQueue(); break
            fi
        fi
    od
}

proctype owner() {
    bool timed, interruptible, gone, nudged, met, refused;
    prepareAndEnqueue(OUTER);
    /* The table may grow meanwhile, or whatever else has the waiter lock a bucket before it sleeps. */
    prepareAndEnqueue(INNER);
    timed = false;
    interruptible = false;
    inner = true;
    await(INNER);
    inner = false;
    anyWait(OUTER);
    prepareAndEnqueue(LATER);
    anyWait(LATER)
}

/* ---- wakers and others */

/* (D) */
inline wakeAtWord() {
    if
    :: word == AWAKE
#ifdef BLIND_RELEASE
        -> systemWake()
#endif
    :: word != AWAKE ->
#ifdef KEYED
#ifdef NO_PATIENCE
        d_step { seen = word; if :: word == ASLEEP -> word = WOKEN :: else fi };
#else
        atomic { word != WOKEN -> seen = word; if :: word == ASLEEP -> word = WOKEN :: else fi };
#endif
        if
        :: seen == ASLEEP && mayFail ->
#ifndef NO_RESTORE
            atomic { if :: word == WOKEN -> word = ASLEEP :: else fi }
#endif
        :: seen == ASLEEP -> systemWake()
        :: else
        fi
#else
        d_step { seen = word; if :: word == ASLEEP -> word = WOKEN :: else fi };
        if
        :: seen != AWAKE && mayFail
#ifdef ONE_CALL
        :: seen == ASLEEP -> systemWake()
#else
        :: seen != AWAKE -> systemWake()
#endif
        :: else
        fi
#endif
    fi
}

inline wake(p) {
#ifndef EARLY_PERMIT
    sleepsOnPermit = permit[p];                                                             /* (H) */
#endif
    if
    :: sleepsOnPermit && mayFail
    :: sleepsOnPermit -> unparked = true
    :: !sleepsOnPermit -> wakeAtWord()
    fi
}

proctype waker(byte p) {
    bool chosen = false;
    bool sleepsOnPermit = false;
    bool mayFail = false;
    byte seen;
    offered[p];
#ifdef EARLY_PERMIT
    sleepsOnPermit = permit[p];
#endif
    lockQueue();
    d_step {                                                                                /* (C) */
#ifdef NUDGE_USES_UP
        chosen = queued[p] && flag[p] == PARKED;
#else
        chosen = queued[p] && flag[p] != UNPARKED;
#endif
        queued[p] = false;
        flag[p] = UNPARKED;
        mayFail = (p == OUTER && inner)
    };
    unlockQueue();
    if
    :: chosen -> wake(p)
    :: else
    fi
}

/* Nudges the outer parker. It need not know whether its waiter is still in the queue. */
proctype nudger() {
    bool chosen = false;
    bool sleepsOnPermit = false;
    bool mayFail = true;
    byte seen;
    offered[OUTER];
#ifdef EARLY_PERMIT
    sleepsOnPermit = permit[OUTER];
#endif
    lockQueue();
    d_step {
#ifdef BLIND_NUDGE
        chosen = true;
#else
        chosen = (flag[OUTER] == PARKED);
#endif
        if
        :: chosen -> flag[OUTER] = NUDGED
        :: else
        fi
    };
    unlockQueue();
    if
    :: chosen -> wake(OUTER)
    :: else
    fi
}

proctype others() {
    interrupt = true;
#ifndef NUDGES
    unparked = true
#endif
}

init {
    atomic {
        run owner();
        run waker(OUTER);
        run waker(INNER);
        run waker(LATER);
#ifdef NUDGES
        run nudger();
#endif
        run others()
    }
    (_nr_pr == 1);
    assert(releasing == 0)
}

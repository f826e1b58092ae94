/*
 * Mutex and Condvar on the parking lot: a model of the protocol, checked exhaustively with spin.
 *
 *   spin -run -DSAFETY -m1000000 mutex.pml                  must report "errors: 0"
 *   spin -DCONDVAR -run -DSAFETY -m1000000 mutex.pml        the same with a waiter, its signaller, and a locker
 *
 * The model must be able to fail. Each of these leaves a mechanism out and must report an error (check runs all):
 *
 *   -DNO_REVALIDATE              nobody looks again: a 1-0 exit strands a waiter
 *   -DNO_PASSING                 the duty to look again is not passed on by a waiter that times out
 *   -DNO_SECOND_LOOK -DNO_REVALIDATE    the exit does not look at the flags after its store
 *   -DCONDVAR -DNO_SHARED        requeued waiters meet the 1-0 exit
 *   -DCONDVAR -DNO_RECHECK       the signaller does not read `locked` again after setting PARKED
 *   -DCLEAR_ALWAYS               an unlock clears PARKED although threads stay queued
 *   -DKEEP_PROMISE               a thread that parks leaves WOKEN or SPINNING set
 *   -DNO_SUCCESSOR_LOOK          an unlock that has seen WAKE leaves the queue to a successor without having seen one
 *
 * What is modelled. One mutex and one condition variable whose keys share a bucket (the hardest case for the locks, the
 * easiest for the reader). Every access to `locked` and to the flags outside the bucket lock is a step of its own, and the
 * release store of the 1-0 exit goes through a store buffer: it becomes visible at any later moment, but before the same
 * thread's next atomic read-modify-write (x86-TSO; on weaker machines the release store and the load that follows it may be
 * reordered in just the same way). Spinning is a try at any later moment. Not modelled: interrupts (which leave the queue as
 * timeouts do), growth, and time: whoever is on duty may look at any moment, so which thread has the duty does not matter here.
 *
 * What is checked. Two owners never (the assertion in enter()); no thread stranded: every end state has all threads done
 * (spin's invalid end states). A timer may fire at any moment, so "finds out after a millisecond" is "finds out".
 */

#define N 3
#define NONE 255

#define RETRY 0
#define HANDOFF 1
#define SIGNALLED 2

byte locked = 0;        /* as memory has it */
bool parked = false;
bool shared = false;
bool woken = false;     /* somebody has been woken and has not gone for the lock yet */
bool spinning = false;  /* somebody spins on behalf of all who are parked */
#define WAKE (parked && !woken && !spinning)
bool delayed[N];        /* thread i's store "locked = FREE" is still in its store buffer */
byte owners = 0;

bool bucket = false;    /* the bucket lock */
byte queue[N];          /* of the mutex */
byte queued = 0;
byte sentinel = NONE;
byte condQueue[N];      /* of the condition variable */
byte condQueued = 0;

bool awake[N];          /* the parker's flag */
bool chosen[N];
byte token[N];
bool moved[N];          /* requeued from the condition variable: does not look again */
bool signalled = false;

/* A thread sees its own delayed store. */
#define LOCKED(i) (delayed[i] -> 0 : locked)

/* An atomic read-modify-write of thread i waits for its store buffer. */
#define DRAINED(i) (!delayed[i])

inline lockBucket(i) { atomic { DRAINED(i) && !bucket -> bucket = true } }
inline unlockBucket() { bucket = false }

inline enter() { d_step { owners++; assert(owners == 1) } }
inline leave() { owners-- }

/* Under the bucket lock. */
inline append(i) { d_step { queue[queued] = i; queued++ } }

inline prepend(i) {
    d_step {
        k = queued;
        do
        :: k > 0 -> queue[k] = queue[k - 1]; k--
        :: else -> break
        od;
        queue[0] = i;
        queued++
    }
}

/* Where a signalled thread goes is policy: the proof must hold for both ends. */
inline enqueueMoved(i) { if :: append(i) :: prepend(i) fi }

inline removeAt(p) {
    d_step {
        if
        :: sentinel == queue[p] -> sentinel = NONE
        :: else
        fi;
        k = p;
        do
        :: k + 1 < queued -> queue[k] = queue[k + 1]; k++
        :: else -> break
        od;
        queued--;
        queue[queued] = 0;
        k = 0
    }
}

/* Under the bucket lock: chooses the first of the mutex's queue; whom and what in w and have. */
inline chooseFirst() {
    have = false;
    w = NONE;
    if
    :: queued > 0 -> w = queue[0]; removeAt(0); have = queued > 0
    :: else
    fi
}

inline clearParkedIfLast() {
    if
#ifdef CLEAR_ALWAYS
    :: true -> parked = false
#else
    :: !have -> parked = false
    :: else
#endif
    fi
}

inline wake(i, t) { d_step { token[i] = t; chosen[i] = true; awake[i] = true } }

/* Hands the lock over, still holding it. */
inline handOver(me) {
    lockBucket(me);
    chooseFirst();
    clearParkedIfLast();
    if
    :: w != NONE -> wake(w, HANDOFF)
    :: else -> locked = 0
    fi;
    unlockBucket()
}

/*
 * After the release, if the lock is shared: takes it again, and releases it to the first in the queue or hands it over. If
 * somebody holds it by now, leaves the queue to him.
 */
inline releaseToOne(me) {
    if
    :: atomic { DRAINED(me) && locked == 0 -> locked = 1 };
        lockBucket(me);
        chooseFirst();
        clearParkedIfLast();
        if
        :: w != NONE -> wake(w, HANDOFF)
        :: w != NONE -> woken = true; locked = 0; wake(w, RETRY)
        :: w == NONE -> locked = 0
        fi;
        unlockBucket()
    :: DRAINED(me) && locked != 0
    fi
}

/* After the release: somebody must be woken, and gets the lock at once if it is still free and it is time to be fair. */
inline wakeOne(me) {
    if
    :: shared -> releaseToOne(me)
    :: else ->
        lockBucket(me);
        chooseFirst();
        clearParkedIfLast();
        if
        :: w != NONE ->
            if
            :: atomic { locked == 0 -> locked = 1 }; wake(w, HANDOFF)
            :: woken = true; wake(w, RETRY)
            fi
        :: else
        fi;
        unlockBucket()
    fi
}

#ifdef NO_SHARED
#define FENCED WAKE
#else
#define FENCED (WAKE || shared)
#endif

inline unlock(me) {
    leave();
    if
    :: parked && FENCED -> handOver(me)                 /* asked for, or turns are taken */
    :: FENCED ->
        atomic { DRAINED(me) -> locked = 0 };           /* volatile store: visible before the next step */
        if
        :: WAKE ->
            if
#ifdef NO_SUCCESSOR_LOOK
            :: true
#else
            :: locked != 0                              /* the new holder will see to it */
#endif
            :: wakeOne(me)
            fi
        :: else
        fi
    :: !FENCED ->
        atomic { DRAINED(me) -> delayed[me] = true };   /* release store: visible sometime */
#ifndef NO_SECOND_LOOK
        if
        :: WAKE -> wakeOne(me)
        :: else
        fi
#endif
    fi
}

/* Leaves by timeout, under the bucket lock. */
inline timeOut(me) {
    p = 0;
    do
    :: queue[p] != me -> p++
    :: else -> break
    od;
    duty = (sentinel == me);
    removeAt(p);
    p = 0;
    have = queued > 0;
#ifndef NO_PASSING
    if
    :: duty && have -> awake[queue[0]] = true
    :: else
    fi;
#endif
    if
    :: !have -> parked = false
    :: else
    fi
}

/* Arms the parker and takes up the duty to look again, at any rate if it is free. Under the bucket lock. */
inline settle(me) {
    awake[me] = false;
#ifndef NO_REVALIDATE
    if
    :: !moved[me] -> sentinel = me
    :: moved[me] || (sentinel != NONE && sentinel != me)
    fi
#endif
}

/*
 * got: whether the lock is held at the end. timed: whether the thread may give up. returning, set by the caller: whether a
 * wake has been for this thread, so that WOKEN is set on its behalf. promised: whether SPINNING is.
 */
inline lock(me, timed) {
    got = false;
    do
    :: atomic { DRAINED(me) && locked == 0 -> locked = 1 };
        takeBack();
        got = true;
        break
    :: LOCKED(me) != 0 ->
        if
        :: atomic { DRAINED(me) && parked && !spinning && !promised -> spinning = true; if :: returning -> woken = false :: else fi };
            promised = true; returns = returns || returning; returning = false
        :: park(me, timed);
            if :: out -> break :: else fi
        fi
    od;
    returning = false;
    returns = false;
    gaveUp = false
}

inline takeBack() {
    atomic {
        if :: returning -> woken = false :: else fi;
        if :: promised -> spinning = false :: else fi;
        promised = false
    }
}

inline park(me, timed) {
    out = false;
    returns = returns || returning;
    /* One step, with a full fence: PARKED, and the promise taken back. */
    atomic {
        DRAINED(me) -> parked = true;
#ifndef KEEP_PROMISE
        if :: returning -> woken = false :: else fi;
        if :: promised -> spinning = false :: else fi;
#endif
        returning = false; promised = false
    };
    lockBucket(me);
    if
    :: locked == 0 || !parked -> unlockBucket()             /* INVALID */
    :: else ->
        if :: returns -> prepend(me) :: else -> append(me) fi;
        returns = false;
        settle(me);
        unlockBucket();
        sleep(me, timed);
        if
        :: chosen[me] ->
            chosen[me] = false;
            awake[me] = false;
            if
            :: token[me] == HANDOFF -> got = true; out = true
            :: else -> returning = true
            fi
        :: gaveUp -> out = true
        :: else
        fi
    fi
}

/* Until chosen, or gaveUp, or out of the queue because a second look found the lock free. */
inline sleep(me, timed) {
    gaveUp = false;
    do
    :: chosen[me] -> break
    :: !chosen[me] && (awake[me] || sentinel == me) ->
        lockBucket(me);
        if
        :: chosen[me] -> unlockBucket()
        :: else ->
            if
            :: !moved[me] && (locked == 0 || !parked) -> timeOut(me); unlockBucket(); break
            :: else -> settle(me); unlockBucket()
            fi
        fi
    :: timed && !chosen[me] ->
        lockBucket(me);
        if
        :: chosen[me] -> unlockBucket()
        :: else -> timeOut(me); gaveUp = true; unlockBucket(); break
        fi
    od
}

/* Store buffers drain at any time. */
active proctype memory() {
end:
    do
    :: atomic { delayed[0] -> locked = 0; delayed[0] = false }
    :: atomic { delayed[1] -> locked = 0; delayed[1] = false }
    :: atomic { delayed[2] -> locked = 0; delayed[2] = false }
    od
}

proctype locker(byte me; byte rounds; bool timed) {
    byte k, w, p;
    bool have, got, gaveUp, duty, returning, returns, promised, out;
    do
    :: rounds > 0 ->
        rounds--;
        lock(me, timed);
        if
        :: got -> enter(); unlock(me)
        :: else
        fi
    :: else -> break
    od
}

proctype awaiter(byte me) {
    byte k, w, p;
    bool have, got, gaveUp, duty, returning, returns, promised, out;
    lock(me, false);
    enter();
    shared = true;
    if
    :: signalled -> skip                                    /* the condition holds already */
    :: else ->
        lockBucket(me);
        d_step { condQueue[condQueued] = me; condQueued++; awake[me] = false };
        unlockBucket();
        unlock(me);
        chosen[me];                                         /* asleep, in whatever queue */
        chosen[me] = false;
        moved[me] = false;
        if
        :: token[me] == HANDOFF
        :: else -> returning = (token[me] == RETRY); lock(me, false)
        fi;
        enter()
    fi;
    unlock(me)
}

proctype signaller(byte me) {
    byte k, w, p;
    bool have, got, gaveUp, duty, returning, returns, promised, out;
    lock(me, false);
    enter();
    signalled = true;
    /* Signals after the unlock, which is harder than before it. */
    unlock(me);
    lockBucket(me);
    if
    :: condQueued > 0 ->
        w = condQueue[0];
        condQueued--;
        if
        :: locked == 0 -> wake(w, SIGNALLED)
        :: else ->
            parked = true;
            if
#ifndef NO_RECHECK
            :: locked == 0 -> wake(w, SIGNALLED)
            :: else -> moved[w] = true; enqueueMoved(w)
#else
            :: true -> moved[w] = true; enqueueMoved(w)
#endif
            fi
        fi
    :: else
    fi;
    unlockBucket()
}

init {
    atomic {
#ifdef CONDVAR
        run awaiter(0);
        run signaller(1);
        run locker(2, 1, false)
#else
        run locker(0, 2, false);
        run locker(1, 1, true);
        run locker(2, 1, false)
#endif
    }
}

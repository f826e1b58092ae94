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
 *   -DKEEP_WOKEN                 a woken thread that parks again leaves WOKEN set
 *
 * What is modelled. One mutex and one condition variable whose keys share a bucket (the hardest case for the locks, the
 * easiest for the reader). Every access to `locked` and to the flags outside the bucket lock is a step of its own, and the
 * release store of the 1-0 exit goes through a store buffer: it becomes visible at any later moment, but before the same
 * thread's next atomic read-modify-write (x86-TSO; on weaker machines the release store and the load that follows it may be
 * reordered in just the same way). Not modelled: spinning, interrupts (which leave the queue as timeouts do), growth.
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
bool woken = false;
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

/* The slow exit, holding the lock. */
inline unlockSlow(me) {
    leave();
    lockBucket(me);
    chooseFirst();
    clearParkedIfLast();
    if
    :: w != NONE -> wake(w, HANDOFF)
    :: if :: w != NONE -> woken = true :: else fi;
        locked = 0;
        if :: w != NONE -> wake(w, RETRY) :: else fi
    fi;
    unlockBucket()
}

/* After the release: somebody was overlooked. */
inline wakeOne(me) {
    lockBucket(me);
    chooseFirst();
    clearParkedIfLast();
    if
    :: w != NONE -> woken = true; wake(w, RETRY)
    :: else
    fi;
    unlockBucket()
}

#ifdef NO_SHARED
#define FENCED woken
#else
#define FENCED (woken || shared)
#endif

inline unlock(me) {
    if
    :: parked && !woken -> unlockSlow(me)
    :: !(parked && !woken) && FENCED ->
        leave();
        atomic { DRAINED(me) -> locked = 0 };       /* volatile store: visible before the next step */
        if
        :: parked && !woken -> wakeOne(me)
        :: else
        fi
    :: !(parked && !woken) && !FENCED ->
        leave();
        atomic { DRAINED(me) -> delayed[me] = true };   /* release store: visible sometime */
#ifndef NO_SECOND_LOOK
        if
        :: parked && !woken -> wakeOne(me)
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

/* Arms the parker and takes up the duty to look again if it is free. Under the bucket lock. */
inline settle(me) {
    awake[me] = false;
#ifndef NO_REVALIDATE
    if
    :: !moved[me] && (sentinel == NONE || sentinel == me) -> sentinel = me
    :: else
    fi
#endif
}

/*
 * got: whether the lock is held at the end. timed: whether the thread may give up. returning, set by the caller: whether an
 * unlock has woken this thread.
 */
inline lock(me, timed) {
    got = false;
    do
    :: atomic { DRAINED(me) && locked == 0 -> locked = 1 };
        if :: returning -> woken = false :: else fi;
        got = true;
        break
    :: LOCKED(me) != 0 ->
        atomic { DRAINED(me) -> parked = true };
#ifndef KEEP_WOKEN
        if :: returning -> woken = false :: else fi;
#endif
        lockBucket(me);
        if
        :: locked == 0 || !parked -> unlockBucket(); returning = false      /* INVALID */
        :: else ->
            if :: returning -> prepend(me) :: else -> append(me) fi;
            returning = false;
            settle(me);
            unlockBucket();
            sleep(me, timed);
            if
            :: chosen[me] ->
                chosen[me] = false;
                awake[me] = false;
                if
                :: token[me] == HANDOFF -> got = true; break
                :: else -> returning = true
                fi
            :: gaveUp -> break
            :: else
            fi
        fi
    od;
    returning = false;
    gaveUp = false
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
    bool have, got, gaveUp, duty, returning;
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
    bool have, got, gaveUp, duty, returning;
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
    bool have, got, gaveUp, duty, returning;
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
            :: else -> moved[w] = true; append(w)
#else
            :: true -> moved[w] = true; append(w)
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

/*
 * The lock of a bucket (WordLock): a model of the protocol, checked exhaustively with spin.
 *
 *   spin -run -DSAFETY wordlock.pml            a waiter sleeps until it is woken: the protocol alone must lose no wake
 *   spin -DLOOKS -run -DSAFETY wordlock.pml    it also looks by itself; wakes may get lost, and a waiter may have no place
 *   spin -DFOUR -run -DSAFETY wordlock.pml     four threads that take the lock once, instead of three of which two come again
 *
 * All must report "errors: 0". The model must be able to fail; each of these leaves a step out or changes the order of two,
 * and must report an error (check runs all). The letters are those of the overview in WordLock:
 *
 *   -DRELEASE_STORE     (C) is only a release store: it may become visible after (D)
 *   -DLOOK_FIRST        (D) before (C): the holder looks at the arrivals before it frees the lock
 *   -DNO_LOOK           no (D): the holder wakes those in the queue only
 *   -DNO_SECOND_TRY     no (B): a waiter goes to sleep right after (A), pushing itself
 *   -DNO_FILING         a waiter that acquires leaves the arrivals, itself among them, as they are
 *   -DIGNORE_STARVED    a thread that has just come takes the lock though a waiter was passed by
 *   -DNOT_STARVED       a waiter that was passed by does not say so
 *   -DARRIVALS_FIRST    an unlock wakes one of the arrivals although there is a queue
 *   -DYOUNGEST_FIRST    a waiter that acquires files the arrivals in the order of the stack
 *   -DNO_MUTEX          (B) looks and takes in two steps
 *
 * What is modelled. Some threads that each take the lock once or twice. A thread that has just come tries to take the lock as
 * often as it likes, in three steps (it reads `state`, it reads `starved`, it does its compare-and-set), and becomes a waiter
 * whenever it likes; so it barges in wherever it can, and its spinning needs no model of its own. Every access to a field that
 * others may change is a step. `queue` belongs to the holder, who appends the arrivals and takes itself out in the step that
 * takes the arrivals. A wake is the permit of LockSupport, which may be left over for a later sleep. With RELEASE_STORE
 * the holder's store goes through a store buffer: it becomes visible at any later moment, but before the same thread's next
 * volatile write or atomic read-modify-write (x86-TSO; on weaker machines a release store and the load that follows may be
 * reordered in just the same way). Not modelled: interrupts, which only end a sleep, as a left-over permit does; and time.
 *
 * What is checked.
 *   - Two holders never (enter()).
 *   - No waiter sleeps for ever while nobody is on the way to it: every end state has all threads done (spin's invalid end
 *     states). With LOOKS a sleep may end at any time, so that there it is only checked that nothing else goes wrong.
 *   - Once a waiter that was passed by has said so, no thread that comes afterwards finds that it may take the lock, until a
 *     waiter has taken it (MAY_TAKE). "Afterwards": it may have looked at `starved` before, and be about to take.
 *   - An unlock that finds a queue wakes whoever of all waiters has waited longest (chooseSuccessor()).
 */

#ifdef FOUR
#define N 4
#else
#define N 3
#endif
#define NONE 255

#define FREE 0
#define HELD 1

byte state = FREE;      /* as memory has it */
bool starved = false;
byte arrivals = NONE;   /* the top of the stack */
byte queue = NONE;      /* the first */
byte next[N];           /* in either list */

bool permit[N];         /* of LockSupport */
bool delayed[N];        /* thread i's store "state = FREE" is still in its store buffer */

/* For what is checked. */
byte holders = 0;
bool listed[N];         /* in one of the two lists */
byte came[N];           /* when it was pushed */
byte pushes = 0;
bool taken = false;     /* a waiter has taken the lock, and has not cleared `starved` yet */
bool owed = false;      /* a waiter has been passed by and has said so, and no waiter has taken the lock since */

/* A thread sees its own delayed store. */
#define STATE(i) (delayed[i] -> FREE : state)

/* A volatile write or an atomic read-modify-write of thread i waits for its store buffer. */
#define DRAINED(i) (!delayed[i])

inline enter() { d_step { holders++; assert(holders == 1) } }
inline leave() { holders-- }

/* ---- taking the lock */

/* What a thread that has just come finds when it looks at `starved`. */
#ifdef IGNORE_STARVED
#define MAY_TAKE atomic { true -> assert(!owed) }
#else
#define MAY_TAKE atomic { !starved -> assert(!owed) }
#endif

/* By a thread that has just come. got: whether it has taken it. */
inline tryLock(me) {
    if
    :: STATE(me) == FREE ->
        if
        :: MAY_TAKE ->
            if
            :: atomic { DRAINED(me) && state == FREE -> state = HELD }; got = true
            :: DRAINED(me) && state != FREE
            fi
        :: else
        fi
    :: else
    fi
}

/* By a waiter. */
inline tryTake(me) {
    if
#ifdef NO_MUTEX
    :: STATE(me) == FREE -> state = HELD; taken = true; owed = false; got = true
    :: else
#else
    :: STATE(me) == FREE ->
        if
        :: atomic { DRAINED(me) && state == FREE -> state = HELD; taken = true; owed = false }; got = true
        :: DRAINED(me) && state != FREE
        fi
    :: else
#endif
    fi
}

/* (A) */
inline push(me) {
    atomic {
        DRAINED(me) -> next[me] = arrivals; arrivals = me;
        listed[me] = true; came[me] = pushes; pushes++
    }
}

/* Appends the arrivals to the queue, oldest first, and takes this thread out. By the holder. */
inline fileArrivals(me) {
#ifdef NO_FILING
    skip
#else
    d_step {
        waiter = arrivals;
        arrivals = NONE;
        last = NONE;
#ifdef YOUNGEST_FIRST
        oldest = waiter;
#else
        oldest = NONE;
        do
        :: waiter != NONE -> older = next[waiter]; next[waiter] = oldest; oldest = waiter; waiter = older
        :: else -> break
        od;
#endif
        if
        :: queue == NONE -> queue = oldest
        :: else ->
            last = queue;
            do
            :: next[last] != NONE -> last = next[last]
            :: else -> break
            od;
            next[last] = oldest
        fi;
        if
        :: queue == me -> queue = next[me]
        :: else ->
            last = queue;
            do
            :: next[last] != me -> last = next[last]
            :: else -> break
            od;
            next[last] = next[me]
        fi;
        next[me] = NONE;
        listed[me] = false;
        waiter = NONE; oldest = NONE; older = NONE; last = NONE
    }
#endif
}

/* Until woken, or for some time. */
inline sleep(me) {
    if
    :: atomic { permit[me] -> permit[me] = false }
#ifdef LOOKS
    :: true
#endif
    fi
}

inline lockSlow(me) {
#ifdef LOOKS
    if
    :: placed = true
    :: placed = false                                   /* no memory for a place */
    fi;
#endif
    if
    :: placed -> push(me)                               /* (A) */
    :: else
    fi;
#ifdef NO_SECOND_TRY
    sleep(me);
#endif
    do
    :: true -> tryTake(me);                                     /* (B) */
        if
        :: got -> break
        :: else -> sleep(me)
        fi;
        if
        :: STATE(me) == HELD ->                         /* passed by */
#ifdef NOT_STARVED
            owed = true
#else
            /* A waiter that has taken the lock but is yet to clear `starved` takes this back. */
            atomic { DRAINED(me) -> starved = true; owed = !taken }
#endif
        :: else
        fi
    od;
    enter();
    atomic { DRAINED(me) -> starved = false; taken = false };
    if
    :: placed -> fileArrivals(me)
    :: else
    fi
}

/* ---- freeing it */

inline lookAtArrivals() {
    if
#ifdef ARRIVALS_FIRST
    :: arrivals != NONE -> successor = arrivals
    :: else
#else
    :: successor == NONE -> successor = arrivals        /* (D) */
    :: else
#endif
    fi
}

/* Whoever is first in the queue has waited longest. Otherwise the arrivals will be looked at. */
inline chooseSuccessor() {
    successor = queue;
#ifdef ARRIVALS_FIRST
    lookAtArrivals();
#endif
    d_step {
        i = 0;
        do
        :: i < N ->
            assert(queue == NONE || !listed[i] || came[successor] <= came[i]);
            i++
        :: else -> break
        od;
        i = 0
    }
}

inline unlock(me) {
    chooseSuccessor();
#ifdef LOOK_FIRST
    lookAtArrivals();
#endif
    leave();
#ifdef RELEASE_STORE
    atomic { DRAINED(me) -> delayed[me] = true };
#else
    state = FREE;                                       /* (C) */
#endif
#if !defined(LOOK_FIRST) && !defined(NO_LOOK)
    lookAtArrivals();
#endif
    if
    :: successor != NONE -> permit[successor] = true
#ifdef LOOKS
    :: successor != NONE                                /* lost */
#endif
    :: else
    fi;
    successor = NONE
}

/* ---- threads */

/* Store buffers drain at any time. */
active proctype memory() {
end:
    do
    :: atomic { delayed[0] -> state = FREE; delayed[0] = false }
    :: atomic { delayed[1] -> state = FREE; delayed[1] = false }
    :: atomic { delayed[2] -> state = FREE; delayed[2] = false }
#ifdef FOUR
    :: atomic { delayed[3] -> state = FREE; delayed[3] = false }
#endif
    od
}

proctype locker(byte me; byte rounds) {
    byte successor = NONE, waiter = NONE, oldest = NONE, older = NONE, last = NONE, i;
    bool got, placed = true;
    do
    :: rounds > 0 ->
        rounds--;
        got = false;
        do
        :: true -> tryLock(me);
            if
            :: got -> enter(); break
            :: else
            fi
        :: true -> lockSlow(me); break
        od;
        unlock(me)
    :: else -> break
    od
}

init {
    atomic {
        next[0] = NONE;
        next[1] = NONE;
        next[2] = NONE;
#ifdef FOUR
        next[3] = NONE;
        run locker(3, 1);
        run locker(0, 1);
        run locker(1, 1);
        run locker(2, 1)
#else
        run locker(0, 2);
        run locker(1, 1);
        run locker(2, 2)
#endif
    }
}

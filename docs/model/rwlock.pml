/*
 * RwLock on the parking lot: a model of the protocol, checked exhaustively with spin. See check.
 *
 *   -DRECURSION  a reader that holds the lock until a recursive reader is in, and two writers: must not deadlock
 *   -DUPGRADE    upgradable holders that upgrade, with and without a timeout, a reader and a writer
 *   (neither)    readers, a writer with a timeout, a writer, an upgradable holder that does not upgrade
 *
 * The model must be able to fail. Each of these leaves a mechanism out and must report an error:
 *
 *   -DNO_ADMIT -DRECURSION       a claiming writer does not wake parked recursive readers (upstream #505)
 *   -DNO_GIVEUP_WAKE             a writer that gives up its claim does not wake those who waited for it
 *   -DSTALE_STATE -DUPGRADE      a release works on the state as it was before the bucket was locked
 *   -DNO_DRAIN_WAKE -DUPGRADE    the last reader does not look at DRAINING
 *
 * The state is one word, so every change is one atomic step that sees all of it. Both queues' buckets are one bucket. Spinning
 * is left out; interrupts leave as timeouts do.
 */

#define N 4

#define READ 0
#define RECURSIVE_READ 1
#define UPGRADABLE_READ 2
#define WRITE 3

#define RETRY 0
#define HANDOFF 1

/* The state word. */
byte readers = 0;
bool writer = false;
bool upgradable = false;
bool recursive = false;
bool draining = false;
bool parked = false;

bool bucket = false;
byte queue[N];
byte mode[N];
byte queued = 0;
byte drainer = N;               /* who is in the drain queue, N for nobody */

bool chosen[N];
byte token[N];
bool picked[N];

byte holdRead = 0;
byte holdUpgradable = 0;
byte holdWrite = 0;
bool recursiveIn = false;
byte running = N;

#define ADMITTED(m) ((m == READ && !writer) || (m == RECURSIVE_READ && (!writer || readers > 0)) || (m >= UPGRADABLE_READ && !writer && !upgradable))

#define CONSISTENT (holdWrite == 0 || (holdWrite == 1 && holdRead == 0 && holdUpgradable == 0)) && holdUpgradable <= 1

inline lockBucket() { atomic { !bucket -> bucket = true } }
inline unlockBucket() { bucket = false }

inline add(m) {
    if
    :: m == READ || m == RECURSIVE_READ -> readers++
    :: m == UPGRADABLE_READ -> readers++; upgradable = true
    :: m == WRITE -> writer = true
    fi
}

inline clearIfEmpty() {
    if
    :: queued == 0 -> parked = false; recursive = false
    :: else
    fi
}

/* The filter: picks from the queue as if state (w, u) plus those picked held the lock. Changes no queue yet. */
inline pick(u) {
    atomic {
        planWriter = false;
        planUpgradable = u;
        planReaders = 0;
        left = 0;
        k = 0;
        do
        :: k < queued && !planWriter ->
            if
            :: planUpgradable && mode[queue[k]] >= UPGRADABLE_READ -> left++
            :: else ->
                picked[queue[k]] = true;
                if
                :: mode[queue[k]] == WRITE -> planWriter = true
                :: mode[queue[k]] == UPGRADABLE_READ -> planUpgradable = true; planReaders++
                :: else -> planReaders++
                fi
            fi;
            k++
        :: else -> break
        od;
        left = left + queued - k;
        k = 0
    }
}

/* Takes the picked out of the queue and wakes them. */
inline commit(t) {
    atomic {
        k = 0;
        left = 0;
        do
        :: k < queued ->
            if
            :: picked[queue[k]] -> picked[queue[k]] = false; token[queue[k]] = t; chosen[queue[k]] = true
            :: else -> queue[left] = queue[k]; left++
            fi;
            k++
        :: else -> break
        od;
        do
        :: left < queued -> queued--; queue[queued] = 0
        :: else -> break
        od;
        k = 0;
        left = 0
    }
}

/* After the lock was released or weakened: wakes who can be admitted beside an upgradable hold or not. */
inline wakeAdmitted(u) {
    lockBucket();
    pick(u);
    atomic { if :: left == 0 -> parked = false; recursive = false :: else fi };
    commit(RETRY);
    unlockBucket()
}

inline giveUp(me) {
    atomic {
        k = 0;
        do
        :: queue[k] != me -> k++
        :: else -> break
        od;
        do
        :: k + 1 < queued -> queue[k] = queue[k + 1]; k++
        :: else -> break
        od;
        queued--;
        queue[queued] = 0;
        k = 0;
        clearIfEmpty()
    }
}

/* Sets got. A writer is left with its claim. */
inline acquire(me, m, timed) {
    got = false;
    gaveUp = false;
    do
    :: atomic { ADMITTED(m) -> add(m) }; got = true; break
    :: atomic { !ADMITTED(m) -> parked = true; if :: m == RECURSIVE_READ -> recursive = true :: else fi };
        lockBucket();
        if
        :: atomic { !ADMITTED(m) && parked && (m != RECURSIVE_READ || recursive) -> mode[me] = m; queue[queued] = me; queued++ };
            unlockBucket();
            if
            :: chosen[me]
            :: timed -> lockBucket();
                if
                :: chosen[me]
                :: else -> giveUp(me); gaveUp = true
                fi;
                unlockBucket()
            fi;
            if
            :: gaveUp -> break
            :: else ->
                chosen[me] = false;
                if
                :: token[me] == HANDOFF -> got = true; break
                :: else
                fi
            fi
        :: else -> unlockBucket()
        fi
    od
}

/* With the claim. If patience ends: back to u (upgradable) or nothing, and got is false. */
inline drain(me, u, timed) {
    got = true;
    do
    :: readers == 0 -> break
#ifndef NO_ADMIT
    :: readers > 0 && recursive ->
        lockBucket();
        atomic {
            k = 0;
            do
            :: k < queued -> picked[queue[k]] = (mode[queue[k]] == RECURSIVE_READ); if :: !picked[queue[k]] -> left++ :: else fi; k++
            :: else -> break
            od;
            recursive = false;
            if :: left == 0 -> parked = false :: else fi;
            left = 0;
            k = 0
        };
        commit(RETRY);
        unlockBucket()
    :: atomic { readers > 0 && !recursive -> draining = true };
#else
    :: atomic { readers > 0 -> draining = true };
#endif
        lockBucket();
        if
        :: atomic { readers > 0 && draining -> drainer = me };
            unlockBucket();
            if
            :: chosen[me]
            :: timed -> lockBucket();
                if
                :: chosen[me]
                :: else -> atomic { drainer = N; draining = false }; gaveUp = true
                fi;
                unlockBucket()
            fi;
            if
            :: gaveUp ->
                gaveUp = false;
                got = false;
                atomic {
                    writer = false;
                    had = parked;
                    if :: u -> upgradable = true; readers++ :: else fi
                };
                if
#ifdef NO_GIVEUP_WAKE
                :: true
#else
                :: had -> wakeAdmitted(u)
                :: else
#endif
                fi;
                break
            :: else -> chosen[me] = false
            fi
        :: else -> unlockBucket()
        fi
    od
}

inline unlockRead() {
    atomic { last = (readers == 1); readers--; wasDraining = draining };
    if
#ifdef NO_DRAIN_WAKE
    :: last && wasDraining -> draining = false
#else
    :: last && wasDraining ->
        lockBucket();
        atomic { draining = false };
        if
        :: drainer != N -> atomic { token[drainer] = RETRY; chosen[drainer] = true; drainer = N }
        :: else
        fi;
        unlockBucket()
#endif
    :: else
    fi
}

/* Gives back an upgradable (u) or write hold, perhaps by handing over. */
inline release(u) {
    if
    :: atomic { !parked -> if :: u -> readers--; upgradable = false :: !u -> writer = false fi }
    :: atomic { parked -> staleReaders = readers };
        lockBucket();
        pick(false);
        if
        :: atomic {
            left < queued ->
#ifdef STALE_STATE
            readers = staleReaders;
#endif
            if :: u -> readers--; upgradable = false :: !u -> writer = false fi;
            readers = readers + planReaders;
            if :: planUpgradable -> upgradable = true :: else fi;
            if :: planWriter -> writer = true :: else fi;
            if :: left == 0 -> parked = false; recursive = false :: else fi };
            commit(HANDOFF)
        :: atomic {
#ifdef STALE_STATE
            readers = staleReaders;
#endif
            if :: u -> readers--; upgradable = false :: !u -> writer = false fi;
            if :: left == 0 -> parked = false; recursive = false :: else fi };
            commit(RETRY)
        fi;
        unlockBucket()
    fi
}

#define LOCALS byte k, left, planReaders, staleReaders; bool got, gaveUp, had, last, wasDraining, planWriter, planUpgradable

/* waitFor: holds the lock until the recursive reader is in. */
proctype reader(byte me, m; bool timed, waitFor) {
    LOCALS;
    acquire(me, m, timed);
    if
    :: got ->
        atomic { holdRead++; assert(CONSISTENT) };
        if
        :: m == RECURSIVE_READ -> recursiveIn = true
        :: else
        fi;
        if
        :: waitFor -> recursiveIn
        :: else
        fi;
        holdRead--;
        unlockRead()
    :: else
    fi;
    running--
}

proctype write(byte me; bool timed) {
    LOCALS;
    acquire(me, WRITE, timed);
    if
    :: got ->
        drain(me, false, timed);
        if
        :: got ->
            atomic { holdWrite++; assert(CONSISTENT) };
            holdWrite--;
            release(false)
        :: else
        fi
    :: else
    fi;
    running--
}

proctype upgrader(byte me; bool upgrades, timed) {
    LOCALS;
    acquire(me, UPGRADABLE_READ, false);
    atomic { holdUpgradable++; assert(CONSISTENT) };
    if
    :: upgrades ->
        atomic { holdUpgradable--; readers--; upgradable = false; writer = true };
        drain(me, true, timed);
        if
        :: got ->
            atomic { holdWrite++; assert(CONSISTENT) };
            holdWrite--;
            release(false)
        :: else -> atomic { holdUpgradable++; assert(CONSISTENT) }; holdUpgradable--; release(true)
        fi
    :: else -> holdUpgradable--; release(true)
    fi;
    running--
}

init {
    atomic {
#ifdef RECURSION
        run write(0, false);
        run reader(1, READ, false, true);
        run write(2, false);
        run reader(3, RECURSIVE_READ, false, false)
#else
#ifdef UPGRADE
        run upgrader(0, true, true);
        run upgrader(1, true, false);
        run reader(2, READ, false, false);
        run write(3, false)
#else
        run reader(0, READ, false, false);
        run write(1, true);
        run reader(2, READ, true, false);
        run upgrader(3, false, false)
#endif
#endif
    };
    running == 0;
    assert(readers == 0 && !writer && !upgradable && !recursive && !draining && !parked && queued == 0)
}

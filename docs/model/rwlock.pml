/*
 * RwLock on the parking lot: a model of the protocol, checked exhaustively with spin. See check.
 *
 *   -DRECURSION  a reader that holds the lock until a recursive reader is in, and two writers: must not deadlock
 *   -DUPGRADE    upgradable holders that upgrade, with and without a timeout, a reader and a writer
 *   -DBIAS       the lock is biased towards readers, and may be biased once more: two readers, whose holds are released by other
 *                threads than took them, a writer with a timeout, and a writer; with -DRECURSION or -DUPGRADE, those with a bias
 *   -DLOOK       with -DBIAS: a reader that asks, while it reads, whether somebody reads; two readers and a writer
 *   (none)       readers, a writer with a timeout, a writer, an upgradable holder that does not upgrade
 *
 * The model must be able to fail. Each of these leaves a mechanism out and must report an error:
 *
 *   -DNO_ADMIT -DRECURSION       a claiming writer does not wake parked recursive readers (upstream #505)
 *   -DNO_GIVEUP_WAKE             a writer that gives up its claim does not wake those who waited for it
 *   -DSTALE_STATE -DUPGRADE      a release works on the state as it was before the bucket was locked
 *   -DNO_DRAIN_WAKE -DUPGRADE    the last reader does not look at DRAINING
 *   -DKEEP_WOKEN -DUPGRADE       a woken writer that parks again leaves WOKEN set
 *   -DNO_SECOND_LOOK -DBIAS      a reader that has counted itself in the row does not look again whether the lock is biased
 *   -DNO_MOVE -DBIAS             a claimer does not look into the row
 *   -DTAKE_FIRST -DBIAS          it takes holds out of the row before it has put them into the state
 *   -DRETRACT_AT_ONCE -DBIAS     it takes back at once what it has added, if a reader leaves the row meanwhile, as far as there is any
 *   -DGIVE_BACK -DBIAS           a reader whose count has been moved believes that it does not hold the lock
 *   -DLOOK_BIASED -DLOOK -DBIAS  a look for readers goes through the row while the lock is biased, and believes what it sees
 *   -DROW_LAST -DLOOK -DBIAS     it does not look at the state once more after the row
 *   -DNOT_ELSEWHERE -DBIAS       a release looks into its own place of the row only
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
bool woken = false;

#ifdef BIAS
bool biased = true;
bool row = true;                /* the row may have holds */
byte biasings = 1;              /* how often more */
#else
bool biased = false;
bool row = false;
byte biasings = 0;
#endif
byte place[2];                  /* the row: the holds that are not in the state, in two places */

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
    :: m == WRITE -> writer = true; biased = false
    fi
}

/* Sets got if the caller is counted, in the row or, because it was moved, in the state. */
inline enterRow(p) {
    place[p]++;
    if
    :: biased -> got = true
#ifdef NO_SECOND_LOOK
    :: else -> got = true
#else
    :: else ->
        if
        :: atomic { place[p] > 0 -> place[p]-- }
#ifdef GIVE_BACK
        :: atomic { place[p] == 0 -> skip }
#else
        :: atomic { place[p] == 0 -> got = true }
#endif
        fi
#endif
    fi
}

/* By a claimer: moves the holds in the row to the state. */
inline revoke() {
    p = 0;
    owed = 0;
    do
    :: p < 2 ->
        moved = place[p];
        if
        :: moved == 0 -> p++
        :: else ->
#ifdef TAKE_FIRST
            if
            :: atomic { place[p] == moved -> place[p] = 0 }; readers = readers + moved; p++
            :: atomic { place[p] != moved -> skip }
            fi
#else
            if
            :: owed < moved -> atomic { readers = readers + moved - owed; owed = moved }
            :: else
            fi;
            if
            :: atomic { place[p] == moved -> place[p] = 0; owed = owed - moved; p++ }
#ifdef RETRACT_AT_ONCE
            :: atomic { place[p] != moved -> if :: readers >= owed -> readers = readers - owed :: else -> readers = 0 fi; owed = 0 }
#else
            :: atomic { place[p] != moved -> skip }
#endif
            fi
#endif
        fi
    :: else -> break
    od;
    atomic {
        assert(readers >= owed);
        readers = readers - owed;
        owed = 0;
        p = 0;
        moved = 0
    }
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
    atomic {
        if :: left == 0 -> parked = false; recursive = false :: else fi;
        if :: planWriter -> woken = true :: else fi
    };
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

/* A woken writer has acquired the lock, or is about to park again. */
inline arrive() {
    if
    :: wasWoken -> woken = false; wasWoken = false
    :: else
    fi
}

/* Sets got. A writer is left with its claim. */
inline acquire(me, m, timed) {
    got = false;
    gaveUp = false;
    do
    :: m <= RECURSIVE_READ && biased -> enterRow(me % 2); if :: got -> break :: else fi
    :: atomic { m <= RECURSIVE_READ && biasings > 0 && !writer && !row -> biasings--; biased = true; row = true } /* readers met */
    :: atomic { ADMITTED(m) -> add(m); arrive() }; got = true; break
    :: atomic {
        !ADMITTED(m) ->
        parked = true;
        if :: m == RECURSIVE_READ -> recursive = true :: else fi;
#ifndef KEEP_WOKEN
        arrive()
#endif
    };
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
                :: else -> wasWoken = (m == WRITE)
                fi
            fi
        :: else -> unlockBucket()
        fi
    od
}

/* With the claim. If patience ends: back to u (upgradable) or nothing, and got is false. */
inline drain(me, u, timed) {
    got = true;
#ifndef NO_MOVE
    if :: row -> revoke() :: else fi;
#endif
    do
    :: atomic { readers == 0 -> row = false }; break
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

/* By a thread that reads: finds that somebody reads. */
inline look() {
    do
    :: atomic { readers > upgradable -> break }
    :: atomic { readers <= upgradable -> wasBiased = biased };
        p = 0;
        do
        :: p < 2 && place[p] == 0 -> p++
        :: else -> break
        od;
        if
        :: p < 2 -> break
        :: p == 2 ->
            if
#ifndef LOOK_BIASED
            :: wasBiased -> biased = false
            :: else ->
#else
            :: true ->
#endif
#ifdef ROW_LAST
                assert(false)
#else
                assert(readers > upgradable); break
#endif
            fi
        fi
    od;
    atomic { p = 0; wasBiased = false }
}

/* By a thread that counts in place own of the row. */
inline unlockRead(own) {
    last = false;
    wasDraining = false;
    do
    :: row && place[own] > 0 -> if :: atomic { place[own] > 0 -> place[own]-- }; break :: atomic { place[own] == 0 -> skip } fi
    :: atomic { readers > upgradable -> last = (readers == 1); readers--; wasDraining = draining }; break
#ifdef NOT_ELSEWHERE
    :: else -> assert(false)
#else
    :: else ->
        if
        :: place[1 - own] > 0 -> if :: atomic { place[1 - own] > 0 -> place[1 - own]-- }; break :: atomic { place[1 - own] == 0 -> skip } fi
        :: else ->
            if
            :: biased -> biased = false
            :: else -> assert(readers > upgradable || place[own] > 0 || place[1 - own] > 0)
            fi
        fi
#endif
    od;
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
    :: atomic { !parked || woken -> if :: u -> readers--; upgradable = false :: !u -> writer = false fi }
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
            if :: planWriter -> writer = true; biased = false :: else fi;
            if :: left == 0 -> parked = false; recursive = false :: else fi };
            commit(HANDOFF)
        :: atomic {
#ifdef STALE_STATE
            readers = staleReaders;
#endif
            if :: u -> readers--; upgradable = false :: !u -> writer = false fi;
            if :: planWriter -> woken = true :: else fi;
            if :: left == 0 -> parked = false; recursive = false :: else fi };
            commit(RETRY)
        fi;
        unlockBucket()
    fi
}

#define LOCALS byte p, moved, owed, k, left, planReaders, staleReaders; bool wasBiased, got, gaveUp, wasWoken, had, last, wasDraining, planWriter, planUpgradable

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
#ifdef LOOK
        if
        :: me == 0 -> look()
        :: else
        fi;
#endif
        holdRead--;
        unlockRead((1 - me % 2))
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
        atomic { holdUpgradable--; readers--; upgradable = false; writer = true; biased = false };
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
#ifdef LOOK
        run reader(0, READ, false, false);
        run reader(1, READ, false, false);
        run reader(2, READ, false, false);
        run write(3, false)
#else
#ifdef BIAS
        run reader(0, READ, false, false);
        run reader(1, READ, false, false);
        run write(2, true);
        run write(3, false)
#else
        run reader(0, READ, false, false);
        run write(1, true);
        run reader(2, READ, true, false);
        run upgrader(3, false, false)
#endif
#endif
#endif
#endif
    };
    running == 0;
    assert(readers == 0 && !writer && !upgradable && !recursive && !draining && !parked && !woken && queued == 0 && place[0] == 0 && place[1] == 0)
}

/*
 * How the table changes its size while it is used (Table, Resizing): a model of the protocol, checked exhaustively with spin.
 *
 *   spin -run -DSAFETY table.pml               one bucket, then two, then one: two keys share a bucket, are separated, and
 *                                              share one again
 *   spin -DWIDE -run -DSAFETY table.pml        two buckets, then four, then two: the two keys never share a bucket, and may
 *                                              be in different generations, since a generation may be half moved
 *
 * With -DMOVERS two threads move instead of one, and one waiter waits instead of two. With -DREQUEUE a requeue of one key's
 * waiters to the other key comes instead of one waiter. Each of the two can be combined with -DWIDE. All six must report
 * "errors: 0". The model must be able to fail; each of these leaves a step out or changes the order of two, and must report an
 * error (check runs all):
 *
 *   -DNO_LOOK              an operation does not look whether the bucket that it has locked is forwarded
 *   -DLOOK_FIRST           it looks before it locks the bucket, and not afterwards
 *   -DONE_GENERATION       it goes on to the next generation once, and does not look whether that bucket is forwarded, too
 *   -DNO_ENTRY_CHECK       a thread that leaves does not look, in the lock, whether it is still in that queue
 *   -DNO_BUCKET_CHECK      nor whether that queue is still in that bucket
 *   -DREQUEUE -DCLOSED_IS_CHOSEN  a thread that leaves and finds its queue closed believes that it was chosen
 *   -DUNLOCK_EARLY         the mover unlocks an old bucket when it is marked as forwarded, before its queues have moved
 *   -DBORN_FREE            a new bucket is not locked while the mover fills it
 *   -DLATE_BUCKETS         the new buckets come to their places after the old one was forwarded and unlocked
 *   -DLATE_LINKS           the queues are told their new bucket after all buckets were unlocked
 *   -DLATE_NEXT            the next generation is linked after the first buckets were forwarded to it
 *   -DEARLY_CURRENT        the next generation becomes the current one when it is linked
 *   -DPUBLISH_ALWAYS       it becomes the current one although the mover has stopped in the middle
 *   -DFORWARD_ONE          a step that shrinks marks only the first of its two old buckets as forwarded
 *   -DMOVERS -DBLIND_NEXT  the next generation is linked by a plain write, though another may have been linked meanwhile
 *   -DMOVERS -DTWO_MOVERS  two threads move at the same time
 *   -DREQUEUE -DNO_LOOK_BESIDE    a requeue does not look whether its second bucket is forwarded
 *   -DREQUEUE -DWAIT_BESIDE       a requeue waits for its second bucket while it holds the first
 *   -DWAIT_TO_MERGE        a step that shrinks waits for its second bucket while it holds the first
 *   -DONE_BY_ONE           a step that shrinks locks its second bucket when it is done with the first, and has filled the new
 *                          one, which others know by then
 *   -DREQUEUE -DWAIT_BESIDE -DWAIT_TO_MERGE -DUNWATCHED  both of them wait so, and nothing but a deadlock is an error
 *
 * What is modelled. Three generations, of which the second is twice as large as the first and the third. A mover, which begins
 * to replace the current generation if nobody has begun, and moves its indexes one by one; before each it may run out of memory
 * and stop. It comes twice, and so may grow the table and then shrink it. Two keys, whose hashes are 0 and 1. Waiters: each
 * validates, puts itself into the queue of its key, and sleeps until it is woken or, if it is timed, until any moment. Then it
 * leaves. An unparker, which makes the waiters of one key invalid and wakes all, and then makes those of the other key invalid and
 * wakes one after the other until there are none. The requeuer moves waiters from the key that is unparked first to the
 * other. Whatever others may see is a step. What an operation does to a queue is one step, since it holds the bucket; but it
 * begins to work on the queue in one step and ends in a later one, so that two operations at once would be noticed.
 *
 * A queue is known by its key: the queue that is closed when it is empty is the one that is opened again, perhaps in another
 * bucket. In Java the object may come back for another key instead, or a new one for the same key. The lock of a bucket has a
 * model of its own, wordlock.pml; so here it is taken in one step. Not modelled: operations that fail, which leave the bucket as
 * it was; inspection; and the order of the waiters in a queue.
 *
 * What is checked.
 *   - No waiter is lost. Whoever has locked the bucket of a key finds the queue of the key there if anybody is in it (use());
 *     and every end state has all threads done (spin's invalid end states).
 *   - An unpark of one chooses one if there is one, and nobody is chosen twice, nor chosen after it has left (unpark(),
 *     take()). Whoever returns from its wait is in no queue (waiter()).
 *   - An operation works on a bucket only if it holds it and it is not forwarded; no two work on the same key (use()). A mover
 *     fills no bucket that somebody else has locked (adopt()).
 *   - Nobody waits for a bucket while it holds one that others know (lock()). This is stricter than that there is no deadlock,
 *     which spin checks, too.
 *   - Whoever is sent on to the next generation finds it (goOn()), and its bucket in it (lock(), tryLock()).
 */

#define NONE 255
#define FREE 255
#define KEYS 2
#define N 2             /* waiters */

/* Generations 0 and 2 have so many buckets, generation 1 has twice as many. */
#ifdef WIDE
#define SMALL 2
#else
#define SMALL 1
#endif
#define BUCKETS (4 * SMALL)
#define GENERATIONS 3
#define FIRST(g) (g == 0 -> 0 : (g == 1 -> SMALL : 3 * SMALL))
#define SIZE(g) (g == 1 -> 2 * SMALL : SMALL)
#define BUCKET(g, its) (FIRST(g) + (its & (SIZE(g) - 1)))

byte current = 0;               /* the current generation */
byte next[GENERATIONS] = NONE;  /* the one that follows */
byte moved[GENERATIONS];        /* how many indexes of it have been moved */
bool busy = false;              /* somebody moves */

bool inPlace[BUCKETS];          /* the bucket is in the array of its generation */
byte holder[BUCKETS] = FREE;    /* who has locked it */
bool forwarded[BUCKETS];

/* The queue of each key. */
byte chain[KEYS] = NONE;        /* the bucket in whose chain it is, NONE if it is closed */
byte link[KEYS] = NONE;         /* its own link to its bucket */

/* Each waiter. */
byte at[N] = NONE;              /* its link to its queue, which is known by its key; NONE before and after */
bool awake[N];

bool invalid[KEYS];             /* what validate looks at */

/* For what is checked. */
byte waiting[KEYS];             /* how many wait for the key */
bool used[KEYS];                /* an operation works on the key */

/* Every process has a number, me, and counts in holds how many buckets it holds that others know. */

/* ---- buckets */

#ifdef UNWATCHED
#define MAY_WAIT true
#else
#define MAY_WAIT (holds == 0)
#endif

/* Waits. */
inline lock(bucket) {
    atomic {
        assert(MAY_WAIT && inPlace[bucket]);
        holder[bucket] == FREE -> holder[bucket] = me; holds++
    }
}

/* got: whether that needed no waiting. */
inline tryLock(bucket) {
    atomic {
        assert(inPlace[bucket]);
        if
        :: holder[bucket] == FREE -> holder[bucket] = me; holds++; got = true
        :: else -> got = false
        fi
    }
}

inline unlock(bucket) { d_step { assert(holder[bucket] == me); holder[bucket] = FREE; holds-- } }

/* An operation begins to work on a key, whose bucket it has locked. */
inline use(its, bucket) {
    d_step {
        assert(holder[bucket] == me);
        assert(!forwarded[bucket]);
        assert(waiting[its] == 0 || chain[its] == bucket);
        assert(!used[its]);
        used[its] = true
    }
}

inline endUse(its) { used[its] = false }

#if defined(NO_LOOK)
#define IS_FORWARDED(bucket) false
#elif defined(LOOK_FIRST)
#define IS_FORWARDED(bucket) seen
#elif defined(ONE_GENERATION)
#define IS_FORWARDED(bucket) (forwarded[bucket] && g == first)
#else
#define IS_FORWARDED(bucket) forwarded[bucket]
#endif

/* On to the next generation. */
inline goOn() {
    g = next[g];
    assert(g != NONE)
}

/* Locks the bucket of a key, and begins to work on the key. */
inline enter(its, bucket) {
    g = current;
#ifdef ONE_GENERATION
    first = g;
#endif
    do
    :: bucket = BUCKET(g, its);
#ifdef LOOK_FIRST
        seen = forwarded[bucket];
#endif
        lock(bucket);
        atomic {
            if
            :: IS_FORWARDED(bucket) -> unlock(bucket); goOn()
            :: else -> use(its, bucket); g = 0; break
            fi
        }
    od
}

/* The same beside a bucket that is locked. got: whether that needed no waiting. */
inline tryEnterBeside(beside, its, bucket) {
    g = current;
    do
    :: bucket = BUCKET(g, its);
        if
        :: bucket == beside -> got = true
        :: else ->
#ifdef WAIT_BESIDE
            lock(bucket);
            got = true
#else
            tryLock(bucket)
#endif
        fi;
        atomic {
            if
            :: !got -> bucket = 0; g = 0; break
#ifndef NO_LOOK_BESIDE
            :: got && bucket != beside && forwarded[bucket] -> unlock(bucket); goOn()
#endif
            :: else -> use(its, bucket); g = 0; break
            fi
        }
    od
}

/* ---- queues; all with the bucket locked */

inline put(w, its, bucket) {
    chain[its] = bucket;
    link[its] = bucket;
    at[w] = its;
    waiting[its]++
}

inline take(w, its) {
    assert(at[w] == its);
    at[w] = NONE;
    waiting[its]--
}

inline closeIfEmpty(its) {
    if
    :: waiting[its] == 0 -> chain[its] = NONE; link[its] = NONE
    :: else
    fi
}

/* ---- waiters */

inline park(its) {
    enter(its, b);
    d_step {
        if
        :: invalid[its]
        :: else -> put(me, its, b); queued = true
        fi;
        endUse(its);
        unlock(b);
        b = 0
    }
}

#if defined(NO_ENTRY_CHECK)
#define LINKS_STAND link[q] == b
#elif defined(NO_BUCKET_CHECK)
#define LINKS_STAND at[me] == q
#else
#define LINKS_STAND at[me] == q && link[q] == b
#endif

/* Takes itself out of its queue, unless it has been chosen. */
inline leave() {
    do
    :: q = at[me];
        if
        :: q == NONE -> break
        :: else
        fi;
        b = link[q];
        if
        :: b != NONE ->
            lock(b);
            atomic {
                if
                :: LINKS_STAND -> use(q, b)
                :: else -> unlock(b); goto again
                fi
            };
            d_step { take(me, q); closeIfEmpty(q); endUse(q); unlock(b) };
            break
#ifdef CLOSED_IS_CHOSEN
        :: else -> break
#else
        :: else                                         /* it has been closed, and at[me] has changed before that */
#endif
        fi;
again:  skip
    od
}

proctype waiter(byte me; bool timed) {
    byte holds = 0, g = 0, b = 0, q = 0, first = 0;
    bool seen, queued;
    if
#ifndef REQUEUE
    :: true -> park(0)
#endif
    :: me == 1 -> park(1)
    fi;
    if
    :: queued ->
        if
        :: awake[me]
        :: timed -> leave()
        fi;
        assert(at[me] == NONE)
    :: else
    fi
}

/* ---- unparkers and requeuers */

/* Chooses one or all, if there are any. A bit of chosen for each of them. */
inline unpark(its, all) {
    enter(its, b);
    d_step {
        do
        :: w < N ->
            if
            :: at[w] == its && (all || chosen == 0) -> take(w, its); chosen = chosen | (1 << w)
            :: else
            fi;
            w++
        :: else -> break
        od;
        w = 0;
        assert(all -> waiting[its] == 0 : chosen != 0 || waiting[its] == 0);
        closeIfEmpty(its);
        endUse(its);
        unlock(b);
        b = 0
    };
    found = (chosen != 0);
    do
    :: chosen & 1 -> chosen = chosen - 1; awake[0] = true
    :: chosen & 2 -> chosen = chosen - 2; awake[1] = true
    :: chosen == 0 -> break
    od
}

/* First the key from which waiters may be moved. */
proctype unparker(byte me) {
    byte holds = 0, g = 0, b = 0, w = 0, chosen = 0, first = 0;
    bool seen, found;
    invalid[1] = true;
    unpark(1, true);
    invalid[0] = true;
    do
    :: unpark(0, false);
        if
        :: found
        :: else -> break
        fi
    od
}

inline enterBoth(from, to) {
    do
    :: enter(from, b);
        tryEnterBeside(b, to, b2);
        if
        :: got -> break
        :: else
        fi;
        d_step { endUse(from); unlock(b); b = 0 };
        enter(to, b2);
        tryEnterBeside(b2, from, b);
        if
        :: got -> break
        :: else
        fi;
        d_step { endUse(to); unlock(b2); b2 = 0 }
    od
}

/* Moves all waiters of a key to another. */
proctype requeuer(byte me; byte from; byte to) {
    byte holds = 0, g = 0, b = 0, b2 = 0, w = 0, first = 0;
    bool seen, got;
    enterBoth(from, to);
    do
    :: w < N ->
        d_step {
            if
            :: at[w] == from -> take(w, from); put(w, to, b2)
            :: else
            fi;
            w++
        }
    :: else -> break
    od;
    d_step { closeIfEmpty(from); endUse(from); endUse(to); unlock(b) };
    if
    :: b2 != b -> unlock(b2)
    :: else
    fi
}

/* ---- movers */

#ifdef BORN_FREE
#define BORN FREE
#else
#define BORN me
#endif

/* Puts a new bucket in its place. It is born locked, and nobody could lock it before it is in its place. */
inline place(bucket) { inPlace[bucket] = true; holder[bucket] = BORN; holds++ }

inline unlockNew(bucket) {
#ifdef BORN_FREE
    holds--
#else
    unlock(bucket)
#endif
}

/* Its new bucket. */
inline tell(k) {
    d_step {
        if
        :: chain[k] != NONE -> link[k] = chain[k]
        :: else
        fi
    }
}

/* Puts the queue of a key into the chain of its new bucket, if it is in the old one. With both locked. */
inline adopt(old, k) {
    d_step {
        if
        :: chain[k] == old ->
            assert(holder[BUCKET(g + 1, k)] == BORN);
            chain[k] = BUCKET(g + 1, k);
#ifndef LATE_LINKS
            link[k] = chain[k]
#endif
        :: else
        fi
    }
}

inline moveQueues(old) {
    adopt(old, 0);
    adopt(old, 1)
}

/* Two buckets for one. */
inline split(old, low, high) {
    lock(old);
#if defined(LATE_BUCKETS)
    forwarded[old] = true;
    unlock(old);
    d_step { place(low); place(high) };
    moveQueues(old);
#elif defined(UNLOCK_EARLY)
    d_step { place(low); place(high); forwarded[old] = true };
    unlock(old);
    moveQueues(old);
#else
    d_step { place(low); place(high); forwarded[old] = true };
    moveQueues(old);
    unlock(old);
#endif
    unlockNew(low);
    unlockNew(high)
}

/* Locks two buckets, but waits for either with empty hands. */
inline lockBoth(low, high) {
#ifdef WAIT_TO_MERGE
    lock(low);
    lock(high)
#else
    do
    :: lock(low);
        tryLock(high);
        if
        :: got -> break
        :: else
        fi;
        unlock(low);
        lock(high);
        tryLock(low);
        if
        :: got -> break
        :: else
        fi;
        unlock(high)
    od
#endif
}

/* One bucket for two. */
inline merge(low, high, new) {
#ifdef ONE_BY_ONE
    lock(low);
    d_step { place(new); forwarded[low] = true };
    moveQueues(low);
    unlock(low);
    lock(high);
    forwarded[high] = true;
    moveQueues(high);
    unlock(high);
#else
    lockBoth(low, high);
#ifdef FORWARD_ONE
    skip;
#else
    forwarded[high] = true;
#endif
#if defined(LATE_BUCKETS)
    forwarded[low] = true;
    unlock(low);
    unlock(high);
    d_step { place(new) };
    moveQueues(low);
    moveQueues(high);
#elif defined(UNLOCK_EARLY)
    d_step { place(new); forwarded[low] = true };
    unlock(low);
    unlock(high);
    moveQueues(low);
    moveQueues(high);
#else
    d_step { place(new); forwarded[low] = true };
    moveQueues(low);
    moveQueues(high);
    unlock(low);
    unlock(high);
#endif
#endif
    unlockNew(new)
}

inline moveOne() {
    if
    :: g == 0 -> split(i, FIRST(1) + i, FIRST(1) + i + SMALL)
    :: g == 1 -> merge(FIRST(1) + i, FIRST(1) + i + SMALL, FIRST(2) + i)
    fi;
#ifdef LATE_LINKS
    tell(0);
    tell(1)
#endif
}

/* Links the generation that follows g. */
inline linkNext() {
#ifdef BLIND_NEXT
    d_step {                                            /* a new one, whose buckets are others, none of them in its place */
        next[g] = g + 1;
        i = FIRST(g + 1);
        do
        :: i < FIRST(g + 1) + SIZE(g + 1) -> inPlace[i] = false; i++
        :: else -> break
        od;
        i = 0
    };
#else
    d_step {
        if
        :: next[g] == NONE -> next[g] = g + 1
        :: else
        fi
    };
#endif
#ifdef EARLY_CURRENT
    current = next[g]
#endif
}

/* Moves some indexes of g to the next generation. done: that was the rest. */
inline moveSome() {
    done = false;
    if
#ifdef TWO_MOVERS
    :: true ->
#else
    :: busy
    :: atomic { !busy -> busy = true };
#endif
        do
        :: moved[g] < SMALL ->
            i = moved[g];
            moveOne();
#ifdef LATE_NEXT
            linkNext();
#endif
            atomic { moved[g] = i + 1; i = 0 }
        :: moved[g] < SMALL ->                          /* no memory */
#ifdef PUBLISH_ALWAYS
            done = true;
#endif
            break
        :: else -> done = true; break
        od;
        busy = false
    fi
}

proctype mover(byte me; byte rounds) {
    byte holds = 0, g = 0, i = 0;
    bool got, done;
    do
    :: rounds > 0 ->
        rounds--;
        g = current;
        if
        :: g == GENERATIONS - 1
        :: else ->
#ifndef LATE_NEXT
            if
            :: next[g] == NONE -> linkNext()
            :: next[g] != NONE
            fi;
#endif
            moveSome();
            if
            :: done -> d_step { if :: current == g -> current = next[g] :: else fi }; done = false
            :: else
            fi
        fi;
        g = 0
    :: else -> break
    od
}

/* ---- all */

/* The numbers of waiters are places in the arrays above; the others have higher ones. */
init {
    atomic {
        inPlace[0] = true;
        inPlace[SMALL - 1] = true;
        run unparker(N);
        run mover(N + 1, 2);
#ifdef MOVERS
        run mover(N + 2, 1);
#endif
#ifdef REQUEUE
        run requeuer(N + 3, 1, 0);
#endif
#if defined(MOVERS) || defined(REQUEUE)
        run waiter(1, true)
#else
        run waiter(0, true);
        run waiter(1, false)
#endif
    }
}

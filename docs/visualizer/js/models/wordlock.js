/*
 * The lock of a bucket, after docs/model/wordlock.pml: the names of the fields and of what can be left out are those of
 * the model. Two threads that take the lock once, and one that takes it twice.
 */
(function (V) {
    'use strict';
    const { move, go, thread, isDone, numberOf, holdAlone, isDrained, drains, DONE } = V.engine;

    /** A thread sees its own store, also while it is in its buffer. */
    function stateFor(s, t) {
        return t.delayed ? 0 : s.state;
    }

    function names(s, numbers) {
        return numbers.map((number) => s.threads[number].name).join(', ');
    }

    const places = {
        next: {
            line: 'lock: look at the state',
            moves: (s, t) =>
                t.rounds === 0
                    ? [move('has done its rounds', (s, t) => go(t, DONE))]
                    : [
                          stateFor(s, t) === 0 &&
                              !s.starved &&
                              move('sees that the lock is free, and that no waiter was passed by', (s, t) =>
                                  go(t, 'tryLock'),
                              ),
                          move('gives up trying: it will wait', (s, t) => go(t, 'push')),
                      ],
        },
        tryLock: {
            line: 'lock: compare-and-set the state from FREE to HELD',
            moves: (s, t) => [
                isDrained(t) &&
                    (s.state === 0
                        ? move('takes the lock', (s, t) => {
                              s.state = 1;
                              holdAlone(s, t);
                              go(t, 'section');
                          })
                        : move('finds that somebody was faster', (s, t) => go(t, 'next'))),
            ],
        },
        push: {
            line: '(A) push itself onto the stack of the arrivals',
            moves: (s, t, left) => [
                isDrained(t) &&
                    move('pushes itself onto the stack of the arrivals', (s, t) => {
                        s.arrivals.unshift(numberOf(s, t));
                        go(t, left.NO_SECOND_TRY ? 'sleep' : 'tryTake');
                    }),
            ],
        },
        tryTake: {
            line: '(B) try to take the lock once more',
            moves: (s, t, left) => {
                if (stateFor(s, t) !== 0) {
                    return [move('sees that the lock is held', (s, t) => go(t, 'sleep'))];
                }
                if (left.NO_MUTEX) {
                    return [move('sees that the lock is free', (s, t) => go(t, 'takeBlindly'))];
                }
                return [move('sees that the lock is free', (s, t) => go(t, 'take'))];
            },
        },
        take: {
            line: '(B) compare-and-set the state from FREE to HELD',
            moves: (s, t) => [
                isDrained(t) &&
                    (s.state === 0
                        ? move('takes the lock', taken)
                        : move('finds that somebody was faster', (s, t) => go(t, 'sleep'))),
            ],
        },
        takeBlindly: {
            line: '(B) state = HELD, without looking again',
            moves: () => [move('writes HELD', taken)],
        },
        sleep: {
            line: 'asleep, until it has a permit',
            sleeps: true,
            moves: (s, t) => [
                t.permit &&
                    move('wakes up', (s, t) => {
                        t.permit = false;
                        go(t, 'passedBy');
                    }),
            ],
        },
        passedBy: {
            line: 'was it passed by? Then say so',
            moves: (s, t) => [
                stateFor(s, t) === 1
                    ? isDrained(t) &&
                      move('was passed by, and says so: newcomers must wait', (s, t) => {
                          s.starved = true;
                          go(t, 'tryTake');
                      })
                    : move('sees that the lock is free', (s, t) => go(t, 'tryTake')),
            ],
        },
        unstarve: {
            line: 'a waiter has the lock: newcomers need not wait any more',
            moves: (s, t) => [
                isDrained(t) &&
                    move('lets newcomers try again', (s, t) => {
                        s.starved = false;
                        go(t, 'file');
                    }),
            ],
        },
        file: {
            line: 'file the arrivals behind the queue, and take itself out',
            moves: (s, t, left) => [
                move(
                    left.NO_FILING ? 'leaves the arrivals as they are' : 'files the arrivals, and takes itself out',
                    (s, t) => {
                        if (!left.NO_FILING) {
                            s.queue = [...s.queue, ...s.arrivals.reverse()].filter((each) => each !== numberOf(s, t));
                            s.arrivals = [];
                        }
                        go(t, 'section');
                    },
                ),
            ],
        },
        section: {
            line: 'the critical section',
            moves: (s, t, left) => [
                move(
                    s.queue.length > 0
                        ? `chooses ${s.threads[s.queue[0]].name}, and begins to unlock`
                        : 'finds nobody in the queue, and begins to unlock',
                    (s, t) => {
                        t.successor = s.queue.length > 0 ? s.queue[0] : null;
                        if (left.LOOK_FIRST) {
                            lookAtArrivals(s, t);
                        }
                        t.holds = false;
                        go(t, 'free');
                    },
                ),
            ],
        },
        free: {
            line: '(C) state = FREE',
            moves: (s, t, left) => [
                isDrained(t) &&
                    (left.RELEASE_STORE
                        ? move('stores FREE; the store is in its store buffer', (s, t) => {
                              t.delayed = true;
                              go(t, 'lookAtArrivals');
                          })
                        : move('frees the lock', (s, t) => {
                              s.state = 0;
                              go(t, left.LOOK_FIRST || left.NO_LOOK ? 'wake' : 'lookAtArrivals');
                          })),
            ],
        },
        lookAtArrivals: {
            line: '(D) look at the arrivals, if nobody was chosen',
            moves: (s, t) => [
                move(
                    t.successor !== null
                        ? 'has somebody to wake already'
                        : s.arrivals.length > 0
                          ? `sees ${s.threads[s.arrivals[0]].name} among the arrivals`
                          : 'sees no arrivals',
                    (s, t) => {
                        lookAtArrivals(s, t);
                        go(t, 'wake');
                    },
                ),
            ],
        },
        wake: {
            line: 'wake who was chosen',
            moves: (s, t) => [
                move(t.successor === null ? 'wakes nobody' : `wakes ${s.threads[t.successor].name}`, (s, t) => {
                    if (t.successor !== null) {
                        s.threads[t.successor].permit = true;
                    }
                    t.successor = null;
                    t.rounds--;
                    go(t, 'next');
                }),
            ],
        },
    };

    function taken(s, t) {
        s.state = 1;
        holdAlone(s, t);
        go(t, 'unstarve');
    }

    function lookAtArrivals(s, t) {
        if (t.successor === null && s.arrivals.length > 0) {
            t.successor = s.arrivals[0];
        }
    }

    function memory(s) {
        return drains(s, 'the store buffer drains: FREE is visible to all', (s) => {
            s.state = 0;
        });
    }

    function stuck(s) {
        const asleep = s.threads.map((t, number) => (isDone(t) ? null : number)).filter((number) => number !== null);
        const who =
            `${names(s, asleep)} ${asleep.length > 1 ? 'sleep' : 'sleeps'} for ever, and the lock is ` +
            `${s.state === 0 ? 'free' : 'held by nobody'}. `;
        const listed = [...s.queue, ...s.arrivals];
        return asleep.every((number) => listed.includes(number))
            ? { kind: 'a lost wake-up', text: `${who}The last holder looked before they had come, or did not look.` }
            : { kind: 'a sleeper forgotten', text: `${who}A sleeper is in neither list.` };
    }

    function view(s) {
        const waiters = (numbers) => numbers.map((number) => ({ thread: s.threads[number].name }));
        return {
            threads: s.threads.map((t) => ({
                name: t.name,
                status: isDone(t)
                    ? 'done'
                    : t.permit && places[t.at].sleeps
                      ? 'woken'
                      : places[t.at].sleeps
                        ? 'parked'
                        : t.holds
                          ? 'holding'
                          : 'running',
                store: t.delayed ? 'state = FREE' : undefined,
                doing: !isDone(t) && t.permit && !places[t.at].sleeps ? 'has a permit for its next sleep' : undefined,
            })),
            words: [
                {
                    name: 'lock of the bucket',
                    fields: [
                        { name: 'state', value: s.state },
                        { name: 'starved', value: s.starved ? 1 : 0 },
                    ],
                },
            ],
            buckets: [
                {
                    name: 'its waiters',
                    queues: [
                        { key: 'queue (of the holder)', waiters: waiters(s.queue) },
                        { key: 'arrivals (the last comes first)', waiters: waiters(s.arrivals) },
                    ],
                },
            ],
        };
    }

    function person(name, rounds) {
        return thread(name, 'wordlock', 'next', {
            rounds,
            holds: false,
            delayed: false,
            permit: false,
            successor: null,
        });
    }

    V.models.push({
        id: 'bucket-lock',
        title: 'The lock of a bucket',
        about:
            'A bucket needs a lock, and that lock cannot use the parking lot, of which it is a part. It has a small ' +
            'queue of its own: who must wait pushes itself onto a stack of arrivals and tries once more; a holder ' +
            'that was a waiter puts the arrivals into order, oldest first; and who unlocks wakes the first.',
        task: 'Get two threads in at the same time, or let one sleep for ever.',
        switches: [
            {
                id: 'NO_MUTEX',
                also: [],
                text: 'A waiter looks at the lock and takes it in two steps.',
                hint: 'Between the look and the taking, let somebody else take it.',
            },
            {
                id: 'NO_SECOND_TRY',
                also: [],
                text: 'A waiter sleeps right after it has pushed itself.',
                hint: 'The holder must have looked at the arrivals before.',
            },
            {
                id: 'LOOK_FIRST',
                also: [],
                text: 'The holder looks at the arrivals before it frees the lock.',
                hint: 'Push somebody after that look.',
            },
            {
                id: 'NO_LOOK',
                also: [],
                text: 'The holder does not look at the arrivals.',
                hint: 'Nobody is in the queue unless a waiter has filed the arrivals.',
            },
            {
                id: 'RELEASE_STORE',
                also: [],
                text: 'The holder frees the lock by a store without a fence.',
                hint: 'Let the store stay in the store buffer for a while.',
            },
            {
                id: 'NO_FILING',
                also: [],
                text: 'A waiter that takes the lock leaves the arrivals, itself among them, as they are.',
                hint: 'Then the holder may wake itself.',
            },
        ],
        source: 'docs/model/wordlock.pml',
        notRecorded: true, // the lot does not show it
        places,
        memory,
        stuck,
        view,
        start: () => ({
            state: 0,
            starved: false,
            arrivals: [],
            queue: [],
            violation: null,
            threads: [person('A', 2), person('B', 1), person('C', 1)],
        }),
    });
})((globalThis.Visualizer = globalThis.Visualizer || {}));

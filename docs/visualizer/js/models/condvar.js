/*
 * Condvar, after docs/model/mutex.pml with -DCONDVAR: what a thread does that waits for a condition, and one that
 * signals all. The queue of the condition and that of the mutex are in one bucket. The rest is in mutex.js.
 */
(function (V) {
    'use strict';
    const { move, go, call, numberOf, holdAlone, isDrained } = V.engine;
    const { wake, lockBucket } = V.mutex;

    const RETRY = 'RETRY';
    const HANDOFF = 'HANDOFF';
    const SIGNALLED = 'SIGNALLED';

    /** Moves all from the queue of the condition to that of the mutex. */
    function requeue(s, ahead) {
        s.condQueue.forEach((each) => {
            s.threads[each].moved = true;
        });
        s.queue = ahead ? [...s.condQueue, ...s.queue] : [...s.queue, ...s.condQueue];
        s.condQueue = [];
    }

    Object.assign(V.mutex.places, {
        // -- a thread that waits for a condition
        await: {
            line: 'lock the mutex, in order to wait for the condition',
            moves: () => [move('begins to lock', (s, t) => call(t, 'lock', 'shared'))],
        },
        shared: {
            line: 'set SHARED: from now on every unlock has a fence',
            moves: () => [
                move('sets SHARED, while it holds the lock', (s, t) => {
                    s.shared = true;
                    go(t, 'condition');
                }),
            ],
        },
        condition: {
            line: 'does the condition hold?',
            moves: (s) => [
                s.signalled
                    ? move('sees that the condition holds already', (s, t) => call(t, 'unlock', 'finish'))
                    : move('sees that it must wait for the condition', (s, t) => go(t, 'condBucket')),
            ],
        },
        condBucket: {
            line: 'await: lock the bucket of the condition',
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'condEnqueue'),
        },
        condEnqueue: {
            line: 'await: into the queue of the condition, then unlock the mutex',
            moves: () => [
                move('is in the queue of the condition, and still holds the mutex', (s, t) => {
                    s.condQueue.push(numberOf(s, t));
                    t.awake = false;
                    s.bucket = null;
                    call(t, 'unlock', 'condSleep');
                }),
            ],
        },
        condSleep: {
            line: 'asleep, in whatever queue',
            sleeps: true,
            moves: (s, t) => [
                t.chosen &&
                    move(`wakes up, with the token ${t.token}`, (s, t) => {
                        t.chosen = false;
                        t.moved = false;
                        if (t.token === HANDOFF) {
                            holdAlone(s, t);
                            go(t, 'afterCondition');
                        } else {
                            t.returning = t.token === RETRY;
                            call(t, 'lock', 'afterCondition');
                        }
                        t.token = null;
                    }),
            ],
        },
        afterCondition: {
            line: 'holds the mutex again, and the condition holds',
            moves: () => [move('has done its work', (s, t) => call(t, 'unlock', 'finish'))],
        },
        // -- a thread that signals
        signal: {
            line: 'lock the mutex, in order to make the condition true',
            moves: () => [move('begins to lock', (s, t) => call(t, 'lock', 'makeTrue'))],
        },
        makeTrue: {
            line: 'make the condition true',
            moves: () => [
                move('makes the condition true, and begins to unlock', (s, t) => {
                    s.signalled = true;
                    call(t, 'unlock', 'signalBucket');
                }),
            ],
        },
        signalBucket: {
            line: 'signal: lock the buckets of both keys',
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'signalLook'),
        },
        signalLook: {
            line: 'signal: is anybody waiting, and is the mutex free?',
            moves: (s) => {
                if (s.condQueue.length === 0) {
                    return [
                        move('finds nobody (any more) in the queue of the condition', (s, t) => {
                            s.bucket = null;
                            go(t, 'finish');
                        }),
                    ];
                }
                const first = s.threads[s.condQueue[0]].name;
                return [
                    s.locked === 0
                        ? move(`finds the mutex free: it is going to wake ${first}`, (s, t) =>
                              go(t, s.condQueue.length > 1 ? 'markRest' : 'wakeFirst'),
                          )
                        : move('finds the mutex held', (s, t) => go(t, 'mark')),
                ];
            },
        },
        mark: {
            line: 'signal: set PARKED on the mutex',
            moves: (s, t) => [
                isDrained(t) &&
                    move('sets PARKED on the mutex, for those whom it is about to move', (s, t) => {
                        s.parked = true;
                        go(t, 'recheck');
                    }),
            ],
        },
        recheck: {
            line: 'signal: is the mutex still held?',
            moves: (s, t, left) => {
                const first = s.threads[s.condQueue[0]].name;
                return [
                    s.locked === 0 && !left.NO_RECHECK
                        ? move(`sees that the mutex is free by now: it is going to wake ${first}`, (s, t) =>
                              go(t, 'wakeFirst'),
                          )
                        : move(
                              left.NO_RECHECK
                                  ? 'does not look whether the mutex is still held'
                                  : 'sees that the mutex is still held',
                              (s, t) => go(t, 'requeue'),
                          ),
                ];
            },
        },
        markRest: {
            line: 'signal all: set PARKED for the rest, before the first can run',
            moves: (s, t) => [
                isDrained(t) &&
                    move('sets PARKED, for those whom it is about to move', (s, t) => {
                        s.parked = true;
                        go(t, 'wakeFirst');
                    }),
            ],
        },
        wakeFirst: {
            line: 'signal: wake the first; the rest goes to the queue of the mutex',
            moves: (s) => [
                move(
                    `wakes ${s.threads[s.condQueue[0]].name}${s.condQueue.length > 1 ? ', and moves the rest' : ''}`,
                    (s, t) => {
                        wake(s, s.condQueue.shift(), SIGNALLED);
                        requeue(s, true);
                        go(t, 'signalEnd');
                    },
                ),
            ],
        },
        requeue: {
            line: 'requeue: from the queue of the condition to that of the mutex, asleep',
            moves: (s) => {
                const names = s.condQueue.map((each) => s.threads[each].name).join(' and ');
                const moved = (ahead) => (s, t) => {
                    requeue(s, ahead);
                    go(t, 'signalEnd');
                };
                return [
                    move(`moves ${names} to the queue of the mutex, without waking`, moved(true)),
                    s.queue.length > 0 && move(`moves ${names} to the end of the queue of the mutex`, moved(false)),
                ];
            },
        },
        signalEnd: {
            line: 'signal: unlock the buckets',
            moves: () => [
                move('unlocks the buckets', (s, t) => {
                    s.bucket = null;
                    go(t, 'finish');
                }),
            ],
        },
    });
})((globalThis.Visualizer = globalThis.Visualizer || {}));

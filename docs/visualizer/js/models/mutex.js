/*
 * Mutex, after docs/model/mutex.pml: the names of the fields and of what can be left out are those of the model.
 *
 * A step here is a step there, with these exceptions, which lose no order that another thread could notice: what a
 * thread does to its own variables belongs to the step before it, and so does what it does under the bucket lock to
 * what only the bucket lock guards.
 */
(function (V) {
    'use strict';
    const { move, go, call, back, isDone, numberOf, holdAlone, isDrained, drains, DONE } = V.engine;

    const RETRY = 'RETRY';
    const HANDOFF = 'HANDOFF';

    // ---- what threads share

    function isWake(s) {
        return s.parked && !s.woken && !s.spinning;
    }

    /** Whether an unlock must be more than one store. */
    function isFenced(s, left) {
        return isWake(s) || (s.shared && !left.NO_SHARED);
    }

    /** A thread sees its own store, also while it is in its buffer. */
    function lockedFor(s, t) {
        return t.delayed ? 0 : s.locked;
    }

    /** An atomic read-modify-write waits until the store buffer of its processor is empty. */
    function wake(s, number, token) {
        const chosen = s.threads[number];
        chosen.token = token;
        chosen.chosen = true;
        chosen.awake = true;
    }

    // ---- the queue; all of this under the bucket lock

    function remove(s, number) {
        s.queue = s.queue.filter((each) => each !== number);
        if (s.sentinel === number) {
            s.sentinel = null;
        }
    }

    /** Takes the first out of the queue. Clears PARKED if it was the last. */
    function chooseFirst(s, t, left) {
        t.w = s.queue.length > 0 ? s.queue[0] : null;
        if (t.w !== null) {
            remove(s, t.w);
        }
        if (s.queue.length === 0 || left.CLEAR_ALWAYS) {
            s.parked = false;
        }
    }

    function timeOut(s, t, left) {
        const number = numberOf(s, t);
        const onDuty = s.sentinel === number;
        remove(s, number);
        if (onDuty && s.queue.length > 0 && !left.NO_PASSING) {
            s.threads[s.queue[0]].awake = true;
        }
        if (s.queue.length === 0) {
            s.parked = false;
        }
    }

    function settle(s, t, takesDuty) {
        t.awake = false;
        if (takesDuty) {
            s.sentinel = numberOf(s, t);
        }
    }

    /**
     * The ways in which a thread that stays in the queue can arm its parker: it takes up the duty to look, or leaves
     * it.
     */
    function settling(s, t, left, text, run) {
        const number = numberOf(s, t);
        const taken = s.sentinel !== null && s.sentinel !== number;
        if (left.NO_REVALIDATE || t.moved) {
            return [move(text, (s, t) => run(s, t, false))];
        }
        return [
            move(`${text}; it has the duty to look again`, (s, t) => run(s, t, true)),
            taken && move(`${text}; ${s.threads[s.sentinel].name} keeps the duty`, (s, t) => run(s, t, false)),
        ];
    }

    function lockBucket(s, t, next) {
        return [
            isDrained(t) &&
                s.bucket === null &&
                move('locks the bucket', (s, t) => {
                    s.bucket = t.name;
                    go(t, next);
                }),
        ];
    }

    function takeBack(s, t) {
        if (t.returning) {
            s.woken = false;
        }
        if (t.promised) {
            s.spinning = false;
        }
        t.promised = false;
    }

    function acquired(s, t) {
        holdAlone(s, t);
        t.returning = false;
        t.returns = false;
        back(t);
    }

    // ---- the places

    const places = {
        // -- lock
        lock: {
            line: 'lock: compare-and-set locked from 0 to 1',
            moves: (s, t) => [
                isDrained(t) &&
                    s.locked === 0 &&
                    move('takes the lock: its compare-and-set succeeds', (s, t) => {
                        s.locked = 1;
                        if (t.returning || t.promised) {
                            holdAlone(s, t);
                            go(t, 'takeBack');
                        } else {
                            acquired(s, t);
                        }
                    }),
                lockedFor(s, t) !== 0 && move('sees that the lock is held', (s, t) => go(t, 'wait')),
            ],
        },
        takeBack: {
            line: 'take back the promise: WOKEN or SPINNING is cleared',
            moves: () => [
                move('takes its promise back: somebody else may be woken from now on', (s, t) => {
                    takeBack(s, t);
                    acquired(s, t);
                }),
            ],
        },
        wait: {
            line: 'spin, or set PARKED',
            moves: (s, t, left) => [
                isDrained(t) &&
                    s.parked &&
                    !s.spinning &&
                    !t.promised &&
                    move('sets SPINNING: it spins on behalf of all who are parked', (s, t) => {
                        s.spinning = true;
                        if (t.returning) {
                            s.woken = false;
                        }
                        t.promised = true;
                        t.returns = t.returns || t.returning;
                        t.returning = false;
                        go(t, 'lock');
                    }),
                isDrained(t) &&
                    move('sets PARKED: whoever unlocks must look at the queue', (s, t) => {
                        t.returns = t.returns || t.returning;
                        s.parked = true;
                        if (!left.KEEP_PROMISE) {
                            takeBack(s, t);
                        }
                        t.returning = false;
                        t.promised = false;
                        go(t, 'parkBucket');
                    }),
            ],
        },
        // -- park
        parkBucket: { line: 'park: lock the bucket', waits: 'bucket', moves: (s, t) => lockBucket(s, t, 'validate') },
        validate: {
            line: 'validate: is it still locked, and still PARKED?',
            moves: (s) => [
                s.locked === 0 || !s.parked
                    ? move(
                          s.locked === 0
                              ? 'validates: the lock is free, so it does not sleep'
                              : 'validates: PARKED was cleared, so it does not sleep',
                          (s, t) => {
                              s.bucket = null;
                              go(t, 'lock');
                          },
                      )
                    : move('validates: still locked, still PARKED', (s, t) => go(t, 'enqueue')),
            ],
        },
        enqueue: {
            line: 'enqueue; unlock the bucket; sleep',
            moves: (s, t, left) =>
                settling(
                    s,
                    t,
                    left,
                    t.returns
                        ? 'returns to the front of the queue and sleeps'
                        : 'appends itself to the queue and sleeps',
                    (s, t, takesDuty) => {
                        const number = numberOf(s, t);
                        s.queue = t.returns ? [number, ...s.queue] : [...s.queue, number];
                        t.returns = false;
                        settle(s, t, takesDuty);
                        s.bucket = null;
                        go(t, 'sleep');
                    },
                ),
        },
        sleep: {
            line: 'asleep in the parker',
            sleeps: true,
            moves: (s, t) => {
                const number = numberOf(s, t);
                return [
                    t.chosen &&
                        move(`wakes up, with the token ${t.token}`, (s, t) => {
                            t.chosen = false;
                            t.awake = false;
                            if (t.token === HANDOFF) {
                                acquired(s, t);
                            } else {
                                t.returning = true;
                                go(t, 'lock');
                            }
                            t.token = null;
                        }),
                    !t.chosen &&
                        (t.awake || s.sentinel === number) &&
                        move('looks again: its time has come', (s, t) => go(t, 'lookBucket')),
                    t.timed &&
                        !t.chosen &&
                        move('loses patience: its deadline has passed', (s, t) => go(t, 'leaveBucket')),
                ];
            },
        },
        lookBucket: {
            line: 'look again: lock the bucket',
            sleeps: true,
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'look'),
        },
        look: {
            line: 'look again: chosen meanwhile? validate still true?',
            sleeps: true,
            moves: (s, t, left) => {
                if (t.chosen) {
                    return [
                        move('finds that it was chosen meanwhile', (s, t) => {
                            s.bucket = null;
                            go(t, 'sleep');
                        }),
                    ];
                }
                if (!t.moved && (s.locked === 0 || !s.parked)) {
                    return [
                        move('finds the lock free: leaves the queue and goes for it', (s, t) => {
                            timeOut(s, t, left);
                            s.bucket = null;
                            go(t, 'lock');
                        }),
                    ];
                }
                return settling(s, t, left, 'finds the lock held, and sleeps again', (s, t, takesDuty) => {
                    settle(s, t, takesDuty);
                    s.bucket = null;
                    go(t, 'sleep');
                });
            },
        },
        leaveBucket: {
            line: 'time out: lock the bucket',
            sleeps: true,
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'leave'),
        },
        leave: {
            line: 'time out: chosen meanwhile? Otherwise leave the queue',
            sleeps: true,
            moves: (s, t, left) => [
                t.chosen
                    ? move('finds that it was chosen meanwhile', (s, t) => {
                          s.bucket = null;
                          go(t, 'sleep');
                      })
                    : move(
                          s.sentinel === numberOf(s, t) && s.queue.length > 1
                              ? left.NO_PASSING
                                  ? 'leaves the queue, and with it goes the duty to look again'
                                  : 'leaves the queue, and passes the duty to look again on'
                              : 'leaves the queue',
                          (s, t) => {
                              timeOut(s, t, left);
                              s.bucket = null;
                              t.stack.pop();
                              go(t, 'next');
                          },
                      ),
            ],
        },
        // -- unlock
        unlock: {
            line: 'unlock: look at the flags',
            moves: (s, t, left) => {
                const fenced = isFenced(s, left);
                return [
                    s.parked &&
                        fenced &&
                        move('is going to hand the lock over', (s, t) => {
                            t.holds = false;
                            go(t, 'handOverBucket');
                        }),
                    fenced &&
                        move('is going to free the lock with a full fence', (s, t) => {
                            t.holds = false;
                            go(t, 'storeFenced');
                        }),
                    !fenced &&
                        move('sees no need to wake anybody: the 1-0 exit', (s, t) => {
                            t.holds = false;
                            go(t, 'store');
                        }),
                ];
            },
        },
        store: {
            line: 'locked = 0, a plain store without a fence',
            moves: (s, t) => [
                isDrained(t) &&
                    move('stores locked = 0; the store is in its store buffer', (s, t) => {
                        t.delayed = true;
                        go(t, 'secondLook');
                    }),
            ],
        },
        secondLook: {
            line: 'look at the flags once more',
            moves: (s, t, left) => {
                if (left.NO_SECOND_LOOK) {
                    return [move('does not look at the flags again', (s, t) => back(t))];
                }
                return [
                    isWake(s)
                        ? move('looks again: somebody must be woken', (s, t) =>
                              go(t, s.shared ? 'takeAgain' : 'wakeBucket'),
                          )
                        : move('looks again: nobody needs to be woken', (s, t) => back(t)),
                ];
            },
        },
        storeFenced: {
            line: 'locked = 0, with a full fence',
            moves: (s, t) => [
                isDrained(t) &&
                    move('frees the lock; everybody sees it at once', (s, t) => {
                        s.locked = 0;
                        go(t, 'successor');
                    }),
            ],
        },
        successor: {
            line: 'must somebody be woken, and has nobody taken the lock meanwhile?',
            moves: (s, t, left) => {
                if (!isWake(s)) {
                    return [move('sees that nobody needs to be woken', (s, t) => back(t))];
                }
                return [
                    (left.NO_SUCCESSOR_LOOK || s.locked !== 0) &&
                        move(
                            left.NO_SUCCESSOR_LOOK
                                ? 'leaves the queue to the next holder, without having seen one'
                                : 'sees that the lock is held again: that holder will see to the queue',
                            (s, t) => back(t),
                        ),
                    move('is going to wake somebody', (s, t) => go(t, s.shared ? 'takeAgain' : 'wakeBucket')),
                ];
            },
        },
        // -- the three ways to wake
        handOverBucket: {
            line: 'hand over: lock the bucket',
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'handOverChoose'),
        },
        handOverChoose: {
            line: 'hand over: take the first out of the queue',
            moves: (s, t, left) => [
                move(describeChoice(s), (s, t) => {
                    chooseFirst(s, t, left);
                    go(t, 'handOver');
                }),
            ],
        },
        handOver: {
            line: 'hand over: the lock stays locked, the token says HANDOFF',
            moves: (s, t) => [
                t.w !== null
                    ? move(`hands the lock to ${s.threads[t.w].name}`, (s, t) => {
                          wake(s, t.w, HANDOFF);
                          woke(s, t);
                      })
                    : move('finds nobody, and frees the lock', (s, t) => {
                          s.locked = 0;
                          woke(s, t);
                      }),
            ],
        },
        wakeBucket: {
            line: 'wake one: lock the bucket',
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'wakeChoose'),
        },
        wakeChoose: {
            line: 'wake one: take the first out of the queue',
            moves: (s, t, left) => [
                move(describeChoice(s), (s, t) => {
                    chooseFirst(s, t, left);
                    go(t, 'wake');
                }),
            ],
        },
        wake: {
            line: 'wake one: the token says RETRY, or HANDOFF if the lock could be taken again',
            moves: (s, t) =>
                t.w === null
                    ? [move('finds nobody', woke)]
                    : [
                          s.locked === 0 &&
                              isDrained(t) &&
                              move(`takes the lock for ${s.threads[t.w].name}, and hands it over`, (s, t) => {
                                  s.locked = 1;
                                  wake(s, t.w, HANDOFF);
                                  woke(s, t);
                              }),
                          move(`wakes ${s.threads[t.w].name}, which has to try again`, (s, t) => {
                              s.woken = true;
                              wake(s, t.w, RETRY);
                              woke(s, t);
                          }),
                      ],
        },
        takeAgain: {
            line: 'with conditions: take the lock again before waking anybody',
            moves: (s, t) => [
                isDrained(t) &&
                    (s.locked === 0
                        ? move('takes the lock again', (s, t) => {
                              s.locked = 1;
                              go(t, 'releaseBucket');
                          })
                        : move('sees that the lock is held: that holder will see to the queue', (s, t) => back(t))),
            ],
        },
        releaseBucket: {
            line: 'release to one: lock the bucket',
            waits: 'bucket',
            moves: (s, t) => lockBucket(s, t, 'releaseChoose'),
        },
        releaseChoose: {
            line: 'release to one: take the first out of the queue',
            moves: (s, t, left) => [
                move(describeChoice(s), (s, t) => {
                    chooseFirst(s, t, left);
                    go(t, 'release');
                }),
            ],
        },
        release: {
            line: 'release to one: HANDOFF, or free the lock and RETRY',
            moves: (s, t) =>
                t.w === null
                    ? [
                          move('finds nobody, and frees the lock', (s, t) => {
                              s.locked = 0;
                              woke(s, t);
                          }),
                      ]
                    : [
                          move(`hands the lock to ${s.threads[t.w].name}`, (s, t) => {
                              wake(s, t.w, HANDOFF);
                              woke(s, t);
                          }),
                          move(`frees the lock and wakes ${s.threads[t.w].name}, which has to try again`, (s, t) => {
                              s.woken = true;
                              s.locked = 0;
                              wake(s, t.w, RETRY);
                              woke(s, t);
                          }),
                      ],
        },
        // -- the programs
        next: {
            line: 'lock, if there is a round left',
            moves: (s, t) =>
                t.rounds > 0
                    ? [
                          move('begins to lock', (s, t) => {
                              t.rounds--;
                              call(t, 'lock', 'section');
                          }),
                      ]
                    : [move('has done its rounds', (s, t) => go(t, DONE))],
        },
        section: {
            line: 'the critical section',
            moves: () => [move('has done its work', (s, t) => call(t, 'unlock', 'next'))],
        },
        finish: { line: 'the end', moves: () => [move('is done', (s, t) => go(t, DONE))] },
    };

    function describeChoice(s) {
        return s.queue.length > 0 ? `takes ${s.threads[s.queue[0]].name} out of the queue` : 'finds the queue empty';
    }

    function woke(s, t) {
        t.w = null;
        s.bucket = null;
        back(t);
    }

    function memory(s) {
        return drains(s, 'the store buffer drains: locked = 0 is visible to all', (s) => {
            s.locked = 0;
        });
    }

    // ---- what is wrong when nobody can move

    function stuck(s) {
        const waiting = s.threads.filter((t) => !isDone(t));
        const asleep = waiting.filter((t) => places[t.at].sleeps).map((t) => t.name);
        if (asleep.length < waiting.length) {
            return { kind: 'nobody can move', text: 'No thread can make a step.' };
        }
        const who =
            `${asleep.join(' and ')} ${asleep.length > 1 ? 'sleep' : 'sleeps'} for ever, although the lock is ` +
            (s.locked === 0 ? 'free.' : 'held by nobody who will release it.');
        if (isWake(s)) {
            return {
                kind: 'a lost wake-up',
                text:
                    `${who} PARKED is set, but whoever unlocked last looked at the flags too early, ` +
                    'and nobody looks again.',
            };
        }
        const why = !s.parked
            ? 'PARKED is not set, so no unlock would look at the queue.'
            : `${s.woken ? 'WOKEN' : 'SPINNING'} says that somebody is on the way, but nobody is.`;
        return { kind: 'a sleeper forgotten', text: `${who} ${why}` };
    }

    // ---- how it looks

    function statusOf(s, t) {
        const place = places[t.at];
        if (isDone(t)) {
            return 'done';
        }
        if (t.chosen) {
            return 'woken';
        }
        if (place.sleeps) {
            return 'parked';
        }
        if (t.holds) {
            return 'holding';
        }
        if (t.promised) {
            return 'spinning';
        }
        if (place.waits && s.bucket !== null) {
            return 'waiting';
        }
        return 'running';
    }

    function view(s) {
        const waiter = (number) => ({
            thread: s.threads[number].name,
            note: s.sentinel === number ? 'looks again' : s.threads[number].moved ? 'moved' : undefined,
        });
        const bits = [
            ['PARKED', s.parked],
            ['WOKEN', s.woken],
            ['SPINNING', s.spinning],
        ];
        if (s.withCondition) {
            bits.push(['SHARED', s.shared]);
        }
        const queues = [{ key: 'mutex', waiters: s.queue.map(waiter) }];
        if (s.withCondition) {
            queues.push({ key: 'condition', waiters: s.condQueue.map(waiter) });
        }
        return {
            threads: s.threads.map((t) => ({
                name: t.name,
                status: statusOf(s, t),
                token: t.chosen ? t.token : undefined,
                store: t.delayed ? 'locked = 0' : undefined,
            })),
            words: [
                {
                    name: 'mutex',
                    fields: [
                        { name: 'locked', value: s.locked },
                        ...bits.map(([name, set]) => ({ name, value: set ? 1 : 0 })),
                        { name: 'WAKE', value: isWake(s) ? 1 : 0, derived: true },
                    ],
                },
            ],
            buckets: [{ name: 'bucket', lock: s.bucket === null ? undefined : s.bucket, queues }],
        };
    }

    V.mutex = { places, memory, stuck, view, wake, lockBucket };
})((globalThis.Visualizer = globalThis.Visualizer || {}));

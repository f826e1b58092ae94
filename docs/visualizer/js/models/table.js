/*
 * How the table grows while it is used, after docs/model/table.pml: the names of the fields and of what can be left out
 * are those of the model. Of its three generations there are two here: one bucket, and the two that it is split into.
 */
(function (V) {
    'use strict';
    const { move, go, call, back, violate, thread, isDone, DONE } = V.engine;

    const KEYS = ['k0', 'k1'];
    const LOST = 'a sleeper forgotten';

    /**
     * The bucket of a key in a generation: bucket 0 is the old one, buckets 1 and 2 are those of the next generation.
     */
    function bucketOf(generation, key) {
        return generation === 0 ? 0 : 1 + key;
    }

    function broken(s, text) {
        violate(s, 'the table is broken', text);
    }

    // ---- buckets

    function lock(s, bucket, next, text) {
        if (!s.buckets[bucket].inPlace) {
            return [
                move(`looks for ${nameOf(bucket)}`, (s, t) => {
                    broken(s, `${t.name} was sent to ${nameOf(bucket)}, which is not there yet.`);
                }),
            ];
        }
        return [
            s.buckets[bucket].holder === null &&
                move(text || `locks ${nameOf(bucket)}`, (s, t) => {
                    s.buckets[bucket].holder = t.name;
                    go(t, next);
                }),
        ];
    }

    function nameOf(bucket) {
        return bucket === 0 ? 'the old bucket' : `new bucket ${bucket - 1}`;
    }

    function unlock(s, bucket) {
        s.buckets[bucket].holder = null;
    }

    /** An operation begins to work on a key, whose bucket it has locked. */
    function use(s, t, key, bucket) {
        if (s.buckets[bucket].forwarded) {
            broken(s, `${t.name} works on ${nameOf(bucket)}, whose queues are elsewhere by now: it is forwarded.`);
        } else if (s.buckets[bucket].holder !== t.name) {
            broken(s, `${t.name} works on ${nameOf(bucket)}, and does not hold its lock.`);
        } else if (s.used[key]) {
            broken(s, `${t.name} and another thread work on the queue of ${KEYS[key]} at the same time.`);
        } else if (s.waiting[key].length > 0 && s.chain[key] !== bucket) {
            violate(
                s,
                LOST,
                `${t.name} looks for the queue of ${KEYS[key]} in ${nameOf(bucket)}, and does not find it there, ` +
                    `although ${namesOf(s, key)} waits in it.`,
            );
        }
        s.used[key] = true;
    }

    function namesOf(s, key) {
        return s.waiting[key].map((number) => s.threads[number].name).join(' and ');
    }

    // ---- queues; with the bucket locked

    function take(s, number) {
        const key = s.threads[number].queue;
        s.waiting[key] = s.waiting[key].filter((each) => each !== number);
        s.threads[number].queue = null;
    }

    function closeIfEmpty(s, key) {
        if (s.waiting[key].length === 0) {
            s.chain[key] = null;
            s.link[key] = null;
        }
    }

    function endUse(s, key, bucket) {
        s.used[key] = false;
        unlock(s, bucket);
    }

    const places = {
        // -- every operation: the bucket of a key, locked
        enter: {
            line: 'which generation is the current one?',
            moves: (s) => [
                move(`sees that generation ${s.current} is the current one`, (s, t) => {
                    t.generation = s.current;
                    go(t, 'enterLook');
                }),
            ],
        },
        enterLook: {
            line: 'the bucket of the key in that generation',
            moves: (s, t) => [
                move(`finds ${nameOf(bucketOf(t.generation, t.key))}`, (s, t) => {
                    t.bucket = bucketOf(t.generation, t.key);
                    t.seen = s.buckets[t.bucket].forwarded;
                    go(t, 'enterLock');
                }),
            ],
        },
        enterLock: {
            line: 'lock the bucket',
            waits: 'bucket',
            moves: (s, t) => lock(s, t.bucket, 'enterCheck'),
        },
        enterCheck: {
            line: 'is it forwarded? Then unlock it, and go to the next generation',
            moves: (s, t, left) => {
                const forwarded = left.NO_LOOK ? false : left.LOOK_FIRST ? t.seen : s.buckets[t.bucket].forwarded;
                return [
                    forwarded
                        ? move('sees that the bucket is forwarded, and goes on to the next generation', (s, t) => {
                              unlock(s, t.bucket);
                              if (s.next === null) {
                                  broken(s, `${t.name} was sent to the next generation, and there is none yet.`);
                              }
                              t.generation = 1;
                              go(t, 'enterLook');
                          })
                        : move(
                              left.NO_LOOK || left.LOOK_FIRST
                                  ? 'does not look (again) whether the bucket is forwarded, and begins'
                                  : 'sees that it is the right one, and begins',
                              (s, t) => {
                                  use(s, t, t.key, t.bucket);
                                  back(t);
                              },
                          ),
                ];
            },
        },
        // -- a thread that waits
        park: {
            line: 'park on a key',
            moves: (s, t) => [move(`wants to park on ${KEYS[t.key]}`, (s, t) => call(t, 'enter', 'enqueue'))],
        },
        enqueue: {
            line: 'validate; enqueue; unlock; sleep',
            moves: (s, t) => [
                move(
                    s.invalid[t.key]
                        ? 'validates: there is no reason to wait any more'
                        : `is in the queue of ${KEYS[t.key]}, and sleeps`,
                    (s, t) => {
                        if (s.invalid[t.key]) {
                            go(t, 'finish');
                        } else {
                            s.chain[t.key] = t.bucket;
                            s.link[t.key] = t.bucket;
                            s.waiting[t.key].push(s.threads.indexOf(t));
                            t.queue = t.key;
                            go(t, 'sleep');
                        }
                        endUse(s, t.key, t.bucket);
                    },
                ),
            ],
        },
        sleep: {
            line: 'asleep in the parker',
            sleeps: true,
            moves: (s, t) => [
                t.awake &&
                    move('wakes up', (s, t) => {
                        if (t.queue !== null) {
                            violate(s, 'a lost wake-up', `${t.name} returns, and is still in a queue.`);
                        }
                        go(t, 'finish');
                    }),
                t.timed && !t.awake && move('loses patience: its deadline has passed', (s, t) => go(t, 'leave')),
            ],
        },
        leave: {
            line: 'leave: follow the links: my queue, and its bucket',
            sleeps: true,
            moves: (s, t) => [
                move(
                    t.queue === null
                        ? 'finds that it was chosen meanwhile'
                        : s.link[t.queue] === null
                          ? 'finds its queue closed: it looks again'
                          : `follows its links to ${nameOf(s.link[t.queue])}`,
                    (s, t) => {
                        if (t.queue === null) {
                            go(t, 'sleepChosen');
                        } else if (s.link[t.queue] !== null) {
                            t.bucket = s.link[t.queue];
                            t.key = t.queue;
                            go(t, 'leaveLock');
                        }
                    },
                ),
            ],
        },
        leaveLock: {
            line: 'leave: lock that bucket',
            sleeps: true,
            waits: 'bucket',
            moves: (s, t) => lock(s, t.bucket, 'leaveCheck'),
        },
        leaveCheck: {
            line: 'leave: am I still in that queue, and the queue still in that bucket?',
            sleeps: true,
            moves: (s, t, left) => {
                const queueStands = s.link[t.key] === t.bucket || left.NO_BUCKET_CHECK;
                return [
                    t.queue === t.key && queueStands
                        ? move('leaves its queue', (s, t) => {
                              use(s, t, t.key, t.bucket);
                              take(s, s.threads.indexOf(t));
                              closeIfEmpty(s, t.key);
                              endUse(s, t.key, t.bucket);
                              go(t, 'finish');
                          })
                        : move('finds that something has changed, and looks again', (s, t) => {
                              unlock(s, t.bucket);
                              go(t, 'leave');
                          }),
                ];
            },
        },
        sleepChosen: {
            line: 'was chosen: the wake is on its way',
            sleeps: true,
            moves: () => [move('returns as unparked', (s, t) => go(t, 'finish'))],
        },
        // -- a thread that unparks all
        invalidate: {
            line: 'change the state: nobody needs to wait on that key any more',
            moves: (s, t) => [
                move(`changes the state: waiting on ${KEYS[t.key]} is over`, (s, t) => {
                    s.invalid[t.key] = true;
                    call(t, 'enter', 'unpark');
                }),
            ],
        },
        unpark: {
            line: 'take all out of the queue; unlock; wake them',
            moves: (s, t) => {
                const who = namesOf(s, t.key);
                return [
                    move(
                        who ? `takes ${who} out of the queue of ${KEYS[t.key]}, and wakes` : 'finds nobody',
                        (s, t) => {
                            s.waiting[t.key].slice().forEach((number) => {
                                take(s, number);
                                s.threads[number].awake = true;
                            });
                            closeIfEmpty(s, t.key);
                            endUse(s, t.key, t.bucket);
                            if (t.key === 1) {
                                t.key = 0;
                                go(t, 'invalidate');
                            } else {
                                go(t, 'finish');
                            }
                        },
                    ),
                ];
            },
        },
        // -- a thread that makes the table larger
        link: {
            line: 'link the next generation, whose buckets are not there yet',
            moves: (s, t, left) =>
                left.LATE_NEXT
                    ? [move('does not link the next generation yet', (s, t) => go(t, 'split'))]
                    : [
                          move('links the next generation', (s, t) => {
                              s.next = 1;
                              if (left.EARLY_CURRENT) {
                                  s.current = 1;
                              }
                              go(t, 'split');
                          }),
                      ],
        },
        split: {
            line: 'split: lock the old bucket',
            waits: 'bucket',
            moves: (s) => lock(s, 0, 'forward'),
        },
        forward: {
            line: 'split: the two new buckets, locked, into their places; the old one is forwarded',
            moves: (s, t, left) => [
                move(
                    left.LATE_BUCKETS
                        ? 'marks the old bucket as forwarded, and unlocks it'
                        : left.UNLOCK_EARLY
                          ? 'puts the new buckets into their places, forwards the old one, and unlocks it'
                          : 'puts the new buckets, which are locked, into their places, and forwards the old one',
                    (s, t) => {
                        s.buckets[0].forwarded = true;
                        if (left.LATE_BUCKETS) {
                            unlock(s, 0);
                            go(t, 'place');
                            return;
                        }
                        place(s, t);
                        if (left.UNLOCK_EARLY) {
                            unlock(s, 0);
                        }
                        go(t, 'adopt0');
                    },
                ),
            ],
        },
        place: {
            line: 'split: the two new buckets come late',
            moves: () => [
                move('puts the new buckets into their places', (s, t) => {
                    place(s, t);
                    go(t, 'adopt0');
                }),
            ],
        },
        adopt0: adopting(0, 'adopt1'),
        adopt1: adopting(1, 'unlockOld'),
        unlockOld: {
            line: 'split: unlock the old bucket',
            moves: () => [
                move('unlocks the old bucket', (s, t) => {
                    if (s.buckets[0].holder === t.name) {
                        unlock(s, 0);
                    }
                    go(t, 'unlockNew0');
                }),
            ],
        },
        unlockNew0: unlockingNew(1, 'unlockNew1'),
        unlockNew1: unlockingNew(2, 'tell'),
        tell: {
            line: 'the queues know their new bucket',
            moves: (s, t, left) =>
                left.LATE_LINKS
                    ? [
                          move('tells the queues their new bucket, at last', (s, t) => {
                              KEYS.forEach((_, key) => {
                                  if (s.chain[key] !== null) {
                                      s.link[key] = s.chain[key];
                                  }
                              });
                              go(t, 'publish');
                          }),
                      ]
                    : left.LATE_NEXT
                      ? [
                            move('links the next generation, at last', (s, t) => {
                                s.next = 1;
                                go(t, 'publish');
                            }),
                        ]
                      : [move('has moved all', (s, t) => go(t, 'publish'))],
        },
        publish: {
            line: 'the next generation is the current one',
            moves: () => [
                move('makes the next generation the current one', (s, t) => {
                    s.current = 1;
                    go(t, 'finish');
                }),
            ],
        },
        finish: { line: 'the end', moves: () => [move('is done', (s, t) => go(t, DONE))] },
    };

    function place(s, t) {
        [1, 2].forEach((bucket) => {
            s.buckets[bucket].inPlace = true;
            s.buckets[bucket].holder = t.name;
        });
    }

    function adopting(key, next) {
        return {
            line: `split: the queue of ${KEYS[key]} into its new bucket`,
            moves: (s, t, left) => [
                move(
                    s.chain[key] === 0
                        ? `moves the queue of ${KEYS[key]} to its new bucket`
                        : `finds no queue of ${KEYS[key]} in the old bucket`,
                    (s, t) => {
                        if (s.chain[key] === 0) {
                            if (s.used[key]) {
                                broken(
                                    s,
                                    `${t.name} moves the queue of ${KEYS[key]} while another thread works on it.`,
                                );
                            }
                            s.chain[key] = 1 + key;
                            if (!left.LATE_LINKS) {
                                s.link[key] = 1 + key;
                            }
                        }
                        go(t, next);
                    },
                ),
            ],
        };
    }

    function unlockingNew(bucket, next) {
        return {
            line: `split: unlock ${nameOf(bucket)}`,
            moves: () => [
                move(`unlocks ${nameOf(bucket)}`, (s, t) => {
                    unlock(s, bucket);
                    go(t, next);
                }),
            ],
        };
    }

    function stuck(s) {
        const asleep = s.threads.filter((t) => places[t.at] && places[t.at].sleeps && !t.awake).map((t) => t.name);
        if (asleep.length > 0) {
            return {
                kind: LOST,
                text:
                    `${asleep.join(' and ')} ${asleep.length > 1 ? 'sleep' : 'sleeps'} for ever: ` +
                    'the unpark has not found the queue.',
            };
        }
        return { kind: 'nobody can move', text: 'Each waits for a bucket that another one holds.' };
    }

    function view(s) {
        return {
            threads: s.threads.map((t) => ({
                name: t.name,
                status: isDone(t)
                    ? 'done'
                    : t.awake
                      ? 'woken'
                      : places[t.at].sleeps
                        ? 'parked'
                        : places[t.at].waits && s.buckets[t.bucket || 0].holder
                          ? 'waiting'
                          : 'running',
                doing: t.role,
            })),
            words: [
                {
                    name: 'table',
                    fields: [
                        { name: 'current', value: s.current },
                        { name: 'next', value: s.next === null ? 'none' : s.next },
                    ],
                },
            ],
            buckets: s.buckets.map((bucket, number) => ({
                name: nameOf(number),
                generation: number === 0 ? 0 : 1,
                lock: bucket.holder === null ? undefined : bucket.holder,
                forwarded: bucket.forwarded,
                absent: !bucket.inPlace,
                queues: KEYS.map((key, k) => ({
                    key,
                    waiters: s.waiting[k].map((each) => ({ thread: s.threads[each].name })),
                })).filter((_, k) => s.chain[k] === number),
            })),
        };
    }

    function person(name, at, key, role, timed) {
        return thread(name, 'table', at, {
            key,
            role,
            timed,
            queue: null,
            awake: false,
            generation: 0,
            bucket: null,
            seen: false,
        });
    }

    V.models.push({
        id: 'growth',
        title: 'Growth of the table',
        about:
            'The queues of all locks are in one table. When it has become crowded it grows, bucket by bucket, while ' +
            'others work on it: the queues of a bucket move to two buckets of the next generation, and the old ' +
            'bucket stays behind, forwarded, for those who are still on their way to it. A and B wait for two keys, ' +
            'C makes the table larger, D wakes them.',
        task: 'Let somebody look for a queue where it is not, or let a sleeper stay behind in it.',
        switches: [
            {
                id: 'NO_LOOK',
                also: [],
                text: 'Nobody looks whether the bucket that he has locked is forwarded.',
                hint: 'Send a thread to the old bucket, and let the table grow before it gets the lock.',
            },
            {
                id: 'LOOK_FIRST',
                also: [],
                text: 'One looks before one locks the bucket, and not afterwards.',
                hint: 'A look that is over before the lock is taken says nothing about later.',
            },
            {
                id: 'NO_BUCKET_CHECK',
                also: [],
                text: 'A thread that leaves does not look whether its queue is still in that bucket.',
                hint: 'Let A lose patience, and the table grow before it has the lock.',
            },
            {
                id: 'UNLOCK_EARLY',
                also: [],
                text: 'The old bucket is unlocked before its queues have moved.',
                hint: 'Whoever comes now goes on to the new bucket, or has still found the old one.',
            },
            {
                id: 'LATE_BUCKETS',
                also: [],
                text: 'The new buckets come after the old one was forwarded and unlocked.',
                hint: 'Send a thread on to the next generation at the wrong moment.',
            },
            {
                id: 'LATE_LINKS',
                also: [],
                text: 'The queues are told their new bucket after all buckets were unlocked.',
                hint: 'Somebody who leaves follows the link of its queue.',
            },
            {
                id: 'LATE_NEXT',
                also: [],
                text: 'The next generation is linked after the old bucket was forwarded.',
                hint: 'Send a thread on to the next generation at the wrong moment.',
            },
            {
                id: 'EARLY_CURRENT',
                also: [],
                text: 'The next generation is the current one as soon as it is linked.',
                hint: 'Its buckets are not there yet.',
            },
        ],
        source: 'docs/model/table.pml',
        places,
        stuck,
        view,
        start: () => ({
            current: 0,
            next: null,
            buckets: [0, 1, 2].map((number) => ({ inPlace: number === 0, holder: null, forwarded: false })),
            chain: [null, null],
            link: [null, null],
            waiting: [[], []],
            invalid: [false, false],
            used: [false, false],
            violation: null,
            threads: [
                person('A', 'park', 0, 'parks on k0', true),
                person('B', 'park', 1, 'parks on k1', false),
                person('C', 'link', null, 'makes the table larger', false),
                person('D', 'invalidate', 1, 'wakes all', false),
            ],
        }),
    });
})((globalThis.Visualizer = globalThis.Visualizer || {}));

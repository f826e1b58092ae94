/*
 * RwLock with upgradable holders, after docs/model/rwlock.pml with -DUPGRADE: the names of the fields and of what can
 * be left out are those of the model. The state is one word there and here, so every change of it is one step that sees
 * all of it.
 */
(function (V) {
    'use strict';
    const { move, go, call, back, violate, thread, isDone, numberOf, DONE } = V.engine;

    const READ = 'read';
    const UPGRADABLE = 'upgradable';
    const WRITE = 'write';

    function isAdmitted(s, mode) {
        return mode === READ ? !s.writer : !s.writer && !s.upgradable;
    }

    function add(s, mode) {
        if (mode === WRITE) {
            s.writer = true;
        } else {
            s.readers++;
            s.upgradable = s.upgradable || mode === UPGRADABLE;
        }
    }

    /** A thread holds the lock in a mode now, or (null) no more. */
    function hold(s, t, mode) {
        t.holds = mode;
        const writers = s.threads.filter((each) => each.holds === WRITE);
        const upgraders = s.threads.filter((each) => each.holds === UPGRADABLE);
        const readers = s.threads.filter((each) => each.holds === READ);
        const all = [...writers, ...upgraders, ...readers];
        if (upgraders.length > 1 || (writers.length > 0 && all.length > 1)) {
            violate(
                s,
                'two holders',
                `${all.map((each) => `${each.name} (${each.holds})`).join(' and ')} hold the lock together.`,
            );
        }
    }

    function arrive(s, t) {
        if (t.wasWoken) {
            s.woken = false;
            t.wasWoken = false;
        }
    }

    function clearIfEmpty(s) {
        if (s.queue.length === 0) {
            s.parked = false;
        }
    }

    /** Who could be admitted together, the upgradable hold u set or not, and how many stay in the queue. */
    function pick(s, u) {
        const plan = { picked: [], writer: false, upgradable: u, readers: 0, left: 0 };
        for (const number of s.queue) {
            const mode = s.threads[number].mode;
            if (plan.writer || (plan.upgradable && mode !== READ)) {
                plan.left++;
                continue;
            }
            plan.picked.push(number);
            if (mode === WRITE) {
                plan.writer = true;
            } else {
                plan.readers++;
                plan.upgradable = plan.upgradable || mode === UPGRADABLE;
            }
        }
        return plan;
    }

    function commit(s, plan, token) {
        s.queue = s.queue.filter((number) => !plan.picked.includes(number));
        plan.picked.forEach((number) => {
            s.threads[number].token = token;
            s.threads[number].chosen = true;
        });
    }

    function lockBucket(s, next) {
        return [
            s.bucket === null &&
                move('locks the bucket', (s, t) => {
                    s.bucket = t.name;
                    go(t, next);
                }),
        ];
    }

    function unlockBucket(s, t, next) {
        s.bucket = null;
        go(t, next);
    }

    function names(s, numbers) {
        return numbers.map((number) => s.threads[number].name).join(' and ');
    }

    const places = {
        // -- acquiring, in any mode; a writer is left with its claim
        acquire: {
            line: 'acquire: compare-and-set of the state, if that admits it',
            moves: (s, t) => [
                isAdmitted(s, t.mode)
                    ? move(
                          t.mode === WRITE && s.readers > 0
                              ? 'claims the lock: no new readers from now on'
                              : `is admitted (${t.mode})`,
                          (s, t) => {
                              add(s, t.mode);
                              arrive(s, t);
                              back(t);
                          },
                      )
                    : move('sees that it is not admitted', (s, t) => go(t, 'mark')),
            ],
        },
        mark: {
            line: 'acquire: set PARKED, if it is still not admitted',
            moves: (s, t, left) => [
                isAdmitted(s, t.mode)
                    ? move('could be admitted by now, and tries again', (s, t) => go(t, 'acquire'))
                    : move('sets PARKED', (s, t) => {
                          s.parked = true;
                          if (!left.KEEP_WOKEN) {
                              arrive(s, t);
                          }
                          go(t, 'parkBucket');
                      }),
            ],
        },
        parkBucket: { line: 'park: lock the bucket', waits: 'bucket', moves: (s) => lockBucket(s, 'validate') },
        validate: {
            line: 'validate: still not admitted, and still PARKED? Then enqueue and sleep',
            moves: (s, t) => [
                !isAdmitted(s, t.mode) && s.parked
                    ? move('validates, appends itself to the queue and sleeps', (s, t) => {
                          s.queue.push(numberOf(s, t));
                          unlockBucket(s, t, 'sleep');
                      })
                    : move('validates: there is no reason to sleep any more', (s, t) => unlockBucket(s, t, 'acquire')),
            ],
        },
        sleep: {
            line: 'asleep in the main queue',
            sleeps: true,
            moves: (s, t) => [
                t.chosen &&
                    move(`wakes up, with the token ${t.token}`, (s, t) => {
                        t.chosen = false;
                        if (t.token === 'HANDOFF') {
                            back(t);
                        } else {
                            t.wasWoken = t.mode === WRITE;
                            go(t, 'acquire');
                        }
                        t.token = null;
                    }),
            ],
        },
        // -- draining: with the claim, until the readers have left
        drain: {
            line: 'drain: have all readers left?',
            moves: (s) => [
                s.readers === 0
                    ? move('sees no reader any more', (s, t) => {
                          t.got = true;
                          back(t);
                      })
                    : move('sees readers, and sets DRAINING: the last of them shall wake it', (s, t) => {
                          s.draining = true;
                          go(t, 'drainBucket');
                      }),
            ],
        },
        drainBucket: { line: 'drain: lock the bucket', waits: 'bucket', moves: (s) => lockBucket(s, 'drainValidate') },
        drainValidate: {
            line: 'drain: validate, enqueue and sleep',
            moves: (s) => [
                s.readers > 0 && s.draining
                    ? move('validates, and sleeps until the readers have left', (s, t) => {
                          s.drainer = numberOf(s, t);
                          unlockBucket(s, t, 'drainSleep');
                      })
                    : move('validates: the readers have left', (s, t) => unlockBucket(s, t, 'drain')),
            ],
        },
        drainSleep: {
            line: 'asleep in the drain queue',
            sleeps: true,
            moves: (s, t) => [
                t.chosen &&
                    move('wakes up: the last reader has left', (s, t) => {
                        t.chosen = false;
                        t.token = null;
                        go(t, 'drain');
                    }),
                t.timed &&
                    !t.chosen &&
                    move('loses patience: its deadline has passed', (s, t) => go(t, 'drainLeaveBucket')),
            ],
        },
        drainLeaveBucket: {
            line: 'time out: lock the bucket',
            sleeps: true,
            waits: 'bucket',
            moves: (s) => lockBucket(s, 'drainLeave'),
        },
        drainLeave: {
            line: 'time out: chosen meanwhile? Otherwise leave',
            sleeps: true,
            moves: (s, t) => [
                t.chosen
                    ? move('finds that it was chosen meanwhile', (s, t) => unlockBucket(s, t, 'drainSleep'))
                    : move('leaves the drain queue, and clears DRAINING', (s, t) => {
                          s.drainer = null;
                          s.draining = false;
                          unlockBucket(s, t, 'giveUp');
                      }),
            ],
        },
        giveUp: {
            line: 'give the claim up: back to the upgradable hold',
            moves: (s) => [
                move('gives its claim up, and has its upgradable hold back', (s, t) => {
                    t.had = s.parked;
                    s.writer = false;
                    s.upgradable = true;
                    s.readers++;
                    t.got = false;
                    go(t, 'gaveUp');
                }),
            ],
        },
        gaveUp: {
            line: 'threads were parked because of the claim: wake them',
            moves: (s, t) => [
                !t.had
                    ? move('sees that nobody is waiting', (s, t) => back(t))
                    : move('sees that somebody was waiting because of its claim', (s, t) => go(t, 'admitBucket')),
            ],
        },
        admitBucket: {
            line: 'wake who is admitted now: lock the bucket',
            waits: 'bucket',
            moves: (s) => lockBucket(s, 'admit'),
        },
        admit: {
            line: 'wake who is admitted beside an upgradable hold',
            moves: (s) => {
                const plan = pick(s, true);
                return [
                    move(
                        plan.picked.length > 0
                            ? `wakes ${names(s, plan.picked)}, to try again`
                            : 'finds nobody to admit',
                        (s, t) => {
                            const plan = pick(s, true);
                            if (plan.left === 0) {
                                s.parked = false;
                            }
                            s.woken = s.woken || plan.writer;
                            commit(s, plan, 'RETRY');
                            s.bucket = null;
                            back(t);
                        },
                    ),
                ];
            },
        },
        // -- releasing
        unlockRead: {
            line: 'unlock: one reader less',
            moves: (s) => [
                move(
                    s.readers === 1 && s.draining
                        ? 'leaves, as the last reader, and somebody waits for that'
                        : 'leaves',
                    (s, t) => {
                        const mustWake = s.readers === 1 && s.draining;
                        s.readers--;
                        hold(s, t, null);
                        if (mustWake) {
                            go(t, 'lastReader');
                        } else {
                            back(t);
                        }
                    },
                ),
            ],
        },
        lastReader: {
            line: 'the last reader: somebody waits for the readers to leave',
            moves: (s, t, left) => [
                left.NO_DRAIN_WAKE
                    ? move('clears DRAINING, and wakes nobody', (s, t) => {
                          s.draining = false;
                          back(t);
                      })
                    : s.bucket === null &&
                      move('locks the bucket', (s, t) => {
                          s.bucket = t.name;
                          go(t, 'wakeDrainer');
                      }),
            ],
        },
        wakeDrainer: {
            line: 'the last reader: clear DRAINING, and wake who waits',
            moves: (s) => [
                move(
                    s.drainer === null
                        ? 'clears DRAINING; nobody sleeps yet'
                        : `clears DRAINING, and wakes ${s.threads[s.drainer].name}`,
                    (s, t) => {
                        s.draining = false;
                        if (s.drainer !== null) {
                            s.threads[s.drainer].token = 'RETRY';
                            s.threads[s.drainer].chosen = true;
                            s.drainer = null;
                        }
                        s.bucket = null;
                        back(t);
                    },
                ),
            ],
        },
        release: {
            line: 'unlock: are threads parked?',
            moves: (s) => [
                !s.parked || s.woken
                    ? move(
                          s.parked ? 'releases: a woken writer is on its way' : 'releases: nobody is parked',
                          (s, t) => {
                              giveBack(s, t);
                              hold(s, t, null);
                              back(t);
                          },
                      )
                    : move('sees that threads are parked', (s, t) => {
                          t.stale = s.readers;
                          hold(s, t, null);
                          go(t, 'releaseBucket');
                      }),
            ],
        },
        releaseBucket: { line: 'unlock: lock the bucket', waits: 'bucket', moves: (s) => lockBucket(s, 'releaseTo') },
        releaseTo: {
            line: 'unlock: hand over, or release and wake',
            moves: (s, t, left) => {
                const plan = pick(s, false);
                const who = names(s, plan.picked);
                return [
                    plan.picked.length > 0 &&
                        move(`hands the lock to ${who}`, (s, t) => {
                            const plan = pick(s, false);
                            restoreStale(s, t, left);
                            giveBack(s, t);
                            s.readers += plan.readers;
                            s.upgradable = s.upgradable || plan.upgradable;
                            s.writer = s.writer || plan.writer;
                            released(s, t, plan, 'HANDOFF');
                        }),
                    move(
                        who ? `releases, and wakes ${who} to try again` : 'releases, and finds nobody to wake',
                        (s, t) => {
                            const plan = pick(s, false);
                            restoreStale(s, t, left);
                            giveBack(s, t);
                            s.woken = s.woken || plan.writer;
                            released(s, t, plan, 'RETRY');
                        },
                    ),
                ];
            },
        },
        // -- the programs
        read: {
            line: 'lock for reading',
            moves: () => [
                move('begins to lock for reading', (s, t) => {
                    t.mode = READ;
                    call(t, 'acquire', 'reading');
                }),
            ],
        },
        reading: {
            line: 'reads',
            moves: () => [
                move('reads', (s, t) => {
                    hold(s, t, READ);
                    go(t, 'endRead');
                }),
            ],
        },
        endRead: {
            line: 'has read',
            moves: () => [move('has read, and begins to unlock', (s, t) => call(t, 'unlockRead', 'finish'))],
        },
        write: {
            line: 'lock for writing',
            moves: () => [
                move('begins to lock for writing', (s, t) => {
                    t.mode = WRITE;
                    t.upgrade = false;
                    call(t, 'acquire', 'drainFirst');
                }),
            ],
        },
        drainFirst: {
            line: 'with the claim: wait for the readers to leave',
            moves: () => [move('has the claim, and looks for readers', (s, t) => call(t, 'drain', 'writing'))],
        },
        writing: {
            line: 'writes',
            moves: (s, t) => [
                t.got
                    ? move('writes', (s, t) => {
                          hold(s, t, WRITE);
                          go(t, 'endWrite');
                      })
                    : move('has given up, and still holds the lock upgradably', (s, t) => {
                          hold(s, t, UPGRADABLE);
                          go(t, 'endUpgradable');
                      }),
            ],
        },
        endWrite: {
            line: 'has written',
            moves: () => [
                move('has written, and begins to unlock', (s, t) => {
                    t.mode = WRITE;
                    call(t, 'release', 'finish');
                }),
            ],
        },
        upgradable: {
            line: 'lock upgradably: readers may come, other upgraders not',
            moves: () => [
                move('begins to lock upgradably', (s, t) => {
                    t.mode = UPGRADABLE;
                    call(t, 'acquire', 'mayUpgrade');
                }),
            ],
        },
        mayUpgrade: {
            line: 'reads, and decides to write',
            moves: () => [
                move('reads, and decides to write', (s, t) => {
                    hold(s, t, UPGRADABLE);
                    go(t, 'upgrade');
                }),
            ],
        },
        upgrade: {
            line: 'upgrade: from the upgradable hold to the claim, in one step',
            moves: () => [
                move('upgrades: no new readers from now on', (s, t) => {
                    hold(s, t, null);
                    s.readers--;
                    s.upgradable = false;
                    s.writer = true;
                    call(t, 'drain', 'writing');
                }),
            ],
        },
        endUpgradable: {
            line: 'unlock the upgradable hold',
            moves: () => [
                move('begins to unlock', (s, t) => {
                    t.mode = UPGRADABLE;
                    call(t, 'release', 'finish');
                }),
            ],
        },
        finish: { line: 'the end', moves: () => [move('is done', (s, t) => go(t, DONE))] },
    };

    /** Takes the hold that a thread releases out of the state. */
    function giveBack(s, t) {
        if (t.mode === WRITE) {
            s.writer = false;
        } else {
            s.readers--;
            s.upgradable = false;
        }
    }

    function restoreStale(s, t, left) {
        if (left.STALE_STATE) {
            s.readers = t.stale;
        }
    }

    function released(s, t, plan, token) {
        if (plan.left === 0) {
            s.parked = false;
        }
        commit(s, plan, token);
        t.stale = 0;
        s.bucket = null;
        back(t);
    }

    function atEnd(s) {
        const clean = s.readers === 0 && !s.writer && !s.upgradable && !s.draining && !s.parked && !s.woken;
        return clean
            ? null
            : {
                  kind: 'a state left behind',
                  text:
                      'All threads are done, but the state is not that of a free lock: the next thread will wait ' +
                      'for nobody.',
              };
    }

    function stuck(s) {
        const asleep = s.threads.filter((t) => !isDone(t) && places[t.at].sleeps).map((t) => t.name);
        const who =
            `${asleep.join(' and ')} ${asleep.length > 1 ? 'sleep' : 'sleeps'} for ever, ` +
            'and nobody is left who would wake ' +
            'anybody. ';
        if (s.woken) {
            return { kind: 'a sleeper forgotten', text: `${who}WOKEN says that a writer is on its way, but none is.` };
        }
        if (s.drainer !== null) {
            return { kind: 'a lost wake-up', text: `${who}The last reader has left, and has told nobody.` };
        }
        return { kind: 'a sleeper forgotten', text: `${who}Whoever it was that they waited for has gone.` };
    }

    function statusOf(s, t) {
        const place = places[t.at];
        return isDone(t)
            ? 'done'
            : t.chosen
              ? 'woken'
              : place.sleeps
                ? 'parked'
                : t.holds
                  ? 'holding'
                  : place.waits && s.bucket !== null
                    ? 'waiting'
                    : 'running';
    }

    function view(s) {
        const waiter = (number) => ({ thread: s.threads[number].name, note: s.threads[number].mode });
        return {
            threads: s.threads.map((t) => ({
                name: t.name,
                status: statusOf(s, t),
                doing: t.holds && !isDone(t) ? `holds it (${t.holds})` : undefined,
                token: t.chosen ? t.token : undefined,
            })),
            words: [
                {
                    name: 'rwlock',
                    fields: [
                        { name: 'READERS', value: s.readers },
                        ...[
                            ['WRITER', s.writer],
                            ['UPGRADABLE', s.upgradable],
                            ['DRAINING', s.draining],
                            ['PARKED', s.parked],
                            ['WOKEN', s.woken],
                        ].map(([name, set]) => ({ name, value: set ? 1 : 0 })),
                    ],
                },
            ],
            buckets: [
                {
                    name: 'bucket',
                    lock: s.bucket === null ? undefined : s.bucket,
                    queues: [
                        { key: 'main', waiters: s.queue.map(waiter) },
                        {
                            key: 'drain',
                            waiters: s.drainer === null ? [] : [{ thread: s.threads[s.drainer].name, note: 'drains' }],
                        },
                    ],
                },
            ],
        };
    }

    function person(name, at, timed) {
        return thread(name, 'rwlock', at, {
            mode: null,
            holds: null,
            timed,
            chosen: false,
            token: null,
            wasWoken: false,
            got: false,
            had: false,
            stale: 0,
        });
    }

    V.models.push({
        id: 'upgrade',
        title: 'Upgrade',
        about:
            'A readers-writer lock whose upgradable hold lets readers in beside it, but no other upgradable hold ' +
            'and no writer. An upgrade claims the lock in one step, so that no new readers come, and then waits in ' +
            'a queue of its own until those who read have left. A loses patience if you want it to; then it has its ' +
            'upgradable hold back.',
        task: 'Let a thread wait for somebody who has gone already.',
        switches: [
            {
                id: 'NO_DRAIN_WAKE',
                also: [],
                text: 'The last reader wakes nobody.',
                hint: 'Let an upgrader fall asleep while somebody reads.',
            },
            {
                id: 'STALE_STATE',
                also: [],
                text: 'A release works on the state as it was before the bucket was locked.',
                hint: 'The number of readers must change while a release waits for the bucket.',
            },
            {
                id: 'KEEP_WOKEN',
                also: [],
                text: 'A woken writer that parks again leaves WOKEN set.',
                hint: 'Wake the writer, and let somebody else take the lock before it.',
            },
        ],
        source: 'docs/model/rwlock.pml, with -DUPGRADE',
        places,
        stuck,
        atEnd,
        view,
        start: () => ({
            readers: 0,
            writer: false,
            upgradable: false,
            draining: false,
            parked: false,
            woken: false,
            bucket: null,
            queue: [],
            drainer: null,
            violation: null,
            threads: [
                person('A', 'upgradable', true),
                person('B', 'upgradable', false),
                person('C', 'read', false),
                person('D', 'write', false),
            ],
        }),
    });
})((globalThis.Visualizer = globalThis.Visualizer || {}));

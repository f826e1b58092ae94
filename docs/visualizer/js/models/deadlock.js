/*
 * Two threads that each need two mutexes. The mutexes are as simple as they can be: locked or not, and a queue; that
 * each of them works by itself is what the other scenarios are about.
 *
 * The mechanism that can be left out is not one of the library but one of its users: that all take the locks in one
 * order.
 */
(function (V) {
    'use strict';
    const { move, go, call, back, violate, thread, isDone, numberOf, DONE } = V.engine;

    function order(t, left) {
        return left.OPPOSITE_ORDER && t.name === 'B' ? [1, 0] : [0, 1];
    }

    /** Whom a thread waits for: the holder of the lock that it needs. */
    function blocker(s, number) {
        const wanted = s.threads[number].wants;
        return wanted === null ? null : s.holder[wanted];
    }

    /** Looks along the chain of those who wait for each other, as DeadlockDetector does. */
    function lookForCycle(s, number) {
        const names = [s.threads[number].name];
        let each = blocker(s, number);
        while (each !== null && each !== number && names.length <= s.threads.length) {
            names.push(s.threads[each].name);
            each = blocker(s, each);
        }
        if (each === number) {
            const chain = [...names, names[0]];
            violate(
                s,
                'a deadlock',
                `${chain
                    .slice(1)
                    .map((name, i) => `${chain[i]} waits for ${name}`)
                    .join(', and ')}. ` + 'None of them can release what the others need.',
            );
        }
    }

    const places = {
        first: {
            line: 'lock the first mutex',
            moves: (s, t, left) => lock(s, t, order(t, left)[0], 'second'),
        },
        second: {
            line: 'lock the second mutex',
            moves: (s, t, left) => lock(s, t, order(t, left)[1], 'section'),
        },
        asleep: {
            line: 'asleep in the queue of a mutex',
            sleeps: true,
            moves: (s, t) => [
                t.chosen &&
                    move('wakes up: the lock was handed to it', (s, t) => {
                        t.chosen = false;
                        t.wants = null;
                        back(t);
                    }),
            ],
        },
        section: {
            line: 'the critical section, with both mutexes',
            moves: () => [move('has done its work', (s, t) => go(t, 'unlockSecond'))],
        },
        unlockSecond: {
            line: 'unlock the second mutex',
            moves: (s, t, left) => unlock(s, order(t, left)[1], 'unlockFirst'),
        },
        unlockFirst: {
            line: 'unlock the first mutex',
            moves: (s, t, left) => unlock(s, order(t, left)[0], DONE),
        },
    };

    function lock(s, t, which, next) {
        const name = s.names[which];
        return [
            s.holder[which] === null
                ? move(`locks ${name}`, (s, t) => {
                      s.holder[which] = numberOf(s, t);
                      go(t, next);
                  })
                : move(`finds ${name} held, and parks in its queue`, (s, t) => {
                      s.queues[which].push(numberOf(s, t));
                      t.wants = which;
                      call(t, 'asleep', next);
                      lookForCycle(s, numberOf(s, t));
                  }),
        ];
    }

    function unlock(s, which, next) {
        const first = s.queues[which][0];
        return [
            move(
                first === undefined
                    ? `unlocks ${s.names[which]}`
                    : `hands ${s.names[which]} to ${s.threads[first].name}`,
                (s, t) => {
                    s.holder[which] = null;
                    if (s.queues[which].length > 0) {
                        const heir = s.queues[which].shift();
                        s.holder[which] = heir;
                        s.threads[heir].chosen = true;
                    }
                    go(t, next);
                },
            ),
        ];
    }

    function stuck() {
        return { kind: 'a deadlock', text: 'No thread can make a step.' };
    }

    function view(s) {
        const holds = (number) => s.holder.includes(number);
        return {
            threads: s.threads.map((t, number) => ({
                name: t.name,
                status: isDone(t)
                    ? 'done'
                    : t.chosen
                      ? 'woken'
                      : places[t.at].sleeps
                        ? 'parked'
                        : holds(number)
                          ? 'holding'
                          : 'running',
                token: t.chosen ? 'HANDOFF' : undefined,
                doing:
                    !isDone(t) &&
                    places[t.at].sleeps &&
                    t.wants !== null &&
                    s.holder[t.wants] !== null &&
                    s.holder[t.wants] !== number
                        ? `waits for ${s.names[t.wants]}, which ${s.threads[s.holder[t.wants]].name} holds`
                        : undefined,
            })),
            words: s.names.map((name, which) => ({
                name,
                fields: [
                    { name: 'locked', value: s.holder[which] === null ? 0 : 1 },
                    { name: 'PARKED', value: s.queues[which].length > 0 ? 1 : 0 },
                ],
            })),
            buckets: s.names.map((name, which) => ({
                name: `bucket of ${name}`,
                queues: [{ key: name, waiters: s.queues[which].map((number) => ({ thread: s.threads[number].name })) }],
            })),
        };
    }

    V.models.push({
        id: 'deadlock',
        title: 'A deadlock',
        about:
            'A, B and C each need two mutexes, M and N. As long as all take M first, nothing can go wrong. If B ' +
            'takes N first, each can hold what the other needs. A thread in a queue of the lot is known to it, and ' +
            'the lock knows its holder, so the circle can be found: DeadlockDetector looks for it just as this page ' +
            'does.',
        task: 'Let each of the two hold what the other needs.',
        switches: [
            {
                id: 'OPPOSITE_ORDER',
                also: [],
                text: 'B takes the mutexes in the opposite order.',
                hint: 'Let each thread take one.',
            },
        ],
        source: null,
        complete: 'Nothing: all threads take M before N.',
        places,
        stuck,
        view,
        start: () => ({
            names: ['M', 'N'],
            holder: [null, null],
            queues: [[], []],
            violation: null,
            threads: ['A', 'B', 'C'].map((name) => thread(name, 'deadlock', 'first', { wants: null, chosen: false })),
        }),
    });
})((globalThis.Visualizer = globalThis.Visualizer || {}));

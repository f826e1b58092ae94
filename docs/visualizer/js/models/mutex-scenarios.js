/*
 * The scenarios that show a mutex, and what can be left out of it.
 */
(function (V) {
    'use strict';
    const { thread } = V.engine;
    const { places, memory, stuck, view } = V.mutex;

    function state(threads, withCondition) {
        return {
            locked: 0,
            parked: false,
            woken: false,
            spinning: false,
            shared: false,
            signalled: false,
            bucket: null,
            queue: [],
            condQueue: [],
            sentinel: null,
            withCondition,
            violation: null,
            threads,
        };
    }

    function person(name, at, fields) {
        return thread(
            name,
            'mutex',
            at,
            Object.assign(
                {
                    rounds: 1,
                    timed: false,
                    holds: false,
                    delayed: false,
                    awake: false,
                    chosen: false,
                    token: null,
                    moved: false,
                    returning: false,
                    returns: false,
                    promised: false,
                    w: null,
                },
                fields,
            ),
        );
    }

    const SWITCHES = {
        NO_REVALIDATE: {
            text: 'Nobody looks again.',
            hint: 'Let a thread set PARKED and validate while the unlocker’s store is still in its store buffer.',
        },
        NO_SECOND_LOOK: {
            text: 'Nobody looks again, and the exit does not look at the flags after its store.',
            also: ['NO_REVALIDATE'],
            hint: 'Set PARKED between the first look of the unlocker and its store.',
        },
        NO_PASSING: {
            text: 'A waiter that times out does not pass the duty to look again on.',
            hint: 'The forgotten one must be one who had left the duty to somebody else.',
        },
        CLEAR_ALWAYS: {
            text: 'An unlock clears PARKED although threads stay in the queue.',
            hint: 'Have two threads in the queue when somebody unlocks.',
        },
        KEEP_PROMISE: {
            text: 'A thread that parks leaves WOKEN or SPINNING set.',
            hint: 'A thread that has promised to spin must park.',
        },
        NO_SUCCESSOR_LOOK: {
            text: 'An unlock leaves the queue to a successor without having seen one.',
            hint: 'Unlock when a thread is parked and nobody else comes.',
        },
        NO_SHARED: {
            text: 'The unlock of a mutex with a condition is the 1-0 exit, too.',
            hint: 'Move a sleeper to the mutex while the holder’s last look at the flags is behind it.',
        },
        NO_RECHECK: {
            text: 'The signaller does not read locked again after it has set PARKED.',
            hint: 'The holder must unlock between the two looks of the signaller.',
        },
    };

    function switches(...ids) {
        return ids.map((id) => Object.assign({ id, also: [] }, SWITCHES[id]));
    }

    const common = { places, memory, stuck, view, source: 'docs/model/mutex.pml' };

    V.models.push(
        Object.assign(
            {
                id: 'contention',
                title: 'Contention',
                about:
                    'Three threads want one mutex. The state is one byte that says whether it is locked, and a byte ' +
                    'of flags. Threads that wait stand in a queue that the mutex does not have: it is in the ' +
                    'parking lot, in a bucket that has a lock of its own. B loses patience if you want it to.',
                task: 'Bring it about that a thread sleeps for ever while the lock is free.',
                switches: switches('CLEAR_ALWAYS', 'KEEP_PROMISE', 'NO_SUCCESSOR_LOOK', 'NO_PASSING'),
                start: () =>
                    state(
                        [person('A', 'next', { rounds: 2 }), person('B', 'next', { timed: true }), person('C', 'next')],
                        false,
                    ),
            },
            common,
        ),
        Object.assign(
            {
                id: 'handoff',
                title: 'Hand-off',
                about:
                    'A thread that unlocks can free the lock and wake somebody, who then has to try again like ' +
                    'everybody else. Or it can leave the lock locked and hand it to the thread that has waited ' +
                    'longest. The token that the woken thread returns with says which of the two it was.',
                task: 'See to it that the lock is handed over; then try to break it.',
                switches: switches('CLEAR_ALWAYS', 'KEEP_PROMISE'),
                start: () => state([person('A', 'next'), person('B', 'next'), person('C', 'next')], false),
            },
            common,
        ),
        Object.assign(
            {
                id: 'signal-all',
                title: 'signalAll: requeueing',
                about:
                    'A and B wait for a condition, C makes it true and signals all, and D wants the mutex, too. If ' +
                    'the mutex is held at that moment, waking the waiters would only make them queue up for the ' +
                    'mutex. So they are moved, asleep, from the queue of the condition to that of the mutex.',
                task: 'Have somebody moved to the queue of the mutex when nobody is left who would look there.',
                switches: switches('NO_SHARED', 'NO_RECHECK'),
                start: () =>
                    state(
                        [person('A', 'await'), person('B', 'await'), person('C', 'signal'), person('D', 'next')],
                        true,
                    ),
            },
            common,
        ),
        Object.assign(
            {
                id: 'exit',
                title: 'The 1-0 exit and its store buffer',
                about:
                    'Unlocking a mutex takes no atomic instruction here: it is a plain store, and a look at the ' +
                    'flags. A processor puts a store into its store buffer first, and goes on; others see it a ' +
                    'little later. So the unlocker can look at the flags before its store is visible, while a ' +
                    'waiter looks at the lock after it has set its flag: each overlooks the other. That is why one ' +
                    'of those who sleep looks again.',
                task: 'Find the order in which each of the two overlooks the other.',
                switches: switches('NO_REVALIDATE', 'NO_SECOND_LOOK'),
                start: () => state([person('A', 'next'), person('B', 'next')], false),
            },
            common,
        ),
    );
})((globalThis.Visualizer = globalThis.Visualizer || {}));

/*
 * The format of traces, which README.md describes: what is read is checked here, once, with one message for what is
 * wrong.
 */
(function (V) {
    'use strict';

    const FORMAT = 'parkinglot-trace';
    const VERSION = 1;
    const STATUSES = ['running', 'spinning', 'waiting', 'parked', 'woken', 'holding', 'done'];
    const EVENTS = [
        'begin',
        'arrive',
        'park',
        'unpark',
        'wake',
        'requeue',
        'leave',
        'grow',
        'deadlock',
        'note',
        'end',
        'step',
        'broken',
    ];

    /** What a file is not. Its message is for people. */
    class Malformed extends Error {}

    function fail(where, what) {
        throw new Malformed(`This is not a trace that can be shown: ${where} ${what}.`);
    }

    function article(kind) {
        return kind === 'object' || kind === 'array' ? `an ${kind}` : `a ${kind}`;
    }

    function kindOf(value) {
        return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    }

    function need(value, kind, where) {
        if (value === undefined) {
            fail(where, 'is missing');
        }
        if (kindOf(value) !== kind) {
            fail(where, `must be ${article(kind)}, but is ${value === null ? 'null' : article(kindOf(value))}`);
        }
        return value;
    }

    function allow(value, kind, where) {
        if (value !== undefined) {
            need(value, kind, where);
        }
    }

    function oneOf(value, choices, where) {
        need(value, 'string', where);
        if (!choices.includes(value)) {
            fail(where, `is "${value}", which is none of ${choices.join(', ')}`);
        }
    }

    function each(list, where, check) {
        need(list, 'array', where);
        list.forEach((item, i) => check(need(item, 'object', `${where}[${i}]`), `${where}[${i}]`));
    }

    function checkState(state, where) {
        const names = [];
        each(state.threads, `${where}.threads`, (thread, at) => {
            names.push(need(thread.name, 'string', `${at}.name`));
            oneOf(thread.status, STATUSES, `${at}.status`);
            allow(thread.doing, 'string', `${at}.doing`);
            allow(thread.token, 'string', `${at}.token`);
            allow(thread.store, 'string', `${at}.store`);
        });
        each(state.words, `${where}.words`, (word, at) => {
            need(word.name, 'string', `${at}.name`);
            each(word.fields, `${at}.fields`, (field, on) => {
                need(field.name, 'string', `${on}.name`);
                if (typeof field.value !== 'number' && typeof field.value !== 'string') {
                    fail(`${on}.value`, 'must be a number or a string');
                }
                allow(field.derived, 'boolean', `${on}.derived`);
            });
        });
        each(state.buckets, `${where}.buckets`, (bucket, at) => {
            need(bucket.name, 'string', `${at}.name`);
            allow(bucket.lock, 'string', `${at}.lock`);
            allow(bucket.generation, 'number', `${at}.generation`);
            allow(bucket.forwarded, 'boolean', `${at}.forwarded`);
            allow(bucket.absent, 'boolean', `${at}.absent`);
            each(bucket.queues, `${at}.queues`, (queue, on) => {
                need(queue.key, 'string', `${on}.key`);
                each(queue.waiters, `${on}.waiters`, (waiter, who) => {
                    need(waiter.thread, 'string', `${who}.thread`);
                    if (!names.includes(waiter.thread)) {
                        fail(`${who}.thread`, `is "${waiter.thread}", but no thread of this state has that name`);
                    }
                    allow(waiter.note, 'string', `${who}.note`);
                });
            });
        });
    }

    /** Returns what it was given, or throws Malformed. */
    function check(trace) {
        if (kindOf(trace) !== 'object') {
            fail('the file', 'must be a JSON object');
        }
        if (trace.format !== FORMAT) {
            fail('format', trace.format === undefined ? 'is missing' : `must be "${FORMAT}"`);
        }
        if (trace.version !== VERSION) {
            fail(
                'version',
                `must be ${VERSION}, which is all that this page knows, but is ${JSON.stringify(trace.version)}`,
            );
        }
        need(trace.title, 'string', 'title');
        allow(trace.scenario, 'string', 'scenario');
        allow(trace.about, 'string', 'about');
        allow(trace.recorded, 'string', 'recorded');
        each(trace.steps, 'steps', (step, at) => {
            allow(step.thread, 'string', `${at}.thread`);
            oneOf(step.event, EVENTS, `${at}.event`);
            need(step.text, 'string', `${at}.text`);
            checkState(need(step.state, 'object', `${at}.state`), `${at}.state`);
        });
        if (trace.steps.length === 0) {
            fail('steps', 'must have at least one step');
        }
        return trace;
    }

    function parse(text) {
        let trace;
        try {
            trace = JSON.parse(text);
        } catch (e) {
            throw new Malformed(`This is not a trace that can be shown: the file is not JSON (${e.message}).`);
        }
        return check(trace);
    }

    V.recordings = V.recordings || {};

    /** Called by the files in traces/: a page that is opened from a disk may run scripts, but not read other files. */
    V.recorded = function (trace) {
        V.recordings[trace.scenario] = check(trace);
    };

    V.trace = { FORMAT, VERSION, Malformed, check, parse };
})((globalThis.Visualizer = globalThis.Visualizer || {}));

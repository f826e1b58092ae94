/*
 * What needs no browser: that a complete protocol cannot be broken, that it can be as soon as one of its mechanisms is
 * left out, and that files are refused with one message.
 */
'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');
const { root, scripts, V } = require('./load.js');
const { engine } = V;

/** Some have so many states that they are not all looked at here; docs/model/check does that. */
const TOO_MANY = ['signal-all'];

function leftOut(each) {
    return Object.fromEntries([each.id, ...each.also].map((id) => [id, true]));
}

function searchAll(model, left, limits) {
    const search = engine.search(model, model.start(), left, limits);
    while (!search.portion(10000));
    return search;
}

/** The problem to which the search leads when something is left out; looked for once. */
const problems = new Map();

function problemWithout(model, each) {
    if (!problems.has(each)) {
        const search = searchAll(model, leftOut(each));
        assert.ok(search.found, `${search.states} states, ${search.walks} random plays`);
        problems.set(each, engine.wrong(model, replay(model, leftOut(each), search.found), leftOut(each)));
    }
    return problems.get(each);
}

function replay(model, left, path) {
    return path.reduce((state, index) => engine.after(state, engine.moves(model, state, left)[index]), model.start());
}

for (const model of V.models) {
    test(`${model.id}: the complete protocol cannot be broken`, () => {
        const large = TOO_MANY.includes(model.id);
        const search = searchAll(model, {}, large ? { states: 20000, walks: 3000 } : { states: 300000, walks: 0 });
        assert.strictEqual(search.found, null);
        assert.ok(large || search.exhausted, `${search.states} states, and there are more`);
    });
    for (const each of model.switches) {
        test(`${model.id}: without what ${each.id} leaves out it can be broken`, () => {
            const problem = problemWithout(model, each);
            assert.ok(problem.kind && problem.text);
        });
    }
}

test('what is left out is called as in the models of docs/model', () => {
    for (const model of V.models) {
        const file = model.source && model.source.match(/docs\/model\/\w+\.pml/)[0];
        if (file) {
            const text = fs.readFileSync(path.join(root, '..', '..', file), 'utf8');
            model.switches.forEach((each) => assert.match(text, new RegExp(`\\b${each.id}\\b`)));
        }
    }
});

test('every move of every protocol leaves the state plain data that can be drawn', () => {
    for (const model of V.models) {
        const roll = engine.dice(3);
        for (let play = 0; play < 20; play++) {
            let state = model.start();
            for (let moves = engine.moves(model, state, {}); moves.length > 0; moves = engine.moves(model, state, {})) {
                state = engine.after(state, moves[roll(moves.length)]);
                assert.deepStrictEqual(engine.copy(state), state);
                V.trace.check(traceOf(model.view(state)));
            }
        }
    }
});

test('each of the things that can break is found somewhere', () => {
    const kinds = new Set(V.models.flatMap((model) => model.switches.map((each) => problemWithout(model, each).kind)));
    ['two holders', 'a lost wake-up', 'a sleeper forgotten', 'a deadlock'].forEach((kind) =>
        assert.ok(kinds.has(kind), kind),
    );
});

// ---- the format

function traceOf(state) {
    return { format: 'parkinglot-trace', version: 1, title: 'T', steps: [{ event: 'note', text: 't', state }] };
}

const STATE = {
    threads: [{ name: 'A', status: 'running' }],
    words: [{ name: 'w', fields: [{ name: 'locked', value: 1 }] }],
    buckets: [{ name: 'b', queues: [{ key: 'k', waiters: [{ thread: 'A' }] }] }],
};

test('a trace is read', () => {
    assert.deepStrictEqual(V.trace.parse(JSON.stringify(traceOf(STATE))), traceOf(STATE));
});

const WRONG = [
    ['{', /the file is not JSON/],
    ['[]', /the file must be a JSON object/],
    [(t) => delete t.format, /format is missing/],
    [(t) => (t.format = 'x'), /format must be "parkinglot-trace"/],
    [(t) => (t.version = 2), /version must be 1, .* but is 2/],
    [(t) => delete t.title, /title is missing/],
    [(t) => (t.steps = {}), /steps must be an array, but is an object/],
    [(t) => (t.steps = []), /steps must have at least one step/],
    [(t) => (t.steps[0] = null), /steps\[0\] must be an object, but is null/],
    [(t) => (t.steps[0].event = 'sneeze'), /steps\[0\]\.event is "sneeze", which is none of/],
    [(t) => (t.steps[0].text = 1), /steps\[0\]\.text must be a string, but is a number/],
    [(t) => delete t.steps[0].state.words, /steps\[0\]\.state\.words is missing/],
    [(t) => (t.steps[0].state.threads[0].status = 'sleepy'), /threads\[0\]\.status is "sleepy", which is none of/],
    [(t) => (t.steps[0].state.words[0].fields[0].value = true), /fields\[0\]\.value must be a number or a string/],
    [
        (t) => (t.steps[0].state.buckets[0].queues[0].waiters[0].thread = 'Z'),
        /is "Z", but no thread of this state has that name/,
    ],
];

for (const [wrong, message] of WRONG) {
    test(`a file is refused with one message: ${message}`, () => {
        let text = wrong;
        if (typeof wrong === 'function') {
            const trace = engine.copy(traceOf(STATE));
            wrong(trace);
            text = JSON.stringify(trace);
        }
        assert.throws(
            () => V.trace.parse(text),
            (e) =>
                e instanceof V.trace.Malformed &&
                message.test(e.message) &&
                e.message.startsWith('This is not a trace that can be shown: ') &&
                !e.message.includes('\n'),
        );
    });
}

test('every scenario has a recording, and every recording is one of a scenario', () => {
    const files = fs
        .readdirSync(path.join(root, 'traces'))
        .filter((name) => name.endsWith('.js'))
        .map((name) => `traces/${name}`);
    files.forEach((name) => assert.ok(scripts.includes(name), `${name} is not in index.html`));
    Object.keys(V.recordings).forEach((id) =>
        assert.ok(
            V.models.some((model) => model.id === id),
            id,
        ),
    );
    V.models.filter((model) => !model.notRecorded).forEach((model) => assert.ok(V.recordings[model.id], model.id));
});

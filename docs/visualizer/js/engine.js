/*
 * Runs a protocol step by step: which thread can move, what each move does, and what is wrong with a state.
 *
 * A protocol is a set of programs. A program is a set of places; at a place a thread has moves, of which each is one
 * atomic step: it reads and changes what threads share, and goes to the next place. A thread with no move at its place
 * waits. The whole state is plain data, so that it can be copied, compared, and searched.
 */
(function (V) {
    'use strict';

    /** Copies a state. */
    function copy(state) {
        return JSON.parse(JSON.stringify(state));
    }

    /**
     * A move that a thread may make.
     *
     * text: what it does, as a sentence without its subject. run: changes the state that it is given, and the thread in
     * it.
     */
    function move(text, run) {
        return { text, run };
    }

    /** The thread goes to a place. */
    function go(thread, place) {
        thread.at = place;
    }

    /** The thread goes to a place, and will go to another when `back` is called. */
    function call(thread, place, returnTo) {
        thread.stack.push(returnTo);
        thread.at = place;
    }

    function back(thread) {
        thread.at = thread.stack.pop();
    }

    /** Something that must never be was seen; the first such thing counts. */
    function violate(state, kind, text) {
        if (!state.violation) {
            state.violation = { kind, text };
        }
    }

    /** A thread at the beginning of a program. */
    function thread(name, program, at, fields) {
        return Object.assign({ name, program, at, stack: [] }, fields);
    }

    const DONE = 'done';

    function isDone(thread) {
        return thread.at === DONE;
    }

    /** The moves of one thread, each with the thread's number. */
    function movesOf(model, state, number, left) {
        const thread = state.threads[number];
        if (state.violation || isDone(thread)) {
            return [];
        }
        const place = model.places[thread.at];
        if (!place) {
            throw new Error(`${model.id}: no place "${thread.at}"`);
        }
        return place
            .moves(state, thread, left)
            .filter(Boolean)
            .map((each) => ({ ...each, number, memory: false }));
    }

    /** All moves: those of the threads in their order, then those of the memory. */
    function moves(model, state, left) {
        if (state.violation) {
            return [];
        }
        const all = state.threads.flatMap((_, number) => movesOf(model, state, number, left));
        const ofMemory = model.memory ? model.memory(state, left) : [];
        return all.concat(ofMemory.map((each) => ({ ...each, memory: true })));
    }

    /** The state after a move. */
    function after(state, move) {
        const next = copy(state);
        move.run(next, next.threads[move.number]);
        return next;
    }

    /**
     * What is wrong with a state: {kind, text}, or null. A state in which nobody can move is wrong unless all threads
     * are done; of what kind that is, the model knows.
     */
    function wrong(model, state, left) {
        if (state.violation) {
            return state.violation;
        }
        if (moves(model, state, left).length > 0) {
            return null;
        }
        if (state.threads.every(isDone)) {
            return model.atEnd ? model.atEnd(state) : null;
        }
        return model.stuck(state);
    }

    /**
     * A number for a state, 53 bits of it: two states with the same one would be a chance of less than one in a
     * million.
     */
    function fingerprint(state) {
        const text = JSON.stringify(state);
        let a = 0x811c9dc5;
        let b = 0x9747b28c;
        for (let i = 0; i < text.length; i++) {
            const code = text.charCodeAt(i);
            a = Math.imul(a ^ code, 0x01000193);
            b = Math.imul(b ^ code, 0x5bd1e995);
            b ^= b >>> 15;
        }
        return (a >>> 0) * 0x200000 + (b >>> 11);
    }

    /** Random numbers that are the same in every run. */
    function dice(seed) {
        let state = seed >>> 0;
        return function (sides) {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return Math.floor((state / 0x100000000) * sides);
        };
    }

    /**
     * Looks for a state with which something is wrong: breadth first, which finds the shortest way and can say that
     * there is none, until there are too many states; then by walking at random, which finds some way. Work is done in
     * portions: `portion(n)` takes about so many steps and returns whether the search is over.
     *
     * found: the way, as indexes into `moves`, or null. states: how many were looked at. exhausted: those were all
     * there are.
     */
    function search(model, start, left, limits) {
        const { states: mostStates, walks: mostWalks } = Object.assign({ states: 20000, walks: 20000 }, limits);
        const enough = 2000; // walks, once one has found something
        const longest = 300; // steps of a walk
        const seen = new Set([fingerprint(start)]);
        const result = { found: null, states: 0, walks: 0, over: false, exhausted: false };
        const roll = dice(1);
        let queue = [{ state: start, before: null, index: -1 }];
        let first = 0;

        function pathTo(node) {
            const path = [];
            for (let each = node; each.before; each = each.before) {
                path.unshift(each.index);
            }
            return path;
        }

        function expandOne() {
            const node = queue[first];
            queue[first++] = null;
            if (first > 10000) {
                queue = queue.slice(first);
                first = 0;
            }
            result.states++;
            if (wrong(model, node.state, left)) {
                result.found = pathTo(node);
                result.over = true;
                return;
            }
            moves(model, node.state, left).forEach((each, index) => {
                const next = after(node.state, each);
                const key = fingerprint(next);
                if (!seen.has(key)) {
                    seen.add(key);
                    queue.push({ state: next, before: node, index });
                }
            });
            result.exhausted = first === queue.length;
            result.over = result.exhausted;
        }

        function walkOnce() {
            result.walks++;
            const state = copy(start);
            const path = [];
            const bound = result.found ? result.found.length - 1 : longest;
            let possible = moves(model, state, left);
            while (possible.length > 0 && path.length < bound) {
                const index = roll(possible.length);
                path.push(index);
                possible[index].run(state, state.threads[possible[index].number]);
                possible = moves(model, state, left);
            }
            if (possible.length === 0 && wrong(model, state, left)) {
                result.found = path;
            }
            result.over = result.walks >= (result.found ? Math.min(enough, mostWalks) : mostWalks);
            return path.length;
        }

        result.portion = function (count) {
            let left = count;
            while (left > 0 && !result.over) {
                if (result.states < mostStates) {
                    expandOne();
                    left--;
                } else {
                    queue = [];
                    seen.clear();
                    left -= walkOnce();
                }
            }
            return result.over;
        };
        return result;
    }

    // ---- what several models have

    function numberOf(state, t) {
        return state.threads.findIndex((each) => each.name === t.name);
    }

    /** A thread holds a lock that only one may hold. */
    function holdAlone(state, t) {
        t.holds = true;
        const holders = state.threads.filter((each) => each.holds).map((each) => each.name);
        if (holders.length > 1) {
            violate(state, 'two holders', `${holders.join(' and ')} hold the lock at the same time.`);
        }
    }

    /** Whether a thread's store to the lock, which is `delayed` while only itself sees it, is visible to all. */
    function isDrained(t) {
        return !t.delayed;
    }

    /** The moves of the memory: each store that is delayed becomes visible at some time. */
    function drains(state, text, free) {
        return state.threads
            .map(
                (t, number) =>
                    t.delayed && {
                        number,
                        text,
                        run: (s, t) => {
                            t.delayed = false;
                            free(s);
                        },
                    },
            )
            .filter(Boolean);
    }

    V.models = V.models || [];
    V.engine = {
        copy,
        move,
        go,
        call,
        back,
        violate,
        thread,
        isDone,
        movesOf,
        moves,
        after,
        wrong,
        search,
        dice,
        numberOf,
        holdAlone,
        isDrained,
        drains,
        DONE,
    };
})((globalThis.Visualizer = globalThis.Visualizer || {}));

/*
 * What the reader does: chooses a scenario, watches a recording of it, or moves the threads himself.
 *
 * Both ways are a list of frames, each with a state to draw and a sentence that says how it came about, and a position
 * in it. A recording has all its frames from the beginning; while the reader moves the threads, each move adds one.
 */
(function (V) {
    'use strict';
    const { engine, view } = V;
    const { element } = view;

    const PERIODS = { slow: 2400, normal: 1200, fast: 500, 'very fast': 120 };
    const PORTION = 1500;

    const find = (id) => document.getElementById(id);
    const stage = {
        threads: find('threads'),
        words: find('words'),
        wordsTitle: find('words-title'),
        buckets: find('buckets'),
    };

    const app = {
        model: V.models[0],
        mode: 'watch',
        frames: [],
        position: 0,
        leftOut: null, // the switch, or null
        timer: null,
        searching: null,
        trace: null, // the recording that is shown
        roll: engine.dice(7),
    };

    // ---- frames

    function left() {
        const set = {};
        if (app.leftOut) {
            [app.leftOut.id, ...app.leftOut.also].forEach((id) => {
                set[id] = true;
            });
        }
        return set;
    }

    function frame() {
        return app.frames[app.position];
    }

    function isLast() {
        return app.position === app.frames.length - 1;
    }

    function framesOf(trace) {
        return trace.steps.map((step) => ({
            thread: step.thread,
            text: step.text,
            event: step.event,
            state: step.state,
        }));
    }

    function firstFrame() {
        const state = app.model.start();
        return {
            text: 'Nobody has moved yet. Choose who does.',
            event: 'begin',
            state: app.model.view(state),
            inner: state,
        };
    }

    /** Makes a move at the position; what came after it is forgotten. */
    function make(move) {
        const from = frame();
        const inner = engine.after(from.inner, move);
        const problem = engine.wrong(app.model, inner, left());
        const name = from.inner.threads[move.number].name;
        app.frames.length = app.position + 1;
        app.frames.push({
            thread: name,
            text: move.memory ? `${name}: ${move.text}.` : `${name} ${move.text}.`,
            event: problem ? 'broken' : 'step',
            state: app.model.view(inner),
            inner,
            problem,
        });
        app.position++;
    }

    function possibleMoves() {
        return app.mode === 'move' ? engine.moves(app.model, frame().inner, left()) : [];
    }

    // ---- going to and fro

    function show(position) {
        app.position = Math.max(0, Math.min(position, app.frames.length - 1));
        draw();
    }

    /** One step on; false if there is none. While the reader moves the threads, and has not chosen, chance chooses. */
    function stepOn() {
        if (!isLast()) {
            show(app.position + 1);
            return true;
        }
        const moves = possibleMoves();
        if (moves.length === 0) {
            return false;
        }
        make(moves[app.roll(moves.length)]);
        draw();
        return true;
    }

    function pause() {
        clearInterval(app.timer);
        app.timer = null;
        drawPlayer();
    }

    function tick() {
        if (!stepOn()) {
            pause();
        }
    }

    function play() {
        if (app.mode === 'watch' && isLast()) {
            show(0);
        }
        clearInterval(app.timer);
        app.timer = setInterval(tick, PERIODS[find('speed').value]);
        drawPlayer();
    }

    function togglePlay() {
        if (app.timer) {
            pause();
        } else {
            play();
        }
    }

    function pick(number) {
        const moves = possibleMoves();
        if (moves[number]) {
            pause();
            make(moves[number]);
            draw();
        }
    }

    // ---- choosing what to see

    function restart() {
        stopSearch();
        pause();
        if (app.mode === 'watch') {
            app.trace = app.trace && !app.trace.scenario ? app.trace : V.recordings[app.model.id];
            app.frames = app.trace ? framesOf(app.trace) : [];
        } else {
            app.frames = [firstFrame()];
        }
        app.position = 0;
        drawAll();
    }

    function chooseModel(model) {
        app.model = model;
        app.leftOut = null;
        app.trace = null;
        if (app.mode === 'watch' && !V.recordings[model.id]) {
            app.mode = 'move';
        }
        location.replace(`#${model.id}/${app.mode}`);
        restart();
    }

    function chooseMode(mode) {
        app.mode = mode;
        app.trace = null;
        location.replace(`#${app.model.id}/${mode}`);
        restart();
    }

    function leaveOut(id) {
        app.leftOut = app.model.switches.find((each) => each.id === id) || null;
        restart();
    }

    // ---- looking for a way to break it

    function stopSearch() {
        clearTimeout(app.searching);
        app.searching = null;
        find('searched').textContent = '';
    }

    function startSearch() {
        stopSearch();
        pause();
        const search = engine.search(app.model, frame().inner, left());
        const go = () => {
            if (search.portion(PORTION)) {
                app.searching = null;
                endSearch(search);
            } else {
                find('searched').textContent =
                    search.walks > 0 ? `${search.walks} random plays …` : `${search.states} states …`;
                app.searching = setTimeout(go, 0);
            }
        };
        go();
    }

    function endSearch(search) {
        if (!search.found) {
            find('searched').textContent = search.exhausted
                ? `Nothing can go wrong from here: all ${search.states} states that can follow were looked at.`
                : `Nothing went wrong in ${search.states} states and ${search.walks} random plays from here.`;
            return;
        }
        const from = app.position;
        search.found.forEach((index) => make(possibleMoves()[index]));
        find('searched').textContent =
            search.found.length === 0
                ? 'It is broken already.'
                : `Here is a way, of ${search.found.length} steps. Step through it, or play it.`;
        show(from);
    }

    // ---- files

    function read(file) {
        file.text()
            .then((text) => {
                const trace = V.trace.parse(text);
                delete trace.scenario;
                app.mode = 'watch';
                app.trace = trace;
                problem('');
                restart();
            })
            .catch((e) =>
                problem(e instanceof V.trace.Malformed ? e.message : `The file cannot be read: ${e.message}.`),
            );
    }

    function problem(text) {
        find('problem').textContent = text;
        find('problem').hidden = text === '';
    }

    /** What is shown, as a trace. */
    function toTrace() {
        return {
            format: V.trace.FORMAT,
            version: V.trace.VERSION,
            title: app.trace ? app.trace.title : app.model.title,
            about: app.trace ? app.trace.about : app.model.about,
            recorded:
                app.mode === 'watch'
                    ? app.trace.recorded
                    : `from the model, ${app.leftOut ? `with ${app.leftOut.id}` : 'complete'}`,
            steps: app.frames.map(({ thread, event, text, state }) => ({ thread, event, text, state })),
        };
    }

    function save() {
        const text = JSON.stringify(toTrace(), null, 1);
        const link = element('a', {
            href: URL.createObjectURL(new Blob([text], { type: 'application/json' })),
            download: `${app.model.id}.json`,
        });
        link.click();
        URL.revokeObjectURL(link.href);
    }

    // ---- drawing

    function moveButtons(name, moves) {
        const own = moves
            .map((move, i) => ({ move, i }))
            .filter(({ move }) => frame().inner.threads[move.number].name === name);
        return element(
            'div',
            { class: 'moves' },
            own.map(({ move, i }) =>
                element(
                    'button',
                    {
                        type: 'button',
                        class: move.memory ? 'move memory' : 'move',
                        onclick: () => pick(i),
                        'data-move': i,
                    },
                    i < 9 && element('kbd', {}, String(i + 1)),
                    move.text,
                ),
            ),
        );
    }

    /** What to show with a thread while the reader moves them. */
    function extraOf(moves) {
        if (app.mode !== 'move') {
            return () => null;
        }
        return (name) => {
            const thread = frame().inner.threads.find((each) => each.name === name);
            const place = app.model.places[thread.at];
            return [
                place && element('p', { class: 'place' }, element('code', {}, place.line)),
                moveButtons(name, moves),
            ];
        };
    }

    /** The text of a frame, in which the name of the thread is its badge. */
    function sentence({ thread, text, state }) {
        return thread && text.startsWith(thread) ? [view.badge(state, thread), text.slice(thread.length)] : [text];
    }

    function drawStage() {
        const moves = possibleMoves();
        const stateOf = frame();
        view.draw(stage, stateOf.state, extraOf(moves));
        find('now').replaceChildren(...sentence(stateOf));
        drawOutcome(moves);
    }

    function drawOutcome(moves) {
        const outcome = find('outcome');
        const broken = app.mode === 'move' ? frame().problem : undefined;
        const ended = app.mode === 'move' ? isLast() && !broken && moves.length === 0 : isLast();
        outcome.hidden = !broken && !ended;
        outcome.className = broken ? 'broken' : 'held';
        if (broken) {
            outcome.replaceChildren(element('strong', {}, `Broken: ${broken.kind}. `), broken.text);
        } else if (ended) {
            outcome.replaceChildren(
                app.mode === 'move'
                    ? 'All threads are done, and nothing was broken. Go back, and try another order.'
                    : 'The recording ends here.',
            );
        }
    }

    function drawLog() {
        find('log').replaceChildren(
            ...app.frames.map((each, i) =>
                element(
                    'li',
                    { class: i === app.position ? 'current' : i > app.position ? 'later' : undefined },
                    element(
                        'button',
                        { type: 'button', onclick: () => show(i), 'aria-current': i === app.position && 'step' },
                        each.text,
                    ),
                ),
            ),
        );
        const current = find('log').children[app.position];
        if (current) {
            find('log').scrollTop = current.offsetTop - find('log').clientHeight / 2;
        }
    }

    function drawPlayer() {
        const scrubber = find('scrubber');
        scrubber.max = Math.max(0, app.frames.length - 1);
        scrubber.value = app.position;
        scrubber.setAttribute('aria-valuetext', `step ${app.position} of ${app.frames.length - 1}`);
        find('position').textContent = `${app.position} / ${app.frames.length - 1}`;
        find('play').textContent = app.timer ? 'Pause' : 'Play';
        find('back').disabled = app.position === 0;
        find('first').disabled = app.position === 0;
        find('on').disabled = isLast() && possibleMoves().length === 0;
    }

    function draw() {
        drawStage();
        drawLog();
        drawPlayer();
    }

    function drawChoices() {
        find('scenarios').replaceChildren(
            ...V.models.map((model) =>
                element(
                    'li',
                    {},
                    element(
                        'button',
                        {
                            type: 'button',
                            onclick: () => chooseModel(model),
                            'aria-pressed': String(model === app.model),
                            'data-scenario': model.id,
                        },
                        model.title,
                    ),
                ),
            ),
        );
        ['watch', 'move'].forEach((mode) => {
            find(mode).setAttribute('aria-pressed', String(mode === app.mode));
        });
        find('watch').disabled = !V.recordings[app.model.id];
        const own = app.mode === 'watch' && app.trace && !app.trace.scenario;
        find('title').textContent = own ? app.trace.title : app.model.title;
        find('about').textContent = app.mode === 'watch' && app.trace ? app.trace.about || '' : app.model.about;
        find('recorded').textContent =
            app.mode === 'watch' && app.trace && app.trace.recorded ? app.trace.recorded : '';
        find('breaking').hidden = app.mode !== 'move';
    }

    function drawSwitches() {
        const choice = (id, text, checked) =>
            element(
                'li',
                {},
                element(
                    'label',
                    {},
                    element('input', { type: 'radio', name: 'left-out', value: id, checked }),
                    ' ',
                    text,
                ),
            );
        find('switches').replaceChildren(
            choice('', app.model.complete || 'Nothing: the protocol is complete, and cannot be broken.', !app.leftOut),
            ...app.model.switches.map((each) =>
                choice(each.id, [each.text, ' ', element('code', {}, each.id)], each === app.leftOut),
            ),
        );
        find('task').textContent = app.leftOut
            ? app.model.task
            : 'Leave something out first, or try to break it as it is.';
        find('hint').hidden = !app.leftOut;
        find('hint-text').textContent = app.leftOut ? app.leftOut.hint : '';
        find('hint').open = false;
        find('source').textContent = app.model.source
            ? `A step on this page is a step of the model in ${app.model.source}.`
            : '';
    }

    function drawAll() {
        drawChoices();
        drawSwitches();
        draw();
    }

    // ---- what the reader does

    const KEYS = {
        ' ': togglePlay,
        k: togglePlay,
        ArrowRight: () => {
            pause();
            stepOn();
        },
        ArrowLeft: () => {
            pause();
            show(app.position - 1);
        },
        Home: () => show(0),
        End: () => show(app.frames.length - 1),
        r: restart,
        m: () => chooseMode(app.mode === 'watch' || !V.recordings[app.model.id] ? 'move' : 'watch'),
        '+': () => changeSpeed(1),
        '-': () => changeSpeed(-1),
    };

    function changeSpeed(by) {
        const speed = find('speed');
        speed.selectedIndex = Math.max(0, Math.min(speed.selectedIndex + by, speed.options.length - 1));
        speedChanged();
    }

    function speedChanged() {
        if (app.timer) {
            play();
        }
    }

    function onKey(event) {
        const target = event.target;
        const is = (selector) => target instanceof Element && target.matches(selector);
        const ownKeys = is('input, select, textarea, summary') || (is('button') && event.key === ' ');
        if (event.ctrlKey || event.metaKey || event.altKey || ownKeys) {
            return;
        }
        if (/^[1-9]$/.test(event.key)) {
            pick(Number(event.key) - 1);
        } else if (KEYS[event.key]) {
            event.preventDefault();
            KEYS[event.key]();
        }
    }

    function start() {
        Object.keys(PERIODS).forEach((name) =>
            find('speed').append(element('option', { value: name, selected: name === 'normal' }, name)),
        );
        find('play').addEventListener('click', togglePlay);
        find('on').addEventListener('click', KEYS.ArrowRight);
        find('back').addEventListener('click', KEYS.ArrowLeft);
        find('first').addEventListener('click', () => show(0));
        find('restart').addEventListener('click', restart);
        find('scrubber').addEventListener('input', (event) => {
            const position = Number(event.target.value); // pausing draws, and sets it
            pause();
            show(position);
        });
        find('speed').addEventListener('change', speedChanged);
        find('watch').addEventListener('click', () => chooseMode('watch'));
        find('move').addEventListener('click', () => chooseMode('move'));
        find('switches').addEventListener('change', (event) => leaveOut(event.target.value));
        find('search').addEventListener('click', startSearch);
        find('save').addEventListener('click', save);
        find('file').addEventListener('change', (event) => {
            [...event.target.files].forEach(read);
            event.target.value = '';
        });
        document.addEventListener('dragover', (event) => event.preventDefault());
        document.addEventListener('drop', (event) => {
            event.preventDefault();
            [...event.dataTransfer.files].forEach(read);
        });
        document.addEventListener('keydown', onKey);
        const [id, mode] = location.hash.slice(1).split('/');
        app.model = V.models.find((model) => model.id === id) || app.model;
        app.mode = mode === 'move' || !V.recordings[app.model.id] ? 'move' : 'watch';
        restart();
    }

    V.app = app;
    start();
})((globalThis.Visualizer = globalThis.Visualizer || {}));

/*
 * Draws a state: threads, state words, buckets and their queues. It knows neither protocols nor traces, only the
 * description of a state that both of them give, and which README.md documents.
 */
(function (V) {
    'use strict';

    const STATUS_TEXT = {
        running: 'running',
        spinning: 'spinning',
        waiting: 'waits for a bucket',
        parked: 'parked',
        woken: 'woken',
        holding: 'holds the lock',
        done: 'done',
    };

    /** More threads than these are drawn side by side. */
    const FEW_THREADS = 6;

    /** Makes an element. Attributes that are undefined or false are left out; children may be strings. */
    function element(tag, attributes, ...children) {
        const made = document.createElement(tag);
        Object.entries(attributes || {}).forEach(([name, value]) => {
            if (name === 'onclick') {
                made.addEventListener('click', value);
            } else if (value !== undefined && value !== false) {
                made.setAttribute(name, value);
            }
        });
        children
            .flat()
            .filter((child) => child !== undefined && child !== null && child !== false)
            .forEach((child) => made.append(child));
        return made;
    }

    function colourOf(state, name) {
        return state.threads.findIndex((thread) => thread.name === name) % 8;
    }

    function badge(state, name, moving) {
        return element('span', { class: `badge colour-${colourOf(state, name)}`, 'data-moves': moving }, name);
    }

    // ---- threads

    function threadCard(state, thread, extra) {
        return element(
            'li',
            { class: `thread ${thread.status}`, 'data-thread': thread.name },
            element(
                'div',
                { class: 'thread-head' },
                badge(state, thread.name),
                element('span', { class: 'status' }, STATUS_TEXT[thread.status]),
                thread.token &&
                    element('span', { class: 'token', title: 'the token that the wake carries' }, thread.token),
            ),
            thread.doing && element('p', { class: 'doing' }, thread.doing),
            thread.store &&
                element(
                    'p',
                    { class: 'store' },
                    element('span', { class: 'store-name' }, 'store buffer'),
                    ' ',
                    element('code', {}, thread.store),
                    ' (nobody else sees it yet)',
                ),
            extra,
        );
    }

    // ---- words

    function wordBox(word) {
        return element(
            'figure',
            { class: 'word' },
            element('figcaption', {}, word.name),
            element(
                'dl',
                {},
                word.fields.map((field) =>
                    element(
                        'div',
                        {
                            class: `field${field.value === 0 ? ' zero' : ''}${field.derived ? ' derived' : ''}`,
                            title: field.derived ? 'follows from the others' : undefined,
                        },
                        element('dt', {}, field.name),
                        element('dd', {}, String(field.value)),
                    ),
                ),
            ),
        );
    }

    // ---- buckets

    function queueRow(state, queue) {
        return element(
            'div',
            { class: 'queue', 'data-key': queue.key },
            element('span', { class: 'key' }, queue.key),
            element(
                'ol',
                { class: 'waiters', 'aria-label': `queue of ${queue.key}` },
                queue.waiters.map((waiter) =>
                    element(
                        'li',
                        {},
                        badge(state, waiter.thread, waiter.thread),
                        waiter.note && element('span', { class: 'note' }, waiter.note),
                    ),
                ),
                queue.waiters.length === 0 && element('li', { class: 'nobody' }, 'nobody'),
            ),
        );
    }

    function bucketBox(state, bucket) {
        const classes = ['bucket', bucket.forwarded && 'forwarded', bucket.absent && 'absent', bucket.lock && 'locked'];
        return element(
            'section',
            { class: classes.filter(Boolean).join(' ') },
            element(
                'h3',
                {},
                bucket.name,
                bucket.generation !== undefined &&
                    element('span', { class: 'remark' }, `generation ${bucket.generation}`),
                bucket.forwarded && element('span', { class: 'remark' }, 'forwarded'),
                bucket.absent && element('span', { class: 'remark' }, 'not there yet'),
                bucket.lock && element('span', { class: 'remark lock' }, 'locked by ', badge(state, bucket.lock)),
            ),
            bucket.queues.map((queue) => queueRow(state, queue)),
        );
    }

    // ---- motion

    function placesOf(root) {
        const places = new Map();
        root.querySelectorAll('[data-moves]').forEach((each) =>
            places.set(each.dataset.moves, each.getBoundingClientRect()),
        );
        return places;
    }

    /** What is in another place than before comes from there, unless the reader wants no motion. */
    function moveFrom(places, root) {
        if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
            return;
        }
        root.querySelectorAll('[data-moves]').forEach((each) => {
            const from = places.get(each.dataset.moves);
            const to = each.getBoundingClientRect();
            if (from && (Math.abs(from.left - to.left) > 1 || Math.abs(from.top - to.top) > 1)) {
                each.animate(
                    [
                        { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` },
                        { transform: 'none' },
                    ],
                    { duration: 350, easing: 'ease-in-out' },
                );
            }
        });
    }

    /** Draws a state into the parts of the stage. extraOf: what else to show with the thread of a name. */
    function draw(stage, state, extraOf) {
        stage.threads.classList.toggle('many', state.threads.length > FEW_THREADS);
        stage.wordsTitle.hidden = state.words.length === 0;
        const before = placesOf(stage.buckets);
        stage.threads.replaceChildren(
            ...state.threads.map((thread) => threadCard(state, thread, extraOf(thread.name))),
        );
        stage.words.replaceChildren(...state.words.map(wordBox));
        stage.buckets.replaceChildren(...state.buckets.map((bucket) => bucketBox(state, bucket)));
        moveFrom(before, stage.buckets);
    }

    V.view = { draw, element, badge };
})((globalThis.Visualizer = globalThis.Visualizer || {}));

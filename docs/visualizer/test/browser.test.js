/*
 * The page in Chromium. Every scenario is played to its end in both modes; what a reader does with the keyboard, on a
 * narrow screen, in the dark and without motion is done once.
 *
 * VISUALIZER_SHOTS=folder keeps screenshots there.
 */
'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { root, V } = require('./load.js');
const { chromium } = require('playwright-core');

const PAGE = pathToFileURL(path.join(root, 'index.html')).href;
const ARGUMENTS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

let browser;
test.before(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
});
test.after(() => browser.close());

/** Runs a test on a page of its own, on which no script may fail and nothing may be asked of the network. */
async function onPage(hash, options, run) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    page.on(
        'request',
        (request) =>
            request.url().startsWith('file:') || request.url().startsWith('blob:') || problems.push(request.url()),
    );
    await page.goto(`${PAGE}#${hash}`);
    await run(page);
    assert.deepStrictEqual(problems, []);
    await context.close();
}

async function shoot(page, name) {
    if (process.env.VISUALIZER_SHOTS) {
        fs.mkdirSync(process.env.VISUALIZER_SHOTS, { recursive: true });
        await page.screenshot({ path: path.join(process.env.VISUALIZER_SHOTS, `${name}.png`), fullPage: true });
    }
}

const textOf = (page, id) => page.locator(`#${id}`).textContent();

/** Plays as fast as the page can, until it stops by itself. */
async function playToTheEnd(page) {
    await page.selectOption('#speed', 'very fast');
    await page.click('#play');
    await page.waitForFunction(() => document.getElementById('play').textContent === 'Play', null, { timeout: 60000 });
    assert.ok(await page.locator('#outcome').isVisible());
}

for (const model of V.models) {
    if (!model.notRecorded) {
        test(`${model.id}: the recording is played to its end`, () =>
            onPage(`${model.id}/watch`, {}, async (page) => {
                await playToTheEnd(page);
                assert.match(await textOf(page, 'outcome'), /The recording ends here/);
                const steps = V.recordings[model.id].steps.length;
                assert.strictEqual(await textOf(page, 'position'), `${steps - 1} / ${steps - 1}`);
                await page.keyboard.press('Home');
                for (let i = 0; i < Math.floor(steps * 0.6); i++) {
                    await page.keyboard.press('ArrowRight');
                }
                await shoot(page, `${model.id}-watch`);
            }));
    }

    test(`${model.id}: the threads are moved to the end, by chance`, () =>
        onPage(`${model.id}/move`, {}, async (page) => {
            await playToTheEnd(page);
            assert.match(await textOf(page, 'outcome'), /nothing was broken/);
            assert.strictEqual(await page.locator('.thread.done').count(), model.start().threads.length);
        }));

    const each = model.switches[0]; // the others are searched for without a browser
    test(`${model.id}: with ${each.id} the page finds a way to break it, and shows what broke`, () =>
        onPage(`${model.id}/move`, {}, async (page) => {
            await page.check(`input[value="${each.id}"]`);
            await page.click('#search');
            await page.waitForFunction(
                () => /Here is a way/.test(document.getElementById('searched').textContent),
                null,
                {
                    timeout: 120000,
                },
            );
            await page.keyboard.press('End');
            assert.match(await textOf(page, 'outcome'), /^Broken: .+\. ./);
            await shoot(page, `${model.id}-${each.id}`);
        }));
}

test('the reader breaks the 1-0 exit by hand, by clicking on moves', () =>
    onPage('exit/move', {}, async (page) => {
        await page.check('input[value="NO_REVALIDATE"]');
        const of = async (name, text) => {
            const button = page.locator(`.thread[data-thread="${name}"] .move`).filter({ hasText: text });
            await button.first().click();
        };
        await of('A', 'begins to lock');
        await of('A', 'takes the lock');
        await of('A', 'has done its work');
        await of('A', 'the 1-0 exit');
        await of('A', 'stores locked = 0');
        assert.match(await page.locator('.thread[data-thread="A"] .store').textContent(), /locked = 0/);
        await of('A', 'nobody needs to be woken');
        await of('B', 'begins to lock');
        await of('B', 'sees that the lock is held');
        await of('B', 'sets PARKED');
        await of('B', 'locks the bucket');
        await of('B', 'still locked');
        await of('B', 'appends itself');
        await of('A', 'has done its rounds');
        assert.ok(await page.locator('#outcome').isHidden());
        await of('A', 'the store buffer drains');
        assert.match(
            await textOf(page, 'outcome'),
            /^Broken: a lost wake-up\. B sleeps for ever, although the lock is free\./,
        );
        await page.click('#back');
        assert.ok(await page.locator('#outcome').isHidden());
    }));

test('the keyboard does everything', () =>
    onPage('contention/move', {}, async (page) => {
        await page.keyboard.press('1');
        assert.match(await textOf(page, 'now'), /A begins to lock/);
        await page.keyboard.press('1');
        assert.strictEqual(await textOf(page, 'position'), '2 / 2');
        await page.keyboard.press('ArrowLeft');
        assert.strictEqual(await textOf(page, 'position'), '1 / 2');
        await page.keyboard.press('2');
        assert.strictEqual(await textOf(page, 'position'), '2 / 2', 'what came after is forgotten');
        await page.keyboard.press('Home');
        assert.strictEqual(await textOf(page, 'position'), '0 / 2');
        await page.keyboard.press('End');
        await page.keyboard.press('+');
        assert.strictEqual(await page.locator('#speed').inputValue(), 'fast');
        await page.keyboard.press(' ');
        assert.strictEqual(await textOf(page, 'play'), 'Pause');
        await page.keyboard.press(' ');
        assert.strictEqual(await textOf(page, 'play'), 'Play');
        await page.keyboard.press('r');
        assert.strictEqual(await textOf(page, 'position'), '0 / 0');
        await page.keyboard.press('m');
        assert.strictEqual(await page.locator('#watch').getAttribute('aria-pressed'), 'true');
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notStrictEqual(outline, 'none', 'where the keyboard is can be seen');
    }));

test('the scrubber goes anywhere', () =>
    onPage('handoff/watch', {}, async (page) => {
        await page.locator('#scrubber').fill('3');
        assert.match(await textOf(page, 'position'), /^3 \//);
        await page.locator('#log button').nth(1).click();
        assert.match(await textOf(page, 'position'), /^1 \//);
    }));

for (const colorScheme of ['light', 'dark']) {
    test(`a narrow screen, ${colorScheme}: nothing sticks out, and text can be told from its ground`, () =>
        onPage('growth/move', { viewport: { width: 360, height: 740 }, colorScheme }, async (page) => {
            for (let i = 0; i < 20; i++) {
                await page.keyboard.press('ArrowRight');
            }
            const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(tooWide <= 0, `${tooWide} pixels too wide`);
            const [ink, ground] = await page.evaluate(() => {
                const style = getComputedStyle(document.body);
                return [style.color, style.backgroundColor].map((colour) =>
                    colour
                        .match(/\d+/g)
                        .slice(0, 3)
                        .reduce((sum, each) => sum + Number(each), 0),
                );
            });
            assert.ok(colorScheme === 'dark' ? ink - ground > 400 : ground - ink > 400, `${ink} on ${ground}`);
            await shoot(page, `narrow-${colorScheme}`);
        }));
}

for (const reducedMotion of ['no-preference', 'reduce']) {
    test(`motion: ${reducedMotion}`, () =>
        onPage('signal-all/watch', { reducedMotion }, async (page) => {
            await page.evaluate(() => {
                window.motions = 0;
                const animate = Element.prototype.animate;
                Element.prototype.animate = function (...all) {
                    window.motions++;
                    return animate.apply(this, all);
                };
            });
            const steps = V.recordings['signal-all'].steps.length;
            for (let i = 1; i < steps; i++) {
                await page.keyboard.press('ArrowRight');
            }
            const motions = await page.evaluate(() => window.motions);
            assert.strictEqual(motions > 0, reducedMotion === 'no-preference', `${motions} motions`);
        }));
}

test('a trace is saved and opened again; a file that is none gets one message, and nothing else changes', () =>
    onPage('deadlock/move', {}, async (page) => {
        await page.keyboard.press('1');
        await page.keyboard.press('1');
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
        const text = fs.readFileSync(await download.path(), 'utf8');
        V.trace.parse(text);
        await page.setInputFiles('#file', {
            name: 'mine.json',
            mimeType: 'application/json',
            buffer: Buffer.from(text),
        });
        await page.waitForFunction(() => document.getElementById('watch').getAttribute('aria-pressed') === 'true');
        assert.strictEqual(await textOf(page, 'position'), '0 / 2');
        await page.setInputFiles('#file', {
            name: 'bad.json',
            mimeType: 'application/json',
            buffer: Buffer.from(text.replace('"version": 1', '"version": 9')),
        });
        await page.waitForSelector('#problem:visible');
        assert.match(await textOf(page, 'problem'), /^This is not a trace that can be shown: version must be 1/);
        assert.strictEqual(await textOf(page, 'position'), '0 / 2');
    }));

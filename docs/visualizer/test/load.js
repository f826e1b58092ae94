/* The scripts of the page without the page: the engine, the protocols, the format, and the recordings. */
'use strict';
const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..');

/** In the order in which the page names them, but for those that draw. */
const scripts = [...fs.readFileSync(path.join(root, 'index.html'), 'utf8').matchAll(/<script src="([^"]+)">/g)]
    .map((match) => match[1])
    .filter((name) => !['js/view.js', 'js/app.js'].includes(name));
scripts.forEach((name) => require(path.join(root, name)));

module.exports = { root, scripts, V: globalThis.Visualizer };

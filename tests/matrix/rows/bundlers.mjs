// Bundlers: a page is built with no configuration, served as plain files, and opened in Chromium.

import { join } from 'node:path';
import { inChromium } from '../browser.mjs';
import { serveFolder } from '../folder-server.mjs';
import { page, shown } from '../form.mjs';

const html = page('./main.js');

async function opened(folder, headers) {
  const { url, stop } = await serveFolder(folder, headers);
  try {
    return await inChromium(url);
  } finally {
    await stop();
  }
}

/** A bundler that makes `main.js` out of `src/main.js`, beside a page written by hand. */
function built(name, packages, program, args, entry) {
  return {
    packages,
    files: { 'src/main.js': shown(entry), 'out/index.html': html },
    rows: [{
      name,
      async verdict(stand) {
        await stand.run(program, args);
        return opened(join(stand.folder, 'out'));
      },
    }],
  };
}

const vite = (version, major) => ({
  packages: { vite: version },
  files: { 'index.html': page('/main.js'), 'main.js': shown() },
  rows: [
    {
      name: `Vite ${major}, dev`,
      verdict: async (stand) => inChromium(await stand.serve('vite', ['--host', '127.0.0.1', '--port', 'PORT', '--strictPort'])),
    },
    {
      name: `Vite ${major}, build`,
      async verdict(stand) {
        await stand.run('vite', ['build']);
        return opened(join(stand.folder, 'dist'));
      },
    },
  ],
});

const ESBUILD = ['src/main.js', '--bundle', '--format=esm', '--minify', '--outfile=out/main.js', '--log-level=warning'];

export default [
  vite('8.3.8', 8),
  vite('7.3.8', 7),
  built('webpack 5', { webpack: '5.112.2', 'webpack-cli': '7.3.1' }, 'webpack', ['--mode=production', '--entry', './src/main.js', '--output-path', 'out', '--output-filename', 'main.js']),
  built('esbuild', { esbuild: '0.28.2' }, 'esbuild', ESBUILD),
  // Rollup itself resolves no package; its own plugin for that is what everybody adds.
  built('Rollup 4', { rollup: '4.68.7', '@rollup/plugin-node-resolve': '16.0.3' }, 'rollup', ['src/main.js', '--plugin', 'node-resolve', '--format', 'es', '--dir', 'out', '--silent']),
  {
    packages: { parcel: '2.16.4' },
    files: { 'index.html': page('./main.js'), 'main.js': shown() },
    rows: [{
      name: 'Parcel 2',
      async verdict(stand) {
        await stand.run('parcel', ['build', 'index.html', '--dist-dir', 'out', '--no-cache']);
        return opened(join(stand.folder, 'out'));
      },
    }],
  },
];

// No tool at all: the file of the package as it is, in a `<script type="module">`.

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { inChromium, inFirefox } from '../browser.mjs';
import { serveFolder } from '../folder-server.mjs';
import { page, shown } from '../form.mjs';

const STRICT = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'";

function plain(name, file, open, headers) {
  return {
    name,
    async verdict(stand) {
      await cp(join(stand.folder, 'node_modules/cardwright/dist'), join(stand.folder, 'site/cardwright'), { recursive: true });
      await stand.write('site/index.html', page('./main.js'));
      await stand.write('site/main.js', shown(`./cardwright/${file}`));
      const { url, stop } = await serveFolder(join(stand.folder, 'site'), headers);
      try {
        return await open(url);
      } finally {
        await stop();
      }
    },
  };
}

export default [{
  packages: {},
  files: {},
  rows: [
    plain('plain page, Chromium', 'index.js', inChromium),
    plain('plain page, Firefox', 'index.js', inFirefox),
    plain("no-wasm, Chromium, `script-src 'self'` and Trusted Types", 'no-wasm.js', inChromium, { 'content-security-policy': STRICT }),
    plain('no-wasm, Firefox', 'no-wasm.js', inFirefox),
  ],
}];

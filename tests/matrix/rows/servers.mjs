// Frameworks that render on a server, and runtimes at the edge.

import { inChromium } from '../browser.mjs';
import { esm } from '../form.mjs';

const component = `${esm()}\nexport default function Page() {\n  return <output>{verdict}</output>;\n}\n`;

const next = {
  packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  files: {
    'app/layout.jsx': `export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n`,
    'app/page.jsx': 'export default function Page() {\n  return <p>up</p>;\n}\n',
    // Rendered for each request, so that the server really checks.
    'app/server/page.jsx': `export const dynamic = 'force-dynamic';\n${component}`,
    'app/client/page.jsx': `'use client';\nimport { useEffect, useState } from 'react';\nimport { check } from './check';\nexport default function Page() {\n  const [verdict, show] = useState('');\n  useEffect(() => show(check()), []);\n  return <output>{verdict}</output>;\n}\n`,
    'app/client/check.js': `import { ingo } from 'cardwright';\nexport function check() {\n${esm().split('\n').slice(1).join('\n')}\nreturn verdict;\n}\n`,
    'app/route/route.js': `${esm()}\nexport const dynamic = 'force-dynamic';\nexport const GET = () => new Response(verdict);\n`,
  },
};

const read = async (address) => (await (await fetch(address)).text()).match(/right: [^<"]*/)?.[0] ?? 'no verdict';

/** The places of a Next application, each a row; the server is started once for all of them. */
function places(name, start) {
  let url;
  const at = (path) => async (stand) => `${(url ??= await start(stand))}${path}`;
  return [
    { name: `${name}, server component`, verdict: async (stand) => read(await at('/server')(stand)) },
    { name: `${name}, client component`, verdict: async (stand) => inChromium(await at('/client')(stand)) },
    { name: `${name}, route handler`, verdict: async (stand) => read(await at('/route')(stand)) },
  ];
}

async function built(stand, bundler) {
  await stand.run('next', ['build', ...bundler]);
  return stand.serve('next', ['start', '--hostname', '127.0.0.1', '--port', 'PORT']);
}

export default [
  {
    ...next,
    rows: [
      ...places('Next 16, Turbopack build', (stand) => built(stand, [])),
      ...places('Next 16, Turbopack dev', (stand) => stand.serve('next', ['dev', '--hostname', '127.0.0.1', '--port', 'PORT'])),
    ],
  },
  { ...next, rows: places('Next 16, webpack build', (stand) => built(stand, ['--webpack'])) },
  {
    ...next,
    // An application of its own: Next calls this runtime deprecated, and a fault in it must not take the others along.
    files: {
      'app/layout.jsx': next.files['app/layout.jsx'],
      'app/page.jsx': next.files['app/page.jsx'],
      'app/edge/route.js': `${esm()}\nexport const runtime = 'edge';\nexport const GET = () => new Response(verdict);\n`,
    },
    rows: [{ name: 'Next 16, edge route', verdict: async (stand) => read(`${await built(stand, [])}/edge`) }],
  },
  {
    newerNode: true,
    packages: { wrangler: '4.164.0' },
    files: {
      'worker.js': `${esm()}\nexport default { fetch: () => new Response(verdict) };\n`,
      'wrangler.toml': 'name = "form"\nmain = "worker.js"\ncompatibility_date = "2026-01-01"\nsend_metrics = false\n',
    },
    rows: [{
      name: 'workerd (wrangler dev)',
      async verdict(stand) {
        const url = await stand.serve('wrangler', ['dev', '--ip', '127.0.0.1', '--port', 'PORT', '--inspector-port', '0'], { WRANGLER_SEND_METRICS: 'false' });
        return (await fetch(url)).text();
      },
    }],
  },
];

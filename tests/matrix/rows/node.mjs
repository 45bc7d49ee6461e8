// Node and its test runners: no page, no bundler.

import { cjs, EXPECTED, esm } from '../form.mjs';

const say = 'process.stdout.write(verdict);';
const last = (text) => text.trim().split('\n').at(-1);

/** Tests of the runner's own, which fail unless the verdict is the expected one; many rows are read by files loaded later. */
const TEST = (text) => `${text}
test('the form', () => expect(verdict).toBe(${JSON.stringify(EXPECTED)}));
test('many rows', async () => expect((await ingo.issueCard.checkMany('[{},{}]')).invalid).toBe(2));
`;

/** A runner says itself whether its test passed; one that ran none has not. */
async function passed(stand, program, args, env) {
  const text = await stand.run(program, args, env);
  return /\b1 passed/.test(text) ? EXPECTED : text;
}

export default [
  {
    packages: {},
    files: { 'main.mjs': `${esm()}${say}`, 'main.cjs': `${cjs()}${say}`, 'slow.mjs': `${esm('cardwright/no-wasm')}${say}`, 'slow.cjs': `${cjs('cardwright/no-wasm')}${say}` },
    rows: [
      { name: 'Node, ESM', verdict: async (stand) => last(await stand.run('node', ['main.mjs'])) },
      { name: 'Node, CommonJS', verdict: async (stand) => last(await stand.run('node', ['main.cjs'])) },
      { name: 'Node without WebAssembly, no-wasm, ESM', verdict: async (stand) => last(await stand.run('node', ['--jitless', '--no-expose-wasm', 'slow.mjs'])) },
      { name: 'Node without WebAssembly, no-wasm, CommonJS', verdict: async (stand) => last(await stand.run('node', ['--jitless', '--no-expose-wasm', 'slow.cjs'])) },
    ],
  },
  {
    type: 'commonjs',
    packages: { jest: '30.5.2', 'jest-environment-jsdom': '30.5.2' },
    files: { 'form.test.js': TEST(cjs()) },
    rows: [
      { name: 'Jest 30, node', verdict: (stand) => passed(stand, 'jest', ['--env=node']) },
      { name: 'Jest 30, jsdom', verdict: (stand) => passed(stand, 'jest', ['--env=jsdom']) },
    ],
  },
  {
    newerNode: true,
    packages: { vitest: '5.1.1', jsdom: '31.0.1' },
    files: { 'form.test.js': TEST(`import { expect, test } from 'vitest';\n${esm()}`) },
    rows: [
      { name: 'Vitest 5', verdict: (stand) => passed(stand, 'vitest', ['run']) },
      { name: 'Vitest 5, jsdom', verdict: (stand) => passed(stand, 'vitest', ['run', '--environment=jsdom']) },
    ],
  },
];

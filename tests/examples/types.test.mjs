// The examples compile as a strict project would compile them, with TypeScript 5.9 and the newest.

import { test } from 'node:test';
import { tool } from './project.mjs';

const newest = '../../package/node_modules/typescript-next/bin/tsc';

test('TypeScript 5.9, as a bundler resolves', () => tool('vue-tsc/bin/vue-tsc.js', '--project', 'tsconfig.json'));
test('TypeScript 5.9, as Node resolves', () => tool('typescript/bin/tsc', '--project', 'tsconfig.node.json'));
// Vue has no compiler of its components for it yet.
test('TypeScript 7, as a bundler resolves', () => tool(newest, '--project', 'tsconfig.newest.json'));
test('TypeScript 7, as Node resolves', () => tool(newest, '--project', 'tsconfig.node.json'));

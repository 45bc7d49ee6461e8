// How a release is made, as far as it can be read: the workflows and the image are configuration, and run elsewhere.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const { parse } = createRequire(join(root, 'pkg/package.json'))('yaml');
const read = (file) => readFileSync(join(root, file), 'utf8');
const workflows = Object.fromEntries(readdirSync(join(root, '.github/workflows')).map((name) => [name, parse(read(`.github/workflows/${name}`))]));
const steps = Object.entries(workflows).flatMap(([name, { jobs }]) => Object.entries(jobs).flatMap(([job, { steps }]) => steps.map((step) => ({ at: `${name}, ${job}`, job, ...step }))));

/** What only a release may do, by job. */
const MAY_WRITE = {
  programs: ['attestations', 'id-token'],
  package: ['attestations', 'id-token'],
  image: ['attestations', 'id-token', 'packages'],
  publish: ['contents', 'id-token'],
};

test('a job may do what it has to, and nothing else', () => {
  assert.deepEqual(Object.keys(workflows), ['ci.yml', 'release.yml']);
  for (const [name, { permissions, jobs }] of Object.entries(workflows)) {
    assert.deepEqual(permissions, {}, name);
    for (const [job, { permissions: own, 'timeout-minutes': limit }] of Object.entries(jobs)) {
      const writes = Object.keys(own).filter((one) => own[one] === 'write').sort();
      assert.deepEqual(writes, name === 'release.yml' ? MAY_WRITE[job] : [], `${name}, ${job}`);
      assert.ok(limit <= 60, `${name}, ${job}`);
    }
  }
});

test('every action is pinned to a commit, and no checkout leaves credentials behind', () => {
  const used = steps.filter(({ uses }) => uses);
  assert.ok(used.length > 10);
  for (const { at, uses, with: given } of used) {
    assert.match(uses, /^actions\/[a-z-]+@[0-9a-f]{40}$/, at);
    if (uses.startsWith('actions/checkout')) assert.equal(given['persist-credentials'], false, at);
  }
});

test('no install script runs, no token is kept, and nothing a stranger wrote gets into a shell', () => {
  for (const { at, run = '' } of steps) {
    for (const line of run.split('\n').filter((line) => /\bnpm (ci|i|install|publish)\b/.test(line))) assert.match(line, /--ignore-scripts/, at);
    assert.doesNotMatch(run, /\$\{\{/, at);
  }
  for (const name of Object.keys(workflows)) assert.doesNotMatch(read(`.github/workflows/${name}`), /secrets\.|NODE_AUTH_TOKEN|pull_request_target/, name);
});

test('what is published has been tested, audited, listed and attested', () => {
  const { jobs } = workflows['release.yml'];
  assert.deepEqual(jobs.publish.needs.sort(), ['image', 'package', 'programs']);
  const ran = steps.filter(({ at }) => at === 'release.yml, package').map(({ run }) => run);
  for (const command of ['test', 'audit', 'pack', 'sbom']) assert.ok(ran.includes(`cargo xtask ${command}`), command);
  for (const job of ['programs', 'package', 'image']) assert.ok(jobs[job].steps.some(({ uses }) => uses?.startsWith('actions/attest-build-provenance@')), job);
  const published = jobs.publish.steps.map(({ run }) => run).join('\n');
  assert.match(published, /npm publish --ignore-scripts --provenance/);
  // `release/a.tgz` would be the repository `a.tgz` of the account `release` at GitHub.
  const [, listed] = published.match(/^for tarball in (.*); do$/m);
  assert.deepEqual(listed.match(/\S*\brelease\/\S+/g), ['./release/cardwright-*-{darwin,linux}-*.tgz', './release/*.tgz']);
});

test('each manifest names the repository that GitHub names: npm compares it with the provenance', () => {
  const folders = [process.env.CARDWRIGHT_PROGRAMS, dirname(process.env.CARDWRIGHT_TARBALL)];
  const tarballs = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.tgz')).map((name) => join(folder, name)));
  assert.ok(tarballs.length >= 6);
  const { GITHUB_REPOSITORY: name } = process.env;
  for (const tarball of tarballs) {
    const { repository } = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
    assert.equal(repository?.url, name && `git+https://github.com/${name}.git`, tarball);
    if (name) assert.ok(existsSync(join(root, repository.directory)), tarball);
  }
});

test('the image holds the static program alone, as nobody, built as the one for npm is', () => {
  const image = read('Containerfile');
  const last = image.slice(image.lastIndexOf('\nFROM '));
  assert.match(last, /^\nFROM scratch\n/);
  assert.match(last, /\nUSER 65532:65532\n/);
  assert.doesNotMatch(last, /\n(RUN|ADD|SHELL)\b/);
  const programs = read('xtask/src/programs.rs');
  for (const part of ['profile.release.strip="symbols"', '--release', '--locked', 'x86_64-unknown-linux-musl']) {
    assert.ok(image.includes(part), part);
    assert.ok(programs.includes(part), part);
  }
});

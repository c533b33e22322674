/** Setting a clone up: what is not there is made, what is there is left alone. */
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SmallProject, smallProject } from './small-project.js';

let project: SmallProject;
beforeEach(() => {
  project = smallProject();
});
afterEach(() => project.remove());

const install = expect.stringMatching(/^npm ci .*--include=dev --include=optional/);
const kernels = [
  expect.stringMatching(/^asc --target release/),
  expect.stringMatching(/^asc assembly\/helper\.ts --target host/),
];
const done = (...calls: unknown[]) => ({ status: 0, errors: expect.anything(), calls });

describe.skipIf(process.platform === 'win32')('a clone', () => {
  test('is made ready once', () => {
    const first = project.setUp();
    expect({ ...first, calls: first.calls.toSorted() }).toEqual(done(...kernels, install, 'tsc'));
    expect(project.setUp()).toEqual({ status: 0, errors: '', calls: [] });
  });

  test.each<[string, () => void, string | typeof install]>([
    ['a package', () => rmSync(project.path('node_modules/used'), { recursive: true }), install],
    ['a package for development', () => rmSync(project.path('node_modules/compilers/package.json')), install],
    ['a file of a package', () => rmSync(project.path('node_modules/used/lib/index.js')), install],
    ['all packages', () => rmSync(project.path('node_modules'), { recursive: true }), install],
    ['a file of the host', () => rmSync(project.path('dist/host/cli/start.js')), 'tsc'],
    ['half a file of the host', () => truncateSync(project.path('dist/host/cli/start.js'), 5), 'tsc'],
    ['the host', () => rmSync(project.path('dist/host'), { recursive: true }), 'tsc'],
  ])('that lost %s gets it again, and nothing else', (_, lose, call) => {
    project.setUp();
    lose();
    expect(project.setUp()).toEqual(done(call));
    expect(project.setUp().calls).toEqual([]);
  });

  test.each([
    ['a kernel', () => rmSync(project.path('dist/kernel.host.wasm'))],
    ['half a kernel', () => truncateSync(project.path('dist/kernel.wasm'), 2)],
  ])('that lost %s gets all of them again', (_, lose) => {
    project.setUp();
    lose();
    const { calls } = project.setUp();
    expect(calls.toSorted()).toEqual(kernels);
    expect(project.setUp().calls).toEqual([]);
  });

  test('whose sources have changed is built', () => {
    project.setUp();
    writeFileSync(project.path('host/new.ts'), '');
    expect(project.setUp()).toEqual(done('tsc'));
  });

  test.each([
    ['what a user’s settings may leave out', 'node_modules/compilers'],
    ['a program for this computer', 'node_modules/program-here'],
  ])('without %s is not ready, and tells what is missing', (_, path) => {
    project.leaveOut(path);
    for (const _ of [1, 2]) {
      const { status, errors, calls } = project.setUp();
      expect({ status, calls }).toEqual({ status: 1, calls: [install] });
      expect(errors).toMatch(
        new RegExp(`${path}/package\\.json should be there now, and is not\n.*npm config list`),
      );
    }
    project.leaveOut('nothing');
    expect(project.setUp().status).toBe(0);
  });

  test('whose compiler ends well and makes nothing is not ready', () => {
    project.setUp();
    rmSync(project.path('dist/kernel.wasm'));
    writeFileSync(project.path('node_modules/.bin/asc'), '#!/bin/sh\n');
    for (const _ of [1, 2])
      expect(project.setUp()).toMatchObject({
        status: 1,
        errors: expect.stringMatching(/dist\/kernel\.wasm should be there now, and is not\n.*asconfig/),
      });
  });

  test('needs no optional package that is none for this computer', () => {
    project.leaveOut('node_modules/colours');
    expect(project.setUp().status).toBe(0);
    expect(existsSync(project.path('node_modules/program-elsewhere'))).toBe(false);
  });
});

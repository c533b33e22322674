/** A run that was interrupted has a report, and is not over. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { withLock } from '#host/files/index';
import { writeRunReport } from '#host/runs/index';
import { serveRuns, type WatchServer } from '#host/watch/index';
import { begin, goOn, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { answerOf, follow } from './reading.js';

const { data, fresh } = roomForRuns();

const servers: WatchServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function interrupted(): Promise<string> {
  const folder = fresh();
  const interruptAt = ({ epoch }: { epoch: number }) => epoch === 2;
  const { result } = await begin({ data, folder, recipe: smallRecipe(), interruptAt });
  writeRunReport(result);
  return folder;
}

test('its page stays, and shows how it goes on', async () => {
  const folder = await interrupted();
  const server = await serveRuns([folder]);
  servers.push(server);
  const reader = await follow(server.address);
  const first = await reader.next();
  expect([first?.told, first?.next]).toEqual(['1 of 2 epochs trained, nobody trains it now', undefined]);
  const { result } = await goOn(folder);
  writeRunReport(result);
  const last = await reader.next(({ next }) => next !== undefined);
  expect([last?.told, last?.next]).toEqual(['2 of 2 epochs trained', 'report']);
  reader.leave();
});

test('its page goes on as its report where nobody will serve it any more', async () => {
  const server = await serveRuns([await interrupted()]);
  const reader = await follow(server.address);
  expect((await reader.next())?.next).toBeUndefined();
  const finished = server.finish();
  expect((await reader.next(({ next }) => next !== undefined))?.next).toBe('report');
  expect((await answerOf(`${server.address}report`)).status).toBe(200);
  await finished;
});

test('a collection’s page stays too, though it has a report', async () => {
  const folder = fresh();
  const cell = join(folder, 'cells', 'one');
  cpSync(await interrupted(), cell, { recursive: true });
  const report = join(folder, 'report.html');
  writeFileSync(report, 'of what there is');
  const server = await serveRuns([folder]);
  servers.push(server);
  const reader = await follow(server.address);
  const first = await reader.next();
  expect([first?.told, first?.next]).toEqual(['1 of 1 run begun', undefined]);
  await goOn(cell);
  writeFileSync(report, 'of all');
  expect((await reader.next(({ next }) => next !== undefined))?.next).toBe('report');
  reader.leave();
});

test('a collection that somebody works on goes on, though all of its runs so far are in its report', async () => {
  const folder = fresh();
  const cell = join(folder, 'cells', 'one');
  cpSync(await interrupted(), cell, { recursive: true });
  await goOn(cell);
  writeFileSync(join(folder, 'report.html'), 'of what there was');
  const server = await serveRuns([folder]);
  servers.push(server);
  await withLock(folder, async () => {
    const reader = await follow(server.address);
    const first = await reader.next();
    expect([first?.told, first?.next]).toEqual(['1 of 1 run begun', undefined]);
    reader.leave();
  });
  const reader = await follow(server.address);
  expect((await reader.next())?.next).toBe('report');
  reader.leave();
});

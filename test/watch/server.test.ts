import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withLock } from '#host/files/index';
import { RunFolder } from '#host/records/index';
import { writeRunReport } from '#host/runs/index';
import { serveRuns, type WatchServer } from '#host/watch/index';
import { begin, type Recorded, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { answerOf, follow } from './reading.js';

const { data, fresh } = roomForRuns();
let whole: Recorded;

beforeAll(async () => {
  whole = await begin({ data, folder: fresh(), recipe: smallRecipe() });
});

const servers: WatchServer[] = [];
async function serve(...folders: readonly string[]): Promise<WatchServer> {
  const server = await serveRuns(folders);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A run's folder of its own, as that of the run that is over. */
function copy(path = fresh()): string {
  cpSync(whole.result.folder.path, path, { recursive: true });
  return path;
}

const line = (epoch: number) =>
  `${JSON.stringify({ ...whole.result.folder.metrics().find(({ kind }) => kind === 'epoch'), epoch })}\n`;

describe('who may look on', () => {
  test('whoever has the whole address, by a name of this computer', async () => {
    const { address } = await serve(copy());
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
    const { status, headers, text } = await answerOf(address);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<script type="module" src="page.js"></script>');
    for (const host of ['localhost:1234', '127.0.0.1', '[::1]:80'])
      expect((await answerOf(address, { headers: { Host: host } })).status).toBe(200);
  });

  test.each([
    '',
    'x/',
    'AAAAAAAAAAAAAAAAAAAAAA/',
    'AAAAAAAAAAAAAAAAAAAAAA/events',
    '%00/',
    `${'y'.repeat(5000)}/`,
  ])('nobody without the token: %s', async (path) => {
    const { address } = await serve(copy());
    const { status, text } = await answerOf(new URL(`/${path}`, address).href);
    expect([status, text]).toEqual([403, 'Open the whole address that eqprop has told.\n']);
  });

  test.each([
    'elsewhere.example',
    'localhost.elsewhere.example:80',
    '127.0.0.1.elsewhere.example',
    '10.0.0.1',
  ])('no page of elsewhere that has its name lead here: %s', async (host) => {
    const { address } = await serve(copy());
    for (const page of ['', 'events', 'page.js'])
      expect((await answerOf(`${address}${page}`, { headers: { Host: host } })).status).toBe(403);
  });

  test('nothing may be loaded from elsewhere, framed, or kept; no other origin may read it', async () => {
    const { address } = await serve(copy());
    for (const page of ['', 'page.js', 'nothing']) {
      const { headers } = await answerOf(`${address}${page}`);
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'(;|$)/);
      expect(policy).toMatch(/; frame-ancestors 'none'$/);
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('two that watch one run have addresses of their own', async () => {
    const folder = copy();
    const [one, other] = [await serve(folder), await serve(folder)];
    const wrong = new URL(new URL(one.address).pathname, other.address).href;
    expect((await answerOf(wrong)).status).toBe(403);
    for (const { address } of [one, other]) {
      const reader = await follow(address);
      expect((await reader.next())?.keys).toContain('result');
      reader.leave();
    }
  });

  test('a port that is taken is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(serveRuns([copy()], port)).rejects.toThrow(`port ${port} is taken`);
    other.close();
  });
});

describe('what is asked for', () => {
  test('a head is a page without its content', async () => {
    const { address } = await serve(copy());
    for (const page of ['', 'page.js', 'events']) {
      const { status, text } = await answerOf(`${address}${page}`, { method: 'HEAD' });
      expect([status, text]).toEqual([200, '']);
    }
  });

  test.each([
    'nothing',
    'run/',
    'run/0',
    'run/7/',
    'run/-1/',
    'run/x/',
    'run/0/nothing',
    '../',
    'events/',
  ])('what is not there is not found: %s', async (path) => {
    const { address } = await serve(copy());
    const expected = path === 'run/0' ? 301 : path === '../' ? 403 : 404;
    expect((await answerOf(`${address}${path}`)).status).toBe(expected);
  });

  test('nothing is changed from here', async () => {
    const { address } = await serve(copy());
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await answerOf(address, { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  test('a page without its slash leads to it', async () => {
    const { address } = await serve(copy());
    const { status, headers } = await answerOf(address.slice(0, -1));
    expect([status, new URL(headers.location ?? '', address).href]).toEqual([301, address]);
  });
});

describe('changes', () => {
  test('a reader is sent all of the page, then what has changed; one that comes back, what it has missed', async () => {
    const folder = copy();
    const { address } = await serve(folder);
    const reader = await follow(address);
    const first = await reader.next();
    expect(first?.title).toBe('36-24-4 on simulated device');
    expect(first?.keys).toEqual(Object.keys(first?.parts ?? {}));
    expect(first?.parts.learning.charts).toHaveLength(2);
    appendFileSync(join(folder, 'metrics.jsonl'), line(3));
    const second = await reader.next();
    expect(Object.keys(second?.parts ?? {})).toContain('learning');
    expect(Object.keys(second?.parts ?? {})).not.toContain('parameters');
    expect(second?.parts.learning.charts[0].x).toEqual([1, 2, 3]);
    reader.leave();
    const again = await follow(address, first?.id);
    const missed = await again.next();
    expect(missed).toEqual(second);
    again.leave();
    const stranger = await follow(address, 'rubbish');
    expect(Object.keys((await stranger.next())?.parts ?? {})).toEqual(missed?.keys);
    stranger.leave();
  });

  test('a folder that is removed, and comes back, is told', async () => {
    const folder = copy();
    const { address } = await serve(folder);
    const reader = await follow(address);
    await reader.next();
    rmSync(folder, { recursive: true });
    const gone = await reader.next(({ keys }) => keys.length === 1);
    expect(gone?.parts.header.html).toContain('Waiting for the run to begin.');
    copy(folder);
    expect((await reader.next(({ keys }) => keys.includes('run')))?.parts.run.html).toContain('36-24-4');
    reader.leave();
  });

  test('a run that is trained is told that somebody looks on, until nobody does', async () => {
    const folder = copy();
    const lease = join(folder, 'watched');
    const { address } = await serve(folder);
    await withLock(folder, async () => {
      const reader = await follow(address);
      await reader.next();
      expect(existsSync(lease)).toBe(true);
      const other = await follow(address);
      await other.next();
      reader.leave();
      other.leave();
      await expect.poll(() => existsSync(lease), { timeout: 20_000 }).toBe(false);
    });
  });

  test('a run that is over goes on as its report', async () => {
    const folder = copy();
    const { address } = await serve(folder);
    expect((await answerOf(`${address}report`)).status).toBe(404);
    const reader = await follow(address);
    expect((await reader.next())?.next).toBeUndefined();
    writeRunReport({ ...whole.result, folder: new RunFolder(folder) });
    expect((await reader.next(({ next }) => next !== undefined))?.next).toBe('report');
    const { status, text, headers } = await answerOf(`${address}report`);
    expect([status, text.startsWith('<!doctype html>')]).toEqual([200, true]);
    // Nothing of another origin, whatever the folder's report holds.
    expect(headers['content-security-policy']).not.toContain('connect-src');
    reader.leave();
  });
});

describe('the end', () => {
  test('readers get the report before nobody serves it any more', async () => {
    const folder = copy();
    const server = await serve(folder);
    const reader = await follow(server.address);
    await reader.next();
    writeRunReport({ ...whole.result, folder: new RunFolder(folder) });
    const finished = server.finish();
    servers.length = 0;
    expect((await reader.next(({ next }) => next !== undefined))?.next).toBe('report');
    expect((await answerOf(`${server.address}report`)).status).toBe(200);
    await finished;
    expect(await reader.next()).toBeUndefined();
  });

  test('without readers it ends at once', async () => {
    const server = await serve(copy());
    servers.length = 0;
    await server.finish();
  });
});

describe('several runs', () => {
  test('have a page that leads to theirs; those of a comparison come as they begin', async () => {
    const folder = fresh();
    mkdirSync(join(folder, 'cells'), { recursive: true });
    const { address } = await serve(folder);
    const reader = await follow(address);
    expect((await reader.next())?.told).toBe('No run has begun yet');
    copy(join(folder, 'cells', 'one'));
    const first = await reader.next();
    expect(first?.told).toBe('1 of 1 run begun');
    expect(first?.parts.runs.html).toContain('<a href="run/0/">cells/one</a>');
    expect(first?.parts.curves.charts[0].series.map(({ label }) => label)).toEqual(['cells/one']);
    copy(join(folder, 'cells', 'another'));
    const second = await reader.next();
    expect(second?.parts.runs.html).toMatch(/run\/0\/">cells\/one[\s\S]*run\/1\/">cells\/another/);
    writeFileSync(join(folder, 'report.html'), 'of both');
    expect((await reader.next())?.next).toBe('report');
    expect((await answerOf(`${address}report`)).text).toBe('of both');
    reader.leave();
    const run = await follow(`${address}run/1/`);
    expect((await run.next())?.keys).toContain('parameters');
    run.leave();
  });

  test('that the page has no room for are counted, and it is not over before they are', async () => {
    const folder = fresh();
    for (let cell = 1; cell <= 201; cell++) copy(join(folder, 'cells', String(cell)));
    const report = join(folder, 'report.html');
    writeFileSync(report, 'of all');
    // The last one goes on after the report.
    const now = Date.now() / 1000;
    utimesSync(report, now, now);
    utimesSync(join(folder, 'cells', '201', 'metrics.jsonl'), now + 1, now + 1);
    const { address } = await serve(folder);
    const reader = await follow(address);
    const first = await reader.next();
    expect(first?.parts.header.html).toContain('1 other run in these folders');
    expect(first?.parts.runs.html).toContain('cells/200<');
    expect(first?.parts.runs.html).not.toContain('cells/201<');
    expect(first?.next).toBeUndefined();
    utimesSync(report, now + 2, now + 2);
    expect((await reader.next())?.next).toBe('report');
    reader.leave();
  });

  test('that are named each are beside one another', async () => {
    const [one, other] = [copy(), copy()];
    const { address } = await serve(one, other);
    const reader = await follow(address);
    const { parts } = (await reader.next()) ?? {};
    expect(parts?.curves.charts[0].series.map(({ label }) => label)).toEqual([
      basename(one),
      basename(other),
    ]);
    reader.leave();
  });
});

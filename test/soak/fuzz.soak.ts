/**
 * Rubbish in, for as long as is asked: EQPROP_FRAMES for the 16-bit module (default 10,000,000; fewer for the others, in
 * proportion), from EQPROP_SEED (default 1). A failure names its seed and episode; EQPROP_EPISODE runs that one alone.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { obtainToolchain } from '#host/firmware/toolchain';
import { hostModule, portableModule } from '#host/kernel/index';
import type { Storage } from '#host/model/index';
import { Beside, ROOM } from '../fuzz/builds.js';
import { EPISODE, type Listener, runEpisode } from '../fuzz/examine.js';
import { Hearing } from '../fuzz/hearing.js';
import { findCompiler, SanitizedDevice } from '../fuzz/sanitized.js';
import { Tally } from '../fuzz/tally.js';
import { temporaryFolder } from '../runs/small-data.js';

const { EQPROP_FRAMES, EQPROP_SEED, EQPROP_EPISODE } = process.env;
const FRAMES = Number(EQPROP_FRAMES ?? 10_000_000);
const SEED = Number(EQPROP_SEED ?? 1);

/** Numbers of episodes that make so many frames. */
function episodes(frames: number): readonly number[] {
  if (EQPROP_EPISODE) return [Number(EQPROP_EPISODE)];
  return Array.from({ length: Math.ceil(frames / EPISODE) }, (_, episode) => episode);
}

function say(title: string, text: string): void {
  process.stdout.write(`\n${title}, seed ${SEED}\n${text}\n`);
}

const compiled = (bytes: Uint8Array) => new WebAssembly.Module(Buffer.from(bytes));

test.each([
  ['the module of boards, 16 bits', portableModule(16), 16, 1],
  ['the module of hosts, 16 bits', hostModule(16), 16, 0.1],
  ['the module of boards, 8 bits', portableModule(8), 8, 0.1],
  ['the module of hosts, 8 bits', hostModule(8), 8, 0.05],
  ['the module of boards, 32 bits', portableModule(32), 32, 0.1],
  ['the module of hosts, 32 bits', hostModule(32), 32, 0.05],
] as const)('%s', (title, bytes, storage, share) => {
  const tally = new Tally();
  const module = compiled(bytes);
  for (const episode of episodes(FRAMES * share)) runEpisode(module, storage, SEED, episode, EPISODE, tally);
  say(title, tally.table());
});

test.each<[Storage, number]>([
  [16, 0.1],
  [8, 0.05],
  [32, 0.05],
])('two builds beside each other, %i bits', (storage, share) => {
  const beside = new Beside(compiled(hostModule(storage)));
  const module = compiled(portableModule(storage));
  const tally = new Tally();
  for (const episode of episodes(FRAMES * share))
    runEpisode(module, storage, SEED, episode, EPISODE, tally, beside, ROOM);
  say(`two builds, ${storage} bits`, `${tally.frames} frames, ${beside.compared} results, all alike`);
});

test("the host's decoders", () => {
  const totals: Record<string, number> = {};
  const start = performance.now();
  for (const episode of episodes(FRAMES)) {
    const hearing = new Hearing(SEED, episode);
    while (hearing.heard.sent < EPISODE) hearing.next();
    for (const [what, count] of Object.entries(hearing.heard)) totals[what] = (totals[what] ?? 0) + count;
  }
  const rate = Math.round((1000 * totals.sent) / (performance.now() - start));
  say("the host's decoders", `${JSON.stringify(totals)}, ${rate} frames/s`);
});

describe('the C of boards under sanitizers', () => {
  /** Episodes whose answers are held in memory at a time. */
  const AT_ONCE = 10;
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const compiler = findCompiler(folder.path);

  test.skipIf(!compiler).each<[Storage, number]>([
    [16, 0.1],
    [8, 0.02],
    [32, 0.02],
  ])('%i bits (skipped where no compiler has AddressSanitizer)', async (storage, share) => {
    const bytes = portableModule(storage);
    const device = await SanitizedDevice.build(folder.path, compiler ?? '', await obtainToolchain(), bytes);
    const module = compiled(bytes);
    const tally = new Tally();
    const all = [...episodes(FRAMES * share)];
    const start = performance.now();
    while (all.length > 0) {
      const some = all.splice(0, AT_ONCE);
      const play = (listener: Listener) => {
        for (const episode of some) runEpisode(module, storage, SEED, episode, EPISODE, tally, listener);
      };
      expect(device.compare(play), `episodes from ${some[0]}`).toBeUndefined();
    }
    const rate = Math.round((1000 * tally.frames) / (performance.now() - start));
    say(
      `C under sanitizers, ${storage} bits`,
      `${tally.frames} frames, the same answers, ${rate} frames/s with the module's`,
    );
  });
});

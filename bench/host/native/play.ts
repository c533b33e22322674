/** Plays a tape to the simulated device's kernel on one thread, again and again: `tape seconds`. */
import { hostModule, Kernel } from '#host/kernel/kernel';
import type { Job } from '#host/kernel/twin-worker';
import { Messages } from '#host/wire/schema';
import { reportFailure } from '../report-failure.js';
import { Stopwatch } from '../stopwatch.js';
import { readTape } from './tape.js';

/** Bytes; as play.c has. */
const ARENA = 2 ** 28;

await reportFailure(async () => {
  const [path, seconds] = process.argv.slice(2);
  const { samples, before, minibatches, reply } = readTape(path);
  const kernel = new Kernel(ARENA, undefined, hostModule());
  const play = (requests: readonly Job[]) => {
    let last: Uint8Array = reply;
    for (const { code, payload } of requests) {
      const outcome = kernel.executeEncoded(code, payload);
      if (code === Messages.train.code) last = outcome.payload;
    }
    if (Buffer.compare(last, reply) !== 0)
      throw new Error('the last minibatch has another reply than the tape tells');
  };
  const playFor = (least: number, watch: Stopwatch) => {
    let played = 0;
    while (watch.seconds < least) {
      play(before);
      watch.start();
      play(minibatches);
      watch.stop();
      played += samples;
    }
    return played;
  };
  playFor(1, new Stopwatch());
  const watch = new Stopwatch();
  const played = playFor(Number(seconds), watch);
  console.log(JSON.stringify({ samples: played, cpuSeconds: watch.cpuSeconds }));
});

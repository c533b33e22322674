/** The engine's thread: one run, by the host's own trainer, link, twin and comparison. */
import { UserError } from '#host/ground/index.js';
import { kernelName } from '#host/kernel/index.js';
import { formatsOf } from '#host/model/index.js';
import type { Progress } from '#host/records/index.js';
import { Bench } from '#host/runs/index.js';
import { openReference, requireFit, Trainer } from '#host/training/index.js';
import { parentPort, workerData } from '../browser/worker-threads.js';
import { openLine } from './lines.js';
import type { Job, News, Order, Standing } from './messages.js';

/** Milliseconds without an answer after which a device is given up. */
const PATIENCE = 30_000;
/** Milliseconds from one standing to the next. */
const INTERVAL = 50;

const port = parentPort;
if (!port) throw new Error('the engine runs in a worker');

const tell = (news: News) => port.postMessage(news);

async function run({ recipe, device, dataset }: Job): Promise<void> {
  requireFit(recipe, dataset);
  const line = await openLine(device, formatsOf(recipe).storage);
  const bench = await Bench.over(line, PATIENCE, recipe);
  const reference = openReference(recipe, dataset);
  const stopping = new AbortController();
  let began = performance.now();
  const standing = (progress: Progress | undefined): Standing => {
    const { step, digest, tally } = trainer.position;
    return { progress, step, digest, tally: { ...tally }, seconds: (performance.now() - began) / 1000 };
  };
  let latest: Progress | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  const trainer = new Trainer({
    recipe,
    dataset,
    endpoint: bench.endpoint,
    tensors: bench.tensors,
    reference,
    shadow: false,
    compareEvery: 0,
    checkpointInterval: Number.POSITIVE_INFINITY,
    onProgress: (progress) => {
      latest = progress;
      const now = performance.now();
      if (now - toldAt < INTERVAL && progress.done < progress.total) return;
      toldAt = now;
      tell({ kind: 'standing', standing: standing(progress) });
    },
    onMetrics: (metrics) => tell({ kind: 'metrics', metrics }),
    onCheckpoint: async () => {},
    signal: stopping.signal,
  });
  port?.on('message', async (order: Order) => {
    if (order === 'stop') stopping.abort();
    else tell({ kind: 'weights', step: trainer.position.step, parameters: await trainer.parameters() });
  });
  tell({ kind: 'started', device: bench.deviceName, kernel: kernelName(bench.link.device.kernel) });
  await trainer.begin();
  began = performance.now();
  await trainer.train();
  const end = standing(latest);
  const test = await trainer.test();
  const parameters = await trainer.parameters();
  await Promise.all([bench.close(), reference.close()]);
  tell({ kind: 'finished', standing: end, parameters, ...(test && { evaluations: test.evaluations }) });
}

run(workerData as Job).catch((error: unknown) => {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const hint = error instanceof UserError ? error.hint : undefined;
  tell({ kind: 'failed', message, ...(hint !== undefined && { hint }) });
});

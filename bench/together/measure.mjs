/** Cycles that a Pico takes for its part of a minibatch, by phase, counted by its emulator. */
import { loadDataset } from '../../dist/host/data/index.js';
import { loadParameters, readRequests } from '../../dist/host/endpoint/index.js';
import { buildFirmware, readBoard } from '../../dist/host/firmware/index.js';
import { Link } from '../../dist/host/link/index.js';
import {
  checkRecipe,
  configureRequest,
  pictured,
  ratesAt,
  readPreset,
  trainRequest,
} from '../../dist/host/model/index.js';
import { packImage, Tensor } from '../../dist/host/wire/index.js';
import { trainedParameters } from '../firmware/trained.mjs';
import { Chip } from './chip.mjs';
import { exchanged } from './exchanged.mjs';

/** Minibatches learnt before, on this computer. */
const BEFORE = 1000;
/** Examples of each measurement begin here in the data set: not learnt before. */
const FIRST = 50_000;
const EXAMPLES = 60_000;
/** Lines on which it is measured what bytes cost; the first carries the phases' requests. */
const LINES = ['uart', 'usb'];

/**
 * Measures a preset on a Pico, both cores at work.
 * @param boards numbers of boards that a minibatch is to be shared out over
 * @param examples that are measured on, in whole minibatches
 */
export async function measure({ preset, examples }, boards) {
  const { values, source } = readPreset(preset);
  const data = await loadDataset();
  const recipe = pictured(checkRecipe(values, source), { rows: 28, columns: 28 });
  const work = new Work(recipe, data, trainedParameters(recipe, data, BEFORE), examples);
  const shares = [...new Set(boards.map((n) => Math.ceil(recipe.minibatch / n)))];
  const costs = [];
  for (const line of LINES) costs.push([line, await onChip(work, line, bytesOnLine)]);
  const phases = await onChip(work, LINES[0], (chip, link) => phasesOf(chip, link, work, shares));
  const tell = [];
  for (const share of shares) tell.push(await exchanged(work, share));
  return {
    preset,
    network: values.network,
    minibatch: recipe.minibatch,
    clock: readBoard('pico').core.clock,
    lines: Object.fromEntries(costs),
    shares: phases.map((phase, n) => ({ ...phase, ...tell[n] })),
  };
}

/** Minibatches of so many examples, and the parameters that the first begins from. */
class Work {
  constructor(recipe, data, { parameters, state }, examples) {
    this.recipe = recipe;
    this.parameters = parameters;
    this.digest = BigInt(`0x${state.position.digest}`);
    this.data = data;
    this.examples = examples;
  }

  /** How many minibatches are measured. */
  get minibatches() {
    return Math.ceil(this.examples / this.recipe.minibatch);
  }

  /** Boards that have a share of so many samples. */
  boardsOf(share) {
    return Math.ceil(this.recipe.minibatch / share);
  }

  /** The images and labels of the n-th of them. */
  batch(n, samples) {
    const { training, pixels } = this.data;
    const at = FIRST + n * samples;
    return {
      images: training.images.subarray(at * pixels, (at + samples) * pixels),
      labels: training.labels.subarray(at, at + samples),
    };
  }

  /** The same as requests. */
  requests(n, samples) {
    const { images, labels } = this.batch(n, samples);
    const { pixels } = this.data;
    const perEpoch = Math.ceil(EXAMPLES / this.recipe.minibatch);
    return {
      samples: Array.from(labels, (label, slot) => {
        const image = packImage(images.subarray(slot * pixels, (slot + 1) * pixels));
        return { slot, label, image };
      }),
      train: trainRequest(BEFORE + n, samples, atRest(ratesAt(this.recipe, BEFORE + n, perEpoch, samples))),
    };
  }

  load(endpoint) {
    return loadParameters(endpoint, this.parameters, BEFORE, this.digest);
  }
}

/** The least gains: all of the update is done, and hardly a weight changes, so that all shares are measured on the same network. */
function atRest(rates) {
  const least = (gains) => gains.map(() => ({ word: (32 << 16) | 1, value: 2 ** -32 }));
  return { ...rates, gains: least(rates.gains), biasGains: least(rates.biasGains) };
}

async function onChip(work, line, act) {
  const { bin } = await buildFirmware(readBoard('pico'));
  const chip = new Chip(bin, line);
  const link = await Link.open(chip, { patience: 600_000 });
  try {
    await link.request('configure', configureRequest(work.recipe));
    return await act(chip, link, work);
  } finally {
    link.close();
    chip.destroy();
  }
}

/** Costs of writing and reading a byte of a tensor, and of an image; bytes are those on the line. */
async function bytesOnLine(chip, link, work) {
  const { weights } = work.parameters;
  const size = weights.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const each = ({ cycles, bytes }, count) => ({ cycles: cycles / count, bytes: bytes / count });
  const written = await spent(chip, () => work.load(link));
  const read = await spent(chip, async () => {
    for (const [index, { length }] of weights.entries())
      for (const request of readRequests({ tensor: Tensor.weights, index, count: length, width: 2 }))
        await link.request('read', request);
  });
  const samples = work.recipe.minibatch;
  const images = await spent(chip, async () => {
    for (const sample of work.requests(0, samples).samples) await link.post('sample', sample);
    await link.request('statistics', {});
  });
  return { written: each(written, size), read: each(read, size), image: each(images, samples) };
}

/** Mean cycles of the relaxation and of the update of that share which relaxes longest: the others wait for it. */
async function phasesOf(chip, link, work, shares) {
  const phases = [];
  for (const share of shares) {
    await work.load(link);
    const boards = work.boardsOf(share);
    const slowest = [];
    for (let n = 0; n < work.minibatches; n++) {
      const all = [];
      for (let board = 0; board < boards; board++)
        all.push(await trainedShare(chip, link, work.requests(n * boards + board, share)));
      slowest.push(all.reduce((a, b) => (a.relaxation > b.relaxation ? a : b)));
    }
    const mean = (phase) => slowest.reduce((sum, took) => sum + took[phase], 0) / slowest.length;
    phases.push({ share, relaxation: mean('relaxation'), update: mean('update') });
  }
  return phases;
}

async function trainedShare(chip, link, { samples, train }) {
  for (const sample of samples) await link.post('sample', sample);
  await link.request('statistics', {});
  chip.signals = [];
  await link.request('train', train);
  // Two jobs, the examples and the rows: a call and an answer each.
  if (chip.signals.length !== 4) throw new Error(`the cores signalled ${chip.signals.length} times, not 4`);
  const [relaxes, , updates] = chip.signals;
  return { relaxation: updates - relaxes, update: chip.cycles - updates };
}

async function spent(chip, act) {
  const [cycles, bytes] = [chip.cycles, chip.bytes];
  await act();
  return { cycles: chip.cycles - cycles, bytes: chip.bytes - bytes };
}

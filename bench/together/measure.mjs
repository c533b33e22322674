/** What a Pico takes for its part of a minibatch, by phase, in cycles of its emulator. */
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
 * @param examples that each share is measured on, about as many
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

  /** How many minibatches of so many samples are measured. */
  countOf(samples) {
    return Math.ceil(this.examples / samples);
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
      // At the whole minibatch's rates, by which a share moves the weights by its part.
      train: trainRequest(
        BEFORE + n,
        samples,
        ratesAt(this.recipe, BEFORE + n, perEpoch, this.recipe.minibatch),
      ),
    };
  }

  load(endpoint) {
    return loadParameters(endpoint, this.parameters, BEFORE, this.digest);
  }
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

/** What a byte of a tensor costs to write and to read, and an image; bytes are those on the line. */
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

/** Cycles of a share's relaxation and of its update. */
async function phasesOf(chip, link, work, shares) {
  const phases = [];
  for (const share of shares) {
    const count = work.countOf(share);
    let [relaxation, update] = [0, 0];
    await work.load(link);
    for (let n = 0; n < count; n++) {
      const { samples, train } = work.requests(n, share);
      for (const sample of samples) await link.post('sample', sample);
      await link.request('statistics', {});
      chip.signals = [];
      await link.request('train', train);
      // Two jobs, the examples and the rows: a call and an answer each.
      if (chip.signals.length !== 4)
        throw new Error(`the cores signalled ${chip.signals.length} times, not 4`);
      const [relaxes, , updates] = chip.signals;
      relaxation += updates - relaxes;
      update += chip.cycles - updates;
    }
    phases.push({ share, relaxation: relaxation / count, update: update / count });
  }
  return phases;
}

async function spent(chip, act) {
  const [cycles, bytes] = [chip.cycles, chip.bytes];
  await act();
  return { cycles: chip.cycles - cycles, bytes: chip.bytes - bytes };
}

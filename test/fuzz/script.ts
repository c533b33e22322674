/** Valid requests, in an order that reaches deep states: what a host would send that knows the device's state. */

import { decodeGraph, type Graph, type Shape, type Storage, stateBits } from '#host/model/index';
import { mostShift } from '#host/model/shift';
import {
  ConnectionRecord,
  type ErrorName,
  Errors,
  LayerRecord,
  MAX_CONNECTIONS,
  MAX_LAYERS,
  MAX_PAYLOAD,
  MAX_REPLY,
  type MessageName,
  Messages,
  NO_STEP,
  Nudging,
  Option,
  packImage,
  type RequestOf,
  type RuleName,
  Tensor,
  type WaysName,
} from '#host/wire/index';
import { configuring, dense, graphOfLayers, recordsOf, vectorOf } from '../kernel/configure.js';
import type { Draw } from './draw.js';

/** Messages that are numbered. */
export type Numbered = Exclude<MessageName, 'hello' | 'poll'>;

/** Fractional bits that weights and states may have, a scaled rate, and both together. */
const FORMATS = {
  8: { weights: 12, states: 14, scaled: 14, drives: 29 },
  16: { weights: 15, states: 14, scaled: 14, drives: 29 },
  32: { weights: 30, states: 18, scaled: 30, drives: 44 },
} as const;

const LOAD = Messages.load.request;

interface Network {
  readonly graph: Graph;
  readonly batch: number;
}

/** Sizes that requests are made for before there is a network: one of one unit each. */
const NOTHING = graphOfLayers([vectorOf(1), vectorOf(1)]);

/** Bytes that a WRITE or READ moves, most often. */
const FEW = 64;

export class Script {
  #network: Network | undefined;
  #step = NO_STEP;
  #digest = 0n;
  #staged = 0;
  /** Bytes of the last request of each kind. */
  #sent = new Map<string, Uint8Array>();

  constructor(
    private readonly draw: Draw,
    private readonly storage: Storage,
  ) {}

  /** The message that fits the state best, mostly. */
  next(): Numbered {
    const { draw } = this;
    if (draw.once(25)) return draw.pick(Object.keys(this.#makers) as Numbered[]);
    if (!this.#network) return 'configure';
    if (this.#step === NO_STEP)
      return draw.pickByShare({ initialise: 6, load: 3, write: 1, sample: 2, read: 1 });
    if (this.#staged > 0 && draw.once(3)) return draw.once(3) ? 'evaluate' : 'train';
    return draw.pickByShare({
      sample: 40,
      read: 8,
      write: 6,
      statistics: 3,
      load: 2,
      initialise: 1,
      configure: 1,
      reset: draw.once(8) ? 1 : 0,
    });
  }

  values(name: Numbered): Record<string, unknown> {
    return this.#makers[name]();
  }

  /** A request was run. */
  note(name: Numbered, payload: Uint8Array): void {
    this.#sent.set(name, payload);
    if (name === 'sample') this.#staged++;
    else if (name === 'write' && payload[6] <= Tensor.biases) this.#step = NO_STEP;
    else if (name === 'reset') this.#network = undefined;
  }

  /** A device's words about itself, in a reply or an error. */
  learn(name: MessageName, payload: Uint8Array): void {
    if (name === 'hello') {
      const { configured, digest, step } = Messages.hello.reply.decode(payload);
      if (!configured) this.#network = undefined;
      this.#digest = digest;
      this.#step = step;
    } else if (name === 'configure') {
      const sent = this.#sent.get(name);
      if (!sent) return;
      const request = Messages.configure.request.decode(sent);
      this.#network = { graph: decodeGraph(request), batch: request.batch };
      this.#step = NO_STEP;
      this.#staged = 0;
    } else if (name === 'initialise') {
      this.#digest = Messages.initialise.reply.decode(payload).digest;
      this.#step = 0;
    } else if (name === 'load') {
      const sent = this.#sent.get(name);
      if (sent) this.#step = LOAD.decode(sent.subarray(0, LOAD.size)).step;
    } else if (name === 'train') {
      const { step, weights } = Messages.train.reply.decode(payload);
      this.#step = step;
      this.#digest = weights;
      this.#staged = 0;
    } else if (name === 'evaluate') this.#staged = 0;
    else if (name === 'reset') this.#network = undefined;
  }

  /** @param code of the error */
  learnRefusal(code: number, limit: number): void {
    const is = (...names: readonly ErrorName[]) => names.some((name) => Errors[name][0] === code);
    if (is('notConfigured', 'arenaTooSmall')) this.#network = undefined;
    else if (is('noWeights')) this.#step = NO_STEP;
    else if (is('stepGap', 'alreadyApplied')) this.#step = limit;
    else if (is('missingSample', 'badSlot')) this.#staged = 0;
  }

  readonly #makers: { readonly [N in Numbered]: () => RequestOf<N> } = {
    configure: () => this.#counted(this.#configure()),
    initialise: () => ({
      limits: this.#graph.connections.map(
        (_, k) =>
          this.draw.pick([0, 1 << 22, 1 << 24, 1 << 26]) +
          (this.draw.once(5) ? this.draw.below(k + 2) * 2 ** 27 : 0),
      ),
    }),
    write: () => {
      const { width, count, ...range } = this.#range(true);
      const data = this.draw.bytes(count * width);
      return { ...range, data: this.draw.once(3) ? data.fill(this.draw.pick([0, 0x7f, 0x80])) : data };
    },
    read: () => {
      const { width: _, ...range } = this.#range(false);
      return range;
    },
    load: () => ({ digest: this.#digest, step: this.draw.pick([0, 7, this.draw.word(), NO_STEP - 1]) }),
    sample: () => this.#sample(),
    train: () => ({
      step: this.#step,
      samples: Math.min(this.#staged, this.#batch),
      nudging: this.draw.pick(Object.values(Nudging)),
      rates: [
        ...this.#graph.connections.map(() => this.#gain()),
        ...this.#graph.connections.map(() => (this.draw.once(3) ? this.draw.word() : 0)),
        ...this.#graph.layers.slice(1).map(() => this.#gain()),
      ],
    }),
    evaluate: () => ({
      iterations: this.draw.between(1, 12),
      samples: Math.min(this.#staged, this.#batch),
    }),
    statistics: () => ({}),
    reset: () => ({}),
  };

  get #graph(): Graph {
    return this.#network?.graph ?? NOTHING;
  }

  get #batch(): number {
    return this.#network?.batch ?? 1;
  }

  #gain(): number {
    const { draw } = this;
    return (draw.between(16, 32) << 16) | draw.pick([0, 1, 0xffff, draw.below(0x10000)]);
  }

  /** Now and then with as many records as no network has. */
  #counted(request: RequestOf<'configure'>): RequestOf<'configure'> {
    const { draw } = this;
    if (!draw.once(12)) return request;
    const [layers, connections] = draw.pick([
      [draw.below(2), request.connections],
      [MAX_LAYERS + 1, 1],
      [request.layers, 0],
      [2, MAX_CONNECTIONS + 1],
    ]);
    const records = new Uint8Array(layers * LayerRecord.size + connections * ConnectionRecord.size);
    const one = LayerRecord.encode({ channels: 1, rows: 1, columns: 1, biasEach: 0, padding: 0 });
    for (let k = 0; k < layers; k++) records.set(one, k * one.length);
    return { ...request, layers, connections, records };
  }

  #configure(): RequestOf<'configure'> {
    const { draw } = this;
    const most = FORMATS[this.storage];
    const wide = draw.once(6);
    const sizes = Array.from({ length: wide ? 3 : draw.pick([2, 3, 3, 3, 4, 5, 8]) }, () =>
      draw.between(1, wide ? 36 : 10),
    );
    const seed = draw.word();
    const graph = this.#drawGraph(sizes, seed);
    // Rates that are summed first have more bits, and are sent with eight at least.
    const growths = graph.connections.map(({ map: { pooled } }) =>
      pooled?.by === 'sum' ? Math.ceil(Math.log2(pooled.places)) : 0,
    );
    const scaled = most.scaled - (draw.once(10) ? 0 : Math.max(...growths));
    const stateFraction = draw.between(6, Math.min(most.states, scaled));
    const rateFraction = Math.max(stateFraction, 8);
    const coarsest = Math.max(0, 2 * stateFraction - 30);
    const finest = draw.between(
      coarsest,
      Math.min(most.weights, stateFraction + 15, most.drives - rateFraction),
    );
    const slack = Math.min(finest - coarsest, scaled - rateFraction);
    const settings = {
      seed,
      epsilon: draw.pick([2048, 2048, 1, 4096, draw.between(1, 4096)]),
      nudge: draw.pick([0, 1024, 4095, 4096, draw.below(0x10000)]),
      freeIterations: draw.between(1, 10),
      nudgedIterations: draw.between(1, 5),
      batch: draw.once(30) ? draw.between(1, 512) : draw.between(1, 5),
      stateFraction,
      relaxation: draw.below(3),
      rounding: draw.below(2),
      options: draw.below(4) | (draw.once(4) ? Option.centred : 0) | (draw.once(3) ? Option.l1 : 0),
      inputScale: stateFraction >= 10 && draw.once(3) ? draw.between(5, 8) : 4,
      shift: draw.below(mostShift(graph.layers[0].shape) + 1),
      noise: draw.once(6) ? draw.below(0x10000) : 0,
      noiseForm: draw.below(4),
      margin: draw.once(3) ? draw.between(1, 4096) : 0,
      inputPull: draw.once(sizes[0] === sizes[1] ? 2 : 20) ? draw.below(0x10000) : 0,
      pixelSpikes: draw.once(3) ? draw.between(1, 8) : 0,
    };
    const fractionOf = () => finest - (slack > 0 && draw.once(4) ? draw.below(slack + 1) : 0);
    return configuring(recordsOf(graph, graph.connections.map(fractionOf)), settings);
  }

  /**
   * A chain; now and then it begins with windows, patches or convolutions, skips a layer, joins units of one, leaves weights as they are, sends
   * one way, has a bias a channel. Some of it is impossible.
   */
  #drawGraph(sizes: readonly number[], seed: number): Graph {
    const { draw } = this;
    const sides = [...sizes.keys()].filter((side) => side > 0 && sizes[0] % side === 0);
    const columns = sides.length > 0 && draw.once(3) ? draw.pick(sides) : 0;
    const rows = columns > 0 ? sizes[0] / columns : 0;
    const shapes = sizes.map((channels, k) =>
      k === 0 && columns > 0 ? { channels: 1, rows, columns } : vectorOf(channels),
    );
    const joined = sizes.slice(1).map((_, k) => dense(k, k + 1, draw.once(10)));
    const begins = columns > 0 && sizes.length > 2 ? draw.pick(['convolutions', 'patches', 'windows']) : '';
    if (begins === 'convolutions') {
      const last = draw.between(1, sizes.length - 2);
      for (let k = 0; k < last; k++) {
        const { post, words } = this.#drawConvolution(shapes[k]);
        shapes[k + 1] = post;
        joined[k] = { ...joined[k], kind: 'convolution', words };
      }
    } else if (begins === 'patches') {
      const side = draw.between(1, Math.min(rows, columns));
      const fits = (length: number, stride: number) => (length - side) % stride === 0;
      const strides = [...Array(columns + 1).keys()].slice(1);
      const stride = draw.pick(strides.filter((each) => fits(rows, each) && fits(columns, each)));
      const places = (length: number) => (length - side) / stride + 1;
      shapes[1] = { channels: draw.between(1, 3), rows: places(rows), columns: places(columns) };
      joined[0] = { ...joined[0], kind: 'local', words: { side, stride } };
    } else if (columns > 0) {
      const least = draw.between(1, Math.min(rows, columns));
      const words = { least, most: draw.between(least, Math.min(rows, columns)) };
      joined[0] = { ...joined[0], kind: 'windows', words };
    }
    if (sizes.length > 2 && draw.once(4)) joined.push(dense(0, 2, draw.once(10)));
    if (draw.once(8)) joined.push({ ...dense(1, 1), kind: 'lateral' });
    const each = joined.map((one) => ({
      ...one,
      ...(draw.once(6) && {
        ways: draw.pick<WaysName>(['both', 'forth', 'back']),
        rule: draw.pick<RuleName>(['contrast', 'presynaptic', 'rates']),
      }),
    }));
    const biasEach = shapes.map(() => draw.once(4));
    return graphOfLayers(shapes, { joined: each, biasEach, seed });
  }

  /** Now and then nearly possible alone. */
  #drawConvolution({ rows, columns }: Shape) {
    const { draw } = this;
    const side = draw.between(1, Math.min(rows, columns, 3));
    const [stride, padding] = [draw.between(1, 2), draw.below(side)];
    const places = (length: number) => Math.floor((length + 2 * padding - side) / stride) + 1;
    const pools = [1, 2, 3].filter((pool) => places(rows) % pool === 0 && places(columns) % pool === 0);
    const pool = draw.pick(pools);
    const words = { side, stride, padding, pool, maximum: draw.below(2) };
    const post = { channels: draw.between(1, 3), rows: places(rows) / pool, columns: places(columns) / pool };
    if (!draw.once(12)) return { post, words };
    const name = draw.pick(Object.keys(words) as (keyof typeof words)[]);
    const near = [words[name] + 1, Math.max(0, words[name] - 1), draw.below(0x10000)];
    return { post, words: { ...words, [name]: draw.pick(near) } };
  }

  #sample(): RequestOf<'sample'> {
    const { draw } = this;
    const [pixels, outputs] = [this.#graph.inputs, this.#graph.outputs];
    const image = draw.bytes(pixels);
    const ink = draw.pick([0, 1, 2, 3]);
    const inked = image.map((byte) => (ink === 0 ? byte : (byte & 3) > ink ? 0 : 250 + (byte >> 5)));
    const slot = Math.min(this.#staged, this.#batch - 1);
    return { slot, label: draw.below(outputs), image: packImage(inked) };
  }

  /** Some elements of a tensor; now and then as many of the largest as a message moves, or a few more. */
  #range(writable: boolean) {
    const { draw } = this;
    const isMost = draw.once(6);
    const tensor = isMost ? Tensor.weights : draw.below(writable ? Tensor.start + 1 : Tensor.minus + 1);
    const wide = stateBits(this.storage) / 8;
    const { layers, connections, units } = this.#graph;
    const places =
      tensor === Tensor.weights
        ? connections.map(({ weights }, index) => ({ index, length: weights, width: this.storage / 8 }))
        : tensor === Tensor.biases
          ? layers.slice(1).map(({ biases }, k) => ({ index: k + 1, length: biases, width: 4 }))
          : [{ index: draw.below(this.#batch), length: units, width: wide }];
    const range = (isMost && places.sort((a, b) => b.length - a.length)[0]) || draw.pick(places);
    const { index, length, width } = range;
    const most = writable ? MAX_PAYLOAD - Messages.write.request.size : MAX_REPLY + draw.below(3) * width;
    const offset = isMost ? 0 : draw.below(length);
    const fitting = Math.min(length - offset, Math.floor((isMost ? most : FEW) / width));
    const count = isMost ? fitting : draw.between(0, fitting);
    return { offset, index, count, tensor, padding: 0, width };
  }
}

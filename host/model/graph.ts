/**
 * The network as a graph of layers and connections: the one description that requests, formats, reference, headroom,
 * checkpoints, reports and exports follow from.
 */

import { UserError } from '../ground/index.js';
import { MAX_CONNECTIONS, MAX_LAYERS, MAX_OUTPUTS, MAX_UNITS } from '../wire/index.js';
import { type ConnectionKindName, type Shape, type SharingMap, sizeOf } from './connections/kind.js';
import { kinds } from './connections/kinds.js';
import { asPicture, notedLayers } from './network-notation.js';
import { type Picture, pictureNotation, pixelsOf } from './picture.js';
import { parseRange, type Recipe } from './recipe.js';
import { requireRoomForShift } from './shift.js';

export interface GraphLayer {
  readonly shape: Shape;
  readonly units: number;
  /** One a unit, or one a channel; unit u has bias u % biases. 0 of the input. */
  readonly biases: number;
  /** Index of its first unit among the units of all free layers. */
  readonly firstUnit: number;
}

export interface GraphConnection {
  readonly kind: ConnectionKindName;
  /** Layers, the input being 0; `pre` comes before `post`. */
  readonly pre: number;
  readonly post: number;
  /** The words of its kind, by name. */
  readonly words: Readonly<Record<string, number>>;
  /** True where its weights are left as they are. */
  readonly fixed: boolean;
  readonly map: SharingMap;
  /** Weights of its matrix. */
  readonly weights: number;
}

export interface Graph {
  /** The input first, the output last. */
  readonly layers: readonly GraphLayer[];
  readonly connections: readonly GraphConnection[];
  /** Units of all free layers together. */
  readonly units: number;
  readonly inputs: number;
  readonly outputs: number;
}

export type GraphKeys = Pick<Recipe, 'network' | 'connections' | 'receptive-fields' | 'seed'> &
  Partial<Pick<Recipe, 'shift' | 'fixed'>>;

const described = new WeakMap<GraphKeys, Graph>();

/** A recipe's graph. Throws `UserError` where the layers cannot be joined so. */
export function graphOf(recipe: GraphKeys): Graph {
  const graph = described.get(recipe) ?? describe(recipe);
  described.set(recipe, graph);
  return graph;
}

function describe(recipe: GraphKeys): Graph {
  const shapes = shapesOf(recipe);
  const joined = withFixed(recipe, describeConnections(recipe, shapes.length));
  requireConnections(joined, shapes.length);
  requirePossible(shapes, joined, (k) => nameOf(recipe, k));
  requireShapes(recipe.network, shapes);
  requireRoomForShift(recipe.shift ?? 0, shapes[0]);
  // A convolution's units of a channel share their weights, and so their bias.
  const layers = placeLayers(
    shapes,
    shapes.map((_, layer) => joined.some(({ kind, post }) => kind === 'convolution' && post === layer)),
  );
  return joinLayers(layers, joined, recipe.seed);
}

/** The name of a connection in errors: as a chain writes it. */
function nameOf(recipe: GraphKeys, k: number): string {
  if (recipe.connections.length > 0) return `connection ${k + 1}`;
  const { text, kind } = notedLayers(recipe.network)[k + 1];
  return kind === 'dense' ? `receptive-fields ${recipe['receptive-fields']}` : text;
}

/** The graph of layers and connections that are possible, each connection with its map. */
export function joinLayers(
  layers: readonly GraphLayer[],
  joined: readonly JoinedConnection[],
  seed: number,
): Graph {
  const connections = joined.map(({ pre, post, kind, fixed, words }, index): GraphConnection => {
    const placed = { pre: layers[pre].shape, post: layers[post].shape, words, index, seed };
    const map = kinds[kind].map(placed);
    return { kind, pre, post, words, fixed, map, weights: map.rows * map.columns };
  });
  const free = layers.slice(1);
  return {
    layers,
    connections,
    units: free.reduce((sum, { units }) => sum + units, 0),
    inputs: layers[0].units,
    outputs: layers[layers.length - 1].units,
  };
}

/** How many connections a recipe names, whether or not they are possible. */
export function connectionCount({ network, connections }: Pick<Recipe, 'network' | 'connections'>): number {
  return connections.length > 0 ? connections.length : network.split('-').length - 1;
}

/** Windows look at a picture, and shifts move one. */
function shapesOf({ network, 'receptive-fields': windows, shift = 0 }: GraphKeys): readonly Shape[] {
  const [input, ...free] = notedLayers(network).map(({ shape }) => shape);
  return [windows === 'all' && shift === 0 ? input : asPicture(input), ...free];
}

/** The recipe with its images' shape in its network, where it does not name one itself. */
export function pictured<K extends GraphKeys>(recipe: K, picture: Picture): K {
  const { network } = recipe;
  if (/^\d+x/.test(network) || Number.parseInt(network, 10) !== pixelsOf(picture)) return recipe;
  return { ...recipe, network: network.replace(/^\d+/, pictureNotation(picture)) };
}

function requireShapes(network: string, shapes: readonly Shape[]): void {
  if (shapes.length > MAX_LAYERS)
    throw new UserError(
      `network ${network} has ${shapes.length} layers`,
      `the kernel takes ${MAX_LAYERS} at most`,
    );
  shapes.forEach((shape, k) => {
    const units = sizeOf(shape);
    if (units < 1 || units > MAX_UNITS)
      throw new UserError(
        `layer ${k} of network ${network} has ${units} units`,
        `a layer has 1 to ${MAX_UNITS} units; the input is layer 0`,
      );
    if (k === shapes.length - 1 && units > MAX_OUTPUTS)
      throw new UserError(`network ${network} has ${units} outputs`, `${MAX_OUTPUTS} are the most`);
  });
}

/** Layers one after another. @param biasEach whether a channel has one bias, of each layer */
export function placeLayers(
  shapes: readonly Shape[],
  biasEach: readonly boolean[] = [],
): readonly GraphLayer[] {
  let firstUnit = 0;
  return shapes.map((shape, k) => {
    const units = sizeOf(shape);
    const layer = { shape, units, biases: k === 0 ? 0 : biasEach[k] ? shape.channels : units, firstUnit };
    if (k > 0) firstUnit += units;
    return layer;
  });
}

/** A connection before its map is known. */
export type JoinedConnection = Omit<GraphConnection, 'map' | 'weights'>;

/** A chain of dense connections, its first one of windows where the recipe wants those, unless it names its connections. */
function describeConnections(recipe: GraphKeys, layers: number): readonly JoinedConnection[] {
  if (recipe.connections.length > 0)
    return recipe.connections.map(({ from, to, kind, fixed, ...words }) => ({
      pre: from,
      post: to,
      kind,
      fixed,
      words: wordsOf(kind, words),
    }));
  const noted = notedLayers(recipe.network);
  return Array.from({ length: layers - 1 }, (_, k) => {
    const ends = { pre: k, post: k + 1, fixed: false } as const;
    const { kind, words } = noted[k + 1];
    if (k > 0 || recipe['receptive-fields'] === 'all') return { ...ends, kind, words };
    if (kind !== 'dense')
      throw new UserError(
        `receptive-fields ${recipe['receptive-fields']} beside ${noted[1].text}`,
        'a convolution looks through its kernel: leave the fields out, or give the units that have them',
      );
    const [least, most] = parseRange(recipe['receptive-fields']);
    return { ...ends, kind: 'windows', words: { least, most } };
  });
}

/** The connections, those that the recipe lists as fixed being so. */
function withFixed(
  { network, fixed = [] }: GraphKeys,
  joined: readonly JoinedConnection[],
): readonly JoinedConnection[] {
  const unknown = fixed.find((number) => number > joined.length);
  if (unknown !== undefined)
    throw new UserError(
      `connection ${unknown} of ${network} is to stay fixed, there are ${joined.length}`,
      'name them by number, in their order: of a chain the first is from the input',
    );
  return joined.map((connection, k) => (fixed.includes(k + 1) ? { ...connection, fixed: true } : connection));
}

function wordsOf(kind: ConnectionKindName, given: Readonly<Record<string, number>>) {
  const { words, defaults } = kinds[kind];
  const all = { ...defaults, ...given };
  const unknown = Object.keys(given).find((name) => !words.includes(name));
  if (unknown !== undefined)
    throw new UserError(
      `a ${kind} connection with '${unknown}'`,
      words.length > 0 ? `it takes ${words.join(', ')}` : 'it takes none but from, to, kind and fixed',
    );
  const missing = words.find((name) => all[name] === undefined);
  if (missing !== undefined)
    throw new UserError(`a ${kind} connection without '${missing}'`, 'give it a whole number');
  return all;
}

function requireConnections(connections: readonly JoinedConnection[], layers: number): void {
  if (connections.length > MAX_CONNECTIONS)
    throw new UserError(`${connections.length} connections`, `the kernel takes ${MAX_CONNECTIONS} at most`);
  connections.forEach(({ pre, post }, index) => {
    if (pre < post && post < layers) return;
    throw new UserError(
      `connection ${index + 1} goes from layer ${pre} to layer ${post}`,
      `it goes from one layer to a later one: the input is 0, the output ${layers - 1}`,
    );
  });
  for (let layer = 1; layer < layers; layer++)
    if (!connections.some(({ post }) => post === layer))
      throw new UserError(`no connection ends in layer ${layer}`, 'give it one: nothing would reach it');
}

/** Throws `UserError` where a connection cannot join its layers. */
function requirePossible(
  shapes: readonly Shape[],
  connections: readonly JoinedConnection[],
  nameOf: (index: number) => string,
): void {
  connections.forEach(({ pre, post, kind, words }, index) => {
    try {
      kinds[kind].check({ pre: shapes[pre], post: shapes[post], words, index });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${nameOf(index)}: ${error.message}`, error.hint, { cause: error });
    }
  });
}

/**
 * The free layers by colour: those of one are not connected to each other, so each can be minimised while the others stay.
 * Each layer has the least colour that no earlier layer joined to it has: odd and even layers of a chain.
 */
export function coloursOf({
  layers,
  connections,
}: Pick<Graph, 'layers' | 'connections'>): readonly (readonly number[])[] {
  const colours: number[][] = [];
  for (let layer = 1; layer < layers.length; layer++) {
    const joined = connections.filter(({ post }) => post === layer).map(({ pre }) => pre);
    const free = colours.find((members) => !members.some((member) => joined.includes(member)));
    if (free) free.push(layer);
    else colours.push([layer]);
  }
  return colours;
}

/**
 * The network as a graph of layers and connections: the one description that requests, formats, reference, headroom,
 * checkpoints, reports and exports follow from.
 */

import { UserError } from '../ground/index.js';
import { MAX_CONNECTIONS, MAX_LAYERS, MAX_OUTPUTS, MAX_UNITS } from '../wire/index.js';
import { type Shape, type SharingMap, sizeOf, takesGreatest } from './connections/kind.js';
import { kinds } from './connections/kinds.js';
import { type GraphKeys, isPulled, type JoinedConnection, joinedConnections } from './joined-connections.js';
import { asPicture, notedLayers } from './network-notation.js';
import { type Picture, pictureNotation, pixelsOf } from './picture.js';
import { requireRoomForShift } from './shift.js';

export interface GraphLayer {
  readonly shape: Shape;
  readonly units: number;
  /**
   * One a unit, or one a channel; unit u has bias u % biases. 0 of the input. A centred layer's are followed by what each unit has
   * learnt along the mean image, and by that image.
   */
  readonly biases: number;
  /** True where the examples' mean is taken out of what the layer learns from the input. */
  readonly isCentred: boolean;
  /** Index of its first unit among the units of all free layers. */
  readonly firstUnit: number;
}

export interface GraphConnection extends Required<Omit<JoinedConnection, 'drawnAs'>> {
  readonly drawnAs: number | undefined;
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

const described = new WeakMap<GraphKeys, Graph>();

/** A recipe's graph. Throws `UserError` where the layers cannot be joined so. */
export function graphOf(recipe: GraphKeys): Graph {
  const graph = described.get(recipe) ?? describe(recipe);
  described.set(recipe, graph);
  return graph;
}

function describe(recipe: GraphKeys): Graph {
  const shapes = shapesOf(recipe);
  const joined = joinedConnections(recipe);
  requireConnections(joined, shapes.length, isPulled(recipe) ? 2 : 1);
  requirePossible(shapes, joined, (k) => nameOf(recipe, joined[k], k));
  requireShapes(recipe.network, shapes);
  requireRoomForShift(recipe.shift ?? 0, shapes[0]);
  // A convolution's units of a channel share their weights, and so their bias.
  const layers = placeLayers(
    shapes,
    shapes.map((_, layer) => joined.some(({ kind, post }) => kind === 'convolution' && post === layer)),
    recipe['centred-input'] ? requireCentre(recipe, joined) : undefined,
  );
  const graph = joinLayers(layers, joined, recipe.seed);
  graph.connections.forEach((connection, k) => {
    if (takesGreatest(connection.map))
      named(
        () => nameOf(recipe, connection, k),
        () => requireGreatest(connection),
      );
  });
  requireSameDraws(graph);
  return graph;
}

/** The layer that the input reaches. Throws where it does by more than one connection, or by none that is dense. */
function requireCentre(recipe: GraphKeys, joined: readonly JoinedConnection[]): number {
  if (isPulled(recipe))
    throw new UserError(
      'a centred input that is pulled towards its image',
      'the mean is taken out of an input that is held: leave one of centred-input and input-pull out',
    );
  const [first, ...others] = joined;
  const other = others.findIndex(({ pre }) => pre === 0) + 1;
  if (first.pre === 0 && first.kind === 'dense' && other === 0) return first.post;
  throw new UserError(
    other === 0
      ? `a centred input of a first connection that is ${first.kind}, from layer ${first.pre}`
      : `a centred input that connection ${other + 1} takes too`,
    'the mean is taken out of a dense first connection from the input, the only one that begins there: leave centred-input out',
  );
}

/** Throws where a connection is drawn as one whose matrix is of another shape: its draws would come in another order. */
function requireSameDraws({ connections }: Graph): void {
  connections.forEach(({ map, drawnAs }, k) => {
    if (drawnAs === undefined) return;
    const { rows, columns } = connections[drawnAs].map;
    if (rows === map.rows && columns === map.columns) return;
    throw new UserError(
      `connection ${k + 1}, whose weights are ${map.rows} × ${map.columns}, is drawn as connection ${drawnAs + 1}, whose are ${rows} × ${columns}`,
      'name one between the same layers and of the same kind',
    );
  });
}

/** The name of a connection in errors: as a chain writes it. */
function nameOf(recipe: GraphKeys, { post }: JoinedConnection, k: number): string {
  if (recipe.connections.length > 0) return `connection ${k + 1}`;
  const { text, kind } = notedLayers(recipe.network)[isPulled(recipe) ? post - 1 : post];
  return kind === 'dense' ? `receptive-fields ${recipe['receptive-fields']}` : text;
}

/** The graph of layers and connections that are possible, each connection with its map. */
export function joinLayers(
  layers: readonly GraphLayer[],
  joined: readonly JoinedConnection[],
  seed: number,
): Graph {
  const connections = joined.map((connection, index): GraphConnection => {
    const { pre, post, kind, words, ways = 'both', rule = 'contrast', drawnAs } = connection;
    const map = kinds[kind].map({ pre: layers[pre].shape, post: layers[post].shape, words, index, seed });
    return { ...connection, ways, rule, drawnAs, map, weights: map.rows * map.columns };
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

/** Windows look at a picture, and shifts move one. */
function shapesOf(recipe: GraphKeys): readonly Shape[] {
  const { network, 'receptive-fields': windows, shift = 0 } = recipe;
  const [noted, ...free] = notedLayers(network).map(({ shape }) => shape);
  const input = windows === 'all' && shift === 0 ? noted : asPicture(noted);
  return isPulled(recipe) ? [input, input, ...free] : [input, ...free];
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

/**
 * Layers one after another.
 * @param biasEach whether a channel has one bias, of each layer
 * @param centred the layer that a centred input reaches
 */
export function placeLayers(
  shapes: readonly Shape[],
  biasEach: readonly boolean[] = [],
  centred?: number,
): readonly GraphLayer[] {
  const inputs = sizeOf(shapes[0]);
  let firstUnit = 0;
  return shapes.map((shape, k) => {
    const units = sizeOf(shape);
    const isCentred = k === centred;
    const own = k === 0 ? 0 : biasEach[k] ? shape.channels : units;
    const layer = { shape, units, biases: isCentred ? 2 * units + inputs : own, isCentred, firstUnit };
    if (k > 0) firstUnit += units;
    return layer;
  });
}

/** @param reached the first layer that a connection must reach */
function requireConnections(connections: readonly JoinedConnection[], layers: number, reached: number): void {
  if (connections.length > MAX_CONNECTIONS)
    throw new UserError(`${connections.length} connections`, `the kernel takes ${MAX_CONNECTIONS} at most`);
  connections.forEach(({ pre, post, kind, ways = 'both', rule = 'contrast', drawnAs }, index) => {
    const name = `connection ${index + 1}`;
    const isInside = kind === 'lateral';
    if (post >= layers || (isInside ? pre !== post || pre === 0 : pre >= post))
      throw new UserError(
        `${name} goes from layer ${pre} to layer ${post}`,
        isInside
          ? `a lateral one goes from a layer to itself: 1 to ${layers - 1}`
          : `it goes from one layer to a later one (with one-way = true to an earlier one, too): the input is 0, the output ${layers - 1}`,
      );
    if (ways === 'back' && pre === 0)
      throw new UserError(`${name} goes back to the input`, 'the input is given: nothing can be sent to it');
    if (ways !== 'both' && isInside)
      throw new UserError(
        `${name} is lateral and goes one way`,
        'within a layer there is but one: leave one-way out',
      );
    if (rule !== 'contrast' && isInside)
      throw new UserError(
        `${name} is lateral and learns by the ${rule} rule`,
        'no unit of a layer is the one that sends: leave rule out',
      );
    if (drawnAs !== undefined && drawnAs >= index)
      throw new UserError(
        `${name} is drawn as connection ${drawnAs + 1}`,
        'name an earlier one, the first being 1: the ways forth before the ways back',
      );
  });
  for (let layer = reached; layer < layers; layer++)
    if (!connections.some(({ pre, post, ways }) => post === layer && pre < post && ways !== 'back'))
      throw new UserError(`no connection ends in layer ${layer}`, 'give it one: nothing would reach it');
}

/** Throws `UserError` where a connection cannot join its layers. */
function requirePossible(
  shapes: readonly Shape[],
  connections: readonly JoinedConnection[],
  nameOf: (index: number) => string,
): void {
  connections.forEach((connection, index) => {
    const { pre, post, kind, words } = connection;
    named(
      () => nameOf(index),
      () => {
        kinds[kind].check({ pre: shapes[pre], post: shapes[post], words, index });
        requireRates(connection);
      },
    );
  });
}

/** Has errors of a check begin with a connection's name. */
function named(nameOf: () => string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${nameOf()}: ${error.message}`, error.hint, { cause: error });
  }
}

/** Steps of the nudged phases are not noted place by place. */
function requireRates({ kind, pre, rule }: JoinedConnection): void {
  if (kind !== 'convolution' || pre === 0 || rule !== 'rates') return;
  throw new UserError(
    'a convolution inside a network that learns by rates',
    'it learns by the contrast or the presynaptic rule; dense, local and windows learn by rates, too',
  );
}

/** A choice of the greatest follows what is sent forth, and the contrast alone learns from both of its sides. */
function requireGreatest({ pre, ways, rule }: GraphConnection): void {
  if (ways !== 'back' && (pre === 0 || rule === 'contrast')) return;
  throw new UserError(
    `it takes the greatest of several places, and ${ways === 'back' ? 'goes back alone' : 'learns by the presynaptic rule'}`,
    'only what begins in the input can: let it pool averages (a instead of m)',
  );
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
    const joined = connections.filter(({ pre, post }) => post === layer && pre < post).map(({ pre }) => pre);
    const free = colours.find((members) => !members.some((member) => joined.includes(member)));
    if (free) free.push(layer);
    else colours.push([layer]);
  }
  return colours;
}

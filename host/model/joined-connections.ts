/** A recipe's connections before their layers' shapes are looked at: its own tables, or a chain, tied or with ways back of its own. */
import { UserError } from '../ground/index.js';
import type { ConnectionKindName, RuleName, WaysName } from '../wire/index.js';
import { kinds } from './connections/kinds.js';
import { notedLayers } from './network-notation.js';
import { parseRange, type Recipe } from './recipe.js';

export type GraphKeys = Pick<Recipe, 'network' | 'connections' | 'receptive-fields' | 'seed'> &
  Partial<Pick<Recipe, 'shift' | 'fixed' | 'feedback' | 'rule' | 'input-pull' | 'centred-input'>>;

/** A connection before its map is known. */
export interface JoinedConnection {
  readonly kind: ConnectionKindName;
  /** Layers, the input being 0; `pre` comes before `post`, and is the same of a lateral one. */
  readonly pre: number;
  readonly post: number;
  /** The words of its kind, by name. */
  readonly words: Readonly<Record<string, number>>;
  /** True where its weights are left as they are. */
  readonly fixed: boolean;
  /** Which of its layers it sends to: both by the same weights (where nothing is said), or one. */
  readonly ways?: WaysName;
  /** The rule of its weights: the contrast, where nothing is said. From the input all rules are the same. */
  readonly rule?: RuleName;
  /** The earlier connection whose initial weights are its own, too, but for their scale. */
  readonly drawnAs?: number | undefined;
}

/** The connections, those that the recipe lists as fixed being so. */
export function joinedConnections(recipe: GraphKeys): readonly JoinedConnection[] {
  const { connections, feedback = 'tied', rule } = recipe;
  if (connections.length > 0 && feedback !== 'tied')
    throw new UserError(
      `feedback ${feedback} beside connections`,
      'leave it out, and give each way a table of its own: from a layer to a later one and back, both with one-way = true',
    );
  if (connections.length > 0 && rule !== undefined)
    throw new UserError(`rule ${rule} beside connections`, 'leave it out, and give each table its own');
  const joined =
    connections.length > 0 ? connections.map(described) : withFeedback(feedback, chain(recipe), rule);
  return behindImage(recipe, withFixed(recipe, joined));
}

/** An input that is pulled is a layer of its own, after the image: layer 1. */
export function isPulled({ 'input-pull': pull = 0 }: GraphKeys): boolean {
  return pull > 0;
}

/** A recipe counts its layers from the input on, pulled or not. */
function behindImage(recipe: GraphKeys, joined: readonly JoinedConnection[]): readonly JoinedConnection[] {
  if (!isPulled(recipe)) return joined;
  return joined.map((one) => ({ ...one, pre: one.pre + 1, post: one.post + 1 }));
}

/** One a connection of values that a recipe gives one a connection: ways back of a chain have those of the ways forth. */
export function ofConnections<Value>(
  { feedback = 'tied', network, connections }: Pick<GraphKeys, 'feedback' | 'network' | 'connections'>,
  values: readonly Value[],
): readonly Value[] {
  const forth = connections.length > 0 ? connections.length : network.split('-').length - 1;
  return feedback === 'tied' || values.length !== forth ? values : [...values, ...values.slice(1)];
}

/** The layers that a connection leads from and to, by number: one that goes back alone leads from the later one. */
export function endsOf({ pre, post, ways }: Pick<JoinedConnection, 'pre' | 'post' | 'ways'>): string {
  return ways === 'back' ? `${post} to ${pre}` : `${pre} to ${post}`;
}

/** How many connections a recipe names, whether or not they are possible. */
export function connectionCount({
  network,
  connections,
  feedback = 'tied',
}: Pick<Recipe, 'network' | 'connections'> & Partial<Pick<Recipe, 'feedback'>>): number {
  if (connections.length > 0) return connections.length;
  const layers = network.split('-').length;
  return feedback === 'tied' ? layers - 1 : 2 * layers - 3;
}

/** A table of a recipe. One that goes one way may lead back: from a layer to an earlier one. */
function described({
  from,
  to,
  kind,
  fixed,
  'one-way': oneWay,
  rule,
  'drawn-as': drawnAs,
  ...words
}: Recipe['connections'][number]): JoinedConnection {
  const isBack = oneWay && from > to;
  return {
    pre: isBack ? to : from,
    post: isBack ? from : to,
    kind,
    fixed,
    words: wordsOf(kind, words),
    ways: isBack ? 'back' : oneWay ? 'forth' : 'both',
    rule: rule ?? (oneWay ? 'presynaptic' : 'contrast'),
    ...(drawnAs !== undefined && { drawnAs: drawnAs - 1 }),
  };
}

/** A chain, its first connection one of windows where the recipe wants those. */
function chain(recipe: GraphKeys): readonly JoinedConnection[] {
  const noted = notedLayers(recipe.network);
  return noted.slice(1).map(({ kind, words }, k) => {
    const ends = { pre: k, post: k + 1, fixed: false } as const;
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

/** A chain; where it is not tied, its free layers are joined by two connections each, one a way (Scellier et al. 2018). */
function withFeedback(
  feedback: Recipe['feedback'],
  tied: readonly JoinedConnection[],
  rule: RuleName = feedback === 'tied' ? 'contrast' : 'presynaptic',
): readonly JoinedConnection[] {
  const way = (ways: WaysName) => (one: JoinedConnection) => (one.pre === 0 ? one : { ...one, ways, rule });
  if (feedback === 'tied') return tied.map(way('both'));
  const back = tied.slice(1).map((one, k) => ({
    ...way('back')(one),
    fixed: feedback === 'fixed',
    ...(feedback === 'symmetric' && { drawnAs: k + 1 }),
  }));
  return [...tied.map(way('forth')), ...back];
}

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
      `it takes ${['from, to, kind, fixed, one-way, rule, drawn-as', ...words].join(', ')}`,
    );
  const missing = words.find((name) => all[name] === undefined);
  if (missing !== undefined)
    throw new UserError(`a ${kind} connection without '${missing}'`, 'give it a whole number');
  return all;
}

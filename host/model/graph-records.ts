/** A graph as CONFIGURE has it: a record a layer, a record a connection. */
import { concatenate } from '../ground/index.js';
import {
  ConnectionKind,
  ConnectionRecord,
  LayerRecord,
  Option,
  type RequestOf,
  Rule,
  type RuleName,
  Ways,
  type WaysName,
} from '../wire/index.js';
import type { ConnectionKindName } from './connections/kind.js';
import { kinds } from './connections/kinds.js';
import { type Graph, joinLayers, placeLayers } from './graph.js';

const WORDS = ['first', 'second', 'third', 'fourth', 'fifth'] as const;
const names = Object.keys(ConnectionKind) as ConnectionKindName[];
const ways = Object.keys(Ways) as WaysName[];
const rules = Object.keys(Rule) as RuleName[];

/** @param fractions fractional bits of the weights, one a connection */
export function encodeGraph(
  { layers, connections }: Graph,
  fractions: readonly number[],
): Pick<RequestOf<'configure'>, 'layers' | 'connections' | 'records'> {
  const records = [
    ...layers.map(({ shape, units, biases }) =>
      LayerRecord.encode({ ...shape, biasEach: Number(biases > 0 && biases < units), padding: 0 }),
    ),
    ...connections.map(({ kind, pre, post, fixed, ways: way, rule, words }, k) => {
      const own = kinds[kind].words.map((name) => words[name]);
      const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = own;
      return ConnectionRecord.encode({
        kind: ConnectionKind[kind],
        pre,
        post,
        fraction: fractions[k],
        rule: Rule[rule],
        fixed: Number(fixed),
        ways: Ways[way],
        padding: 0,
        ...{ first, second, third, fourth, fifth },
      });
    }),
  ];
  return { layers: layers.length, connections: connections.length, records: concatenate(records) };
}

/** The graph that a request lays out; of one that no device would refuse. */
export function decodeGraph({ layers, connections, records, seed, options }: RequestOf<'configure'>): Graph {
  const part = (at: number, size: number) => records.subarray(at, at + size);
  const described = Array.from({ length: layers }, (_, k) =>
    LayerRecord.decode(part(k * LayerRecord.size, LayerRecord.size)),
  );
  const joined = Array.from({ length: connections }, (_, k) => {
    const { size } = ConnectionRecord;
    const record = ConnectionRecord.decode(part(layers * LayerRecord.size + k * size, size));
    const kind = names[record.kind];
    const words = Object.fromEntries(kinds[kind].words.map((name, n) => [name, record[WORDS[n]]]));
    return {
      ...{ kind, pre: record.pre, post: record.post, fixed: record.fixed !== 0, words },
      ways: ways[record.ways],
      rule: rules[record.rule],
    };
  });
  const placed = placeLayers(
    described,
    described.map(({ biasEach }) => biasEach !== 0),
    options & Option.centred ? joined[0].post : undefined,
  );
  return joinLayers(placed, joined, seed);
}

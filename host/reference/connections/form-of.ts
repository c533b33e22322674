/** The form of any connection: its kind's fast one, else the plain one. */
import type { Graph, GraphConnection } from '../../model/index.js';
import type { ReferenceNetwork } from '../network.js';
import { type ConnectionForm, endsOf } from './form.js';
import { forms } from './forms.js';
import { SharedForm } from './shared.js';

export function formOf(
  { layers }: Graph,
  connection: GraphConnection,
  weights: Float64Array,
): ConnectionForm {
  const make = forms[connection.kind] ?? ((...of) => new SharedForm(...of));
  return make(connection, endsOf(layers, connection), weights);
}

/** All connections of a network, with the weights as they are now: they must not change meanwhile. */
export function formsOf({ graph, weights }: ReferenceNetwork): readonly ConnectionForm[] {
  return graph.connections.map((connection, k) => formOf(graph, connection, weights[k]));
}

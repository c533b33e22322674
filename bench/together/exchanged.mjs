/** A minibatch's sums of contrasts, or its examples' states: boards would have to tell each other one or the other. */
import { readRequests } from '../../dist/host/endpoint/index.js';
import { Kernel } from '../../dist/host/kernel/index.js';
import { configureRequest, formatsOf, graphOf } from '../../dist/host/model/index.js';
import { contrast, ReferenceNetwork } from '../../dist/host/reference/index.js';
import { Tensor } from '../../dist/host/wire/index.js';

const ARENA = 2 ** 26;
const PIXEL_FRACTION = 8;
const STATE_BYTES = 2;

/** Mean bytes of what a share comes to: `sums` as variable-length integers, `states` of both phases of the examples that were nudged. */
export async function exchanged(work, share) {
  const graph = graphOf(work.recipe);
  const { fraction } = formatsOf(work.recipe).states;
  const kernel = new Kernel(ARENA);
  kernel.execute('configure', configureRequest(work.recipe));
  const execute = async (name, values) => kernel.execute(name, values);
  await work.load({ request: execute, post: execute });
  const count = work.minibatches * work.boardsOf(share);
  let [sums, nudged] = [0, 0];
  for (let n = 0; n < count; n++) {
    const { samples, train } = work.requests(n, share);
    for (const sample of samples) kernel.execute('sample', sample);
    nudged += kernel.execute('train', train).nudged;
    const [plus, minus] = [Tensor.plus, Tensor.minus].map((phase) =>
      statesOf(kernel, phase, share, graph.units, fraction),
    );
    const network = withoutParameters(graph);
    sums += bytesOf(contrast(network, work.batch(n, share), { plus, minus }), fraction, graph);
  }
  return { sums: sums / count, states: (nudged / count) * graph.units * 2 * STATE_BYTES };
}

/** Contrasts need the graph alone. */
function withoutParameters(graph) {
  return new ReferenceNetwork(
    graph,
    graph.connections.map(({ weights }) => new Float64Array(weights)),
    graph.layers.slice(1).map(({ biases }) => new Float64Array(biases)),
  );
}

function statesOf(kernel, tensor, samples, units, fraction) {
  const states = new Float64Array(samples * units);
  for (let index = 0; index < samples; index++) {
    const bytes = readRequests({ tensor, index, count: units, width: STATE_BYTES }).flatMap((request) => [
      ...kernel.execute('read', request).data,
    ]);
    const integers = new Int16Array(Uint8Array.from(bytes).buffer);
    states.set(
      Array.from(integers, (value) => value / 2 ** fraction),
      index * units,
    );
  }
  return states;
}

/** Bytes of the sums, which float64 holds exactly: seven bits a byte. */
function bytesOf({ weights, biases }, fraction, { connections }) {
  const bytes = (values, unit) => values.reduce((sum, value) => sum + lengthOf(value / unit), 0);
  const unitOf = ({ pre }) => 2 ** -(fraction + (pre === 0 ? PIXEL_FRACTION : fraction));
  return [
    ...weights.map((values, k) => bytes(values, unitOf(connections[k]))),
    ...biases.map((values) => bytes(values, 2 ** -fraction)),
  ].reduce((sum, length) => sum + length);
}

function lengthOf(value) {
  const bits = value === 0 ? 1 : Math.floor(Math.log2(Math.abs(value))) + 2;
  return Math.ceil(bits / 7);
}

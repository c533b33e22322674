// The rate rule: a weight changes by Σ ρ ṡ along the nudged phases, the rate of the layer that sends times the change of the one
// that receives, step by step (Bengio et al. 2017). What a phase of −β comes to is subtracted.
import { sumRows } from '../connections/kinds';
import { Ways } from '../messages/wire';
import { Connection } from '../network/connection';
import { connection, connectionCount } from '../network/graph';
import { Layer } from '../network/layer';
import { freeStates, minusStates, movedSlots, sumInto, traceSlot } from '../network/minibatch';

/** 1 while a step of +β is traced, −1 of −β, 0 where none is. */
export let traced: i32 = 0;

export function trace(sign: i32): void {
  traced = sign;
}

/**
 * Adds a step to the sums of the connections by which a layer receives.
 * @param areNew whether the senders' states are those after the same step, and so their changes valid
 */
export function traceStep(receiver: Layer, areNew: bool): void {
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const isBack = c.ways == Ways.back;
    if (!c.learnsByRates || c.isFixed || (isBack ? c.pre : c.post) != receiver) continue;
    placeChanges(receiver);
    placeRates(isBack ? c.post : c.pre, areNew);
    addRows(c);
  }
}

/** The presynaptic rule takes changes from where minus states stand. */
function placeChanges(l: Layer): void {
  const to = minusStates(traceSlot()) + (l.firstUnit << alignof<State>());
  for (let at: usize = 0, end: usize = l.size << alignof<State>(); at < end; at += sizeof<State>())
    store<State>(to + at, traced * i32(load<State>(l.changes + at)));
}

function placeRates(l: Layer, areNew: bool): void {
  const to = freeStates(traceSlot()) + (l.firstUnit << alignof<State>());
  for (let at: usize = 0, end: usize = l.size << alignof<State>(); at < end; at += sizeof<State>())
    store<State>(to + at, i32(load<State>(l.states + at)) - (areNew ? i32(load<State>(l.changes + at)) : 0));
}

function addRows(c: Connection): void {
  store<u16>(movedSlots, traceSlot());
  const before = sumInto(c.sums);
  for (let i = 0; i < c.rows; i += c.block) {
    sumInto(c.sums + ((i * c.columns) << 3));
    sumRows(c, i, 1, false);
  }
  sumInto(before);
}

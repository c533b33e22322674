// The rate rule: a weight changes by Σ ρ ṡ along the nudged phases, the rate of the layer that sends times the change of the one
// that receives, step by step (Bengio et al. 2017). A phase of −β is subtracted.
import { Ways } from '../messages/wire';
import { connection, connectionCount } from '../network/graph';
import { Layer } from '../network/layer';
import { freeStates, minusStates, movedSlots, traceSlot } from '../network/minibatch';
import { addAllRows } from './sums';

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
  store<u16>(movedSlots, traceSlot());
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    const isBack = c.ways == Ways.back;
    if (!c.learnsByRates || c.isFixed || (isBack ? c.pre : c.post) != receiver) continue;
    placeChanges(receiver);
    placeRates(isBack ? c.post : c.pre, areNew);
    addAllRows(c);
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

// Work that threads share: the examples of a minibatch, and the rows of weights that it changes.
import { clearSaturations, countSaturations, saturationCount } from '../arithmetic/rounding';
import { joinRows } from '../arithmetic/rows';
import { addProductsOf, clearProducts, products } from '../arithmetic/work';
import { joinArena, openSharedArena } from '../memory/arena';
import {
  awaitCall,
  awaitTeam,
  calledTo,
  callTeam,
  enlist,
  reportDone,
  self,
  takeDealtTurns,
  teamSize,
  workAlone,
} from '../memory/team';
import { addToDigest, parameterDigest, takeDigest } from '../model/parameters';
import { clearContrasts } from '../network/minibatch';
import { joinUpdate } from '../plasticity/apply';
import { adopt } from './configuration';
import * as learning from './learning';

export namespace Job {
  export const configure: i32 = 0;
  export const train: i32 = 1;
  export const evaluate: i32 = 2;
  export const update: i32 = 3;
}

/** The results that a helper hands in after its part. */
@unmanaged
class Contribution {
  states: u64;
  outputs: u64;
  cost: u64;
  digest: u64;
  products: u64;
  iterations: u32;
  unsettled: u32;
  nudgedIterations: u32;
  nudged: u32;
  saturations: u32;
}

/** Bytes from one to the next: their words are aligned. */
const STRIDE: i32 = 64;

const contributions: usize = TEAM_LIMIT > 1 ? memory.data(TEAM_LIMIT * STRIDE, 8) : 0;

function contribution(thread: i32): Contribution {
  return changetype<Contribution>(contributions + thread * STRIDE);
}

/** Has the team do a job, or the leader alone where it cannot be shared; returns when all of it is done. */
export function share(job: i32, isShared: bool = true): void {
  if (!isShared) {
    workAlone();
    return takePart(job);
  }
  callTeam(job);
  takePart(job);
  if (TEAM_LIMIT == 1) return;
  awaitTeam();
  for (let thread = 1; thread < teamSize(); thread++) collect(contribution(thread));
}

function takePart(job: i32): void {
  if (job == Job.train) learning.trainShare();
  else if (job == Job.evaluate) learning.evaluateShare();
  else if (job == Job.update) learning.updateShare();
}

function collect(from: Contribution): void {
  learning.addResults(
    from.states,
    from.outputs,
    from.cost,
    from.iterations,
    from.unsettled,
    from.nudgedIterations,
    from.nudged,
  );
  addToDigest(from.digest);
  addProductsOf(from.products);
  countSaturations(from.saturations);
}

/** Helps the leader from here on; does not return. */
export function help(): void {
  let call = join();
  if (self >= TEAM_LIMIT) return;
  while (true) {
    call = awaitCall(call);
    answerCall();
    reportDone();
  }
}

/** Comes to help. Returns the last call that need not be answered. */
export function join(): i32 {
  const last = enlist();
  joinRows();
  joinUpdate();
  joinArena();
  return last;
}

/** Does this helper's part of what the leader called to. */
export function answerCall(): void {
  learning.clearResults();
  takeDigest(0);
  clearSaturations();
  clearProducts();
  takeDealtTurns();
  const job = calledTo();
  if (job == Job.configure) {
    openSharedArena();
    adopt();
    clearContrasts();
  } else takePart(job);
  const own = contribution(self);
  own.states = learning.states;
  own.outputs = learning.outputs;
  own.cost = learning.cost;
  own.iterations = learning.iterations;
  own.unsettled = learning.unsettled;
  own.nudgedIterations = learning.nudgedIterations;
  own.nudged = learning.nudged;
  own.digest = parameterDigest;
  own.products = products;
  own.saturations = saturationCount();
}

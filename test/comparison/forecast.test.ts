import { describe, expect, test } from 'vitest';
import { type ExpectedJob, Forecast } from '#host/comparison/forecast';
import { timeTaken } from '#host/experiments/index';
import { randomKey, randomWord } from '#host/model/index';

const job = (id: string, cost: number, shape = 'one', kind: ExpectedJob['kind'] = 'cell'): ExpectedJob => ({
  id,
  cost,
  shape,
  kind,
});

/** A clock that is set by hand. */
function clocked(jobs: readonly ExpectedJob[], processes: number, inSeconds = true) {
  const clock = { now: 1000 };
  return { clock, forecast: new Forecast(jobs, processes, inSeconds, () => clock.now) };
}

describe('the time that is left', () => {
  test('is what was expected, before anything has ended', () => {
    const jobs = [job('a', 10), job('b', 10), job('c', 4)];
    const { clock, forecast } = clocked(jobs, 2);
    expect(forecast.secondsLeft).toBe(14);
    forecast.begin(jobs[0]);
    forecast.begin(jobs[1]);
    clock.now += 3;
    expect(forecast.secondsLeft).toBe(11);
  });

  test('goes by what those that have ended took for their cost', () => {
    const jobs = [job('a', 2), job('b', 4), job('c', 8)];
    const { clock, forecast } = clocked(jobs, 1);
    forecast.begin(jobs[0]);
    clock.now += 5;
    forecast.end(jobs[0], true);
    expect(forecast.secondsLeft).toBe(2.5 * 12);
    forecast.begin(jobs[1]);
    clock.now += 4;
    expect(forecast.secondsLeft).toBe(2.5 * 12 - 4);
    // Longer than expected: what comes after it is left.
    clock.now += 60;
    expect(forecast.secondsLeft).toBe(2.5 * 8);
  });

  test('goes by the shape, then by the kind', () => {
    const jobs = [
      job('a', 1),
      job('b', 1, 'two'),
      job('c', 1, 'one'),
      job('d', 1, 'two'),
      job('e', 1, 'three'),
    ];
    const { clock, forecast } = clocked([...jobs, job('r', 1, 'one', 'reference')], 1);
    for (const [n, seconds] of [3, 9].entries()) {
      forecast.begin(jobs[n]);
      clock.now += seconds;
      forecast.end(jobs[n], true);
    }
    // A shape has what it took; another the mean of its kind, and another kind that of all.
    expect(forecast.secondsLeft).toBe(3 + 9 + 6 + 6);
    forecast.begin({ kind: 'reference', id: 'r' });
    clock.now += 100;
    forecast.end({ kind: 'reference', id: 'r' }, true);
    expect(forecast.secondsLeft).toBe(3 + 9 + 6);
  });

  test('is not misled by what ended early', () => {
    const jobs = [job('a', 10), job('b', 10)];
    const { clock, forecast } = clocked(jobs, 1);
    forecast.begin(jobs[0]);
    clock.now += 1;
    forecast.end(jobs[0], false);
    expect(forecast.secondsLeft).toBe(10);
  });

  test('is not told of a device of its own speed before something has ended there', () => {
    const jobs = [job('a', 1e6), job('b', 2e6)];
    const { clock, forecast } = clocked(jobs, 1, false);
    expect(forecast.secondsLeft).toBeUndefined();
    forecast.begin(jobs[0]);
    clock.now += 30;
    expect(forecast.secondsLeft).toBeUndefined();
    forecast.end(jobs[0], true);
    expect(forecast.secondsLeft).toBe(60);
  });
});

test('what took twice to four times as long as expected is told within a factor of 1.5 after the first cells', () => {
  for (let trial = 0; trial < 200; trial++) {
    const key = randomKey(trial, 3, 0);
    let n = 0;
    const between = (low: number, high: number) =>
      low + ((high - low) * ((randomWord(key, n++) >>> 0) + 0.5)) / 2 ** 32;
    const processes = 1 + (trial % 3);
    const slow = between(0.4, 4);
    // Three networks, one five times as large as the least; every job is off by up to a fifth besides.
    const jobs = Array.from({ length: 24 }, (_, k) => job(`${k}`, 2 * (1 + 2 * (k % 3)), `${k % 3}`));
    const durations = jobs.map(
      ({ cost, shape }) => cost * slow * between(0.8, 1.2) * (1 + Number(shape) / 10),
    );
    const { clock, forecast } = clocked(jobs, processes);
    // As `runConcurrently` runs them: whoever ends first takes the next.
    const running: { at: number; ends: number }[] = [];
    let next = 0;
    let ended = 0;
    const start = clock.now;
    const all = timeTaken(durations, processes);
    while (ended < jobs.length) {
      while (running.length < processes && next < jobs.length) {
        forecast.begin(jobs[next]);
        running.push({ at: next, ends: clock.now + durations[next] });
        next++;
      }
      running.sort((a, b) => a.ends - b.ends);
      for (const { at, ends } of running.splice(0, 1)) {
        clock.now = ends;
        forecast.end(jobs[at], true);
      }
      ended++;
      if (ended < 2) continue;
      const told = clock.now - start + (forecast.secondsLeft ?? Number.NaN);
      expect(told / all).toBeGreaterThan(1 / 1.5);
      expect(told / all).toBeLessThan(1.5);
    }
  }
});

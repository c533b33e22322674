import { expect, test } from 'vitest';
import type { LivePage } from '#host/report/index';
import { ChangingPage } from '#host/watch/changing-page';

function page(parts: Readonly<Record<string, string>>, told = ''): LivePage {
  const entries = Object.entries(parts).map(([key, html]) => [key, { html, charts: [] }] as const);
  return { title: 'a run', told, parts: new Map(entries) };
}

const changed = (changing: ChangingPage, version: number) =>
  Object.keys(changing.since(version)?.parts ?? {});

test('a reader is sent the parts that have changed since it was last sent some', () => {
  const changing = new ChangingPage();
  expect(changing.since(0)).toBeUndefined();
  changing.update(page({ header: 'a', run: 'b' }));
  expect(changing.version).toBe(1);
  expect(changed(changing, 0)).toEqual(['header', 'run']);
  changing.update(page({ header: 'a', run: 'c' }));
  changing.update(page({ header: 'd', run: 'c' }));
  expect(changing.version).toBe(3);
  expect(changed(changing, 2)).toEqual(['header']);
  expect(changed(changing, 1)).toEqual(['header', 'run']);
  expect(changing.since(3)).toBeUndefined();
});

test('nothing that is the same is a change', () => {
  const changing = new ChangingPage();
  changing.update(page({ header: 'a' }));
  changing.update(page({ header: 'a' }));
  expect(changing.version).toBe(1);
});

test('a reader of a version that there never was is sent all', () => {
  const changing = new ChangingPage();
  changing.update(page({ header: 'a' }));
  changing.update(page({ header: 'a', run: 'b' }));
  for (const version of [7, -1, 1.5]) expect(changed(changing, version)).toContain('run');
  expect(changed(changing, 7)).toEqual(['header', 'run']);
});

test('parts that are gone, the words about it and where it goes on are changes too', () => {
  const changing = new ChangingPage();
  changing.update(page({ header: 'a', run: 'b' }));
  changing.update(page({ header: 'a' }));
  expect(changing.since(1)).toEqual({ title: 'a run', told: '', keys: ['header'], parts: {} });
  changing.update(page({ header: 'a' }, 'over'));
  expect(changing.since(2)).toMatchObject({ told: 'over', parts: {} });
  changing.update(page({ header: 'a' }, 'over'), 'report');
  expect(changing.since(3)).toMatchObject({ next: 'report', parts: {} });
});

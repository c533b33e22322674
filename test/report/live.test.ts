import { describe, expect, it } from 'vitest';
import type { ReportData, UnderWay } from '#host/report/data';
import { livePage, renderLiveDocument } from '#host/report/live';
import { overviewOf, overviewPage } from '#host/report/overview';
import { renderReport } from '#host/report/report';
import { epoch, fullRun, shortRun } from './run.js';

const stretch = (step: number) => ({
  step,
  error: 0.5,
  cost: 0.25,
  freeIterations: 8.25,
  nudgedIterations: 4,
});
const underWay: UnderWay = {
  ...{ isRunning: true, phase: 'training', epoch: 2, done: 40, total: 1000, wrong: 10 },
  line: { bytesSent: 3 * 2 ** 20, bytesReceived: 2 ** 19, resent: 2, damaged: 1 },
  stretches: [stretch(10), stretch(20)],
  missed: [{ image: new Uint8Array(9), label: 0, predicted: 2, index: 31 }],
};
const running: ReportData = { ...fullRun, facts: { ...fullRun.facts, epochs: 7 }, underWay };

const sections = (html: string) => [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

describe('a live page', () => {
  const { parts, told, title } = livePage(running);

  it('has the sections of the report, and the run under way behind the first', () => {
    const ids = [...parts.values()].flatMap(({ html }) => sections(html));
    const frozen = sections(renderReport(fullRun));
    expect(ids.filter((id) => id !== 'under-way')).toEqual(frozen);
    expect(ids.indexOf('under-way')).toBe(ids.indexOf('result') + 1);
    expect([...parts.keys()][0]).toBe('header');
    expect(title).toBe('9-4-3 on simulated device');
  });

  it('numbers the charts of each part by themselves', () => {
    for (const { html, charts } of parts.values())
      expect([...html.matchAll(/data-chart="(\d+)"/g)].map(([, id]) => Number(id))).toEqual(
        charts.map((_, n) => n),
      );
    expect(parts.get('underWay')?.charts[0]).toMatchObject({ x: [10, 20], series: [{ values: [0.5, 0.5] }] });
  });

  it('tells how far it is, its latest answers and its line', () => {
    const html = parts.get('underWay')?.html ?? '';
    expect(html).toContain('Epoch 2 of 7, 40 of 1,000 examples, error 25.00 % so far.');
    expect(html).toContain('<progress max="1000" value="40"');
    expect(html).toMatch(/Iterations[\s\S]*8\.3[\s\S]*nudged 4\.0/);
    expect(html).toContain('3 MiB sent, 512 KiB received');
    expect(html).toMatch(/Losses[\s\S]*>3<[\s\S]*2 frames sent again, 1 damaged/);
    expect(html).toContain('training example 31: cross, taken for dot');
  });

  it('is told anew with an epoch or a phase, not with every example', () => {
    expect(told).toBe(`${fullRun.epochs.at(-1)?.epoch} of 7 epochs trained, training under way`);
    const later = livePage({ ...running, underWay: { ...underWay, done: 60, wrong: 12 } });
    expect(later.told).toBe(told);
    expect(later.parts.get('underWay')).not.toEqual(parts.get('underWay'));
    expect(later.parts.get('parameters')).toEqual(parts.get('parameters'));
    expect(livePage({ ...running, underWay: { ...underWay, isRunning: false } }).told).toContain(
      'nobody trains it now',
    );
  });

  it('claims nothing of what it does not know', () => {
    const { line: _, ...unknown } = underWay;
    const page = livePage({
      ...shortRun,
      epochs: [],
      underWay: { ...unknown, isRunning: false, done: 0, wrong: 0, stretches: [], missed: [] },
    });
    const html = page.parts.get('underWay')?.html ?? '';
    expect(html).toContain('Nobody trains it now: it stood at epoch 2 of 2, 0 of 1,000 examples.');
    expect(html).not.toMatch(/<dl|<h3|NaN|undefined/);
  });

  it('draws hidden units in their places while they form, and the largest first at the end', () => {
    const units = (html: string) =>
      [...html.matchAll(/weights into hidden unit (\d+),/g)].map(([, unit]) => Number(unit));
    const live = units(parts.get('receptiveFields')?.html ?? '').filter((_, n) => n % 2 === 0);
    expect(live).toEqual([...live].sort((a, b) => a - b));
    expect(live.length).toBeGreaterThan(1);
  });

  it('loads its script and its changes from where it came from, and nothing else', () => {
    const page = renderLiveDocument();
    expect([...page.matchAll(/\ssrc="([^"]*)"/g)].map(([, source]) => source)).toEqual(['page.js']);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.match(/role="status"/g)).toHaveLength(2);
  });
});

describe('several runs', () => {
  const { underWay: _, ...over } = running;
  const finished: ReportData = { ...over, epochs: [epoch(1), epoch(2)] };
  const page = overviewPage('comparisons/x', [
    { name: '<b>', link: 'run/0/', data: { ...running, epochs: [epoch(1)] } },
    { name: 'two', link: 'run/1/', data: finished },
    { name: 'three', link: 'run/2/' },
    { name: 'four', link: 'run/3/', data: { ...running, underWay: { ...underWay, isRunning: false } } },
  ]);

  it('are told the same without their weights', () => {
    const pageOf = (data: ReportData | ReturnType<typeof overviewOf>) =>
      overviewPage('runs', [{ name: 'one', link: 'run/0/', data }]);
    for (const data of [running, finished]) expect(pageOf(overviewOf(data))).toEqual(pageOf(data));
    expect(Object.keys(overviewOf(running)).sort()).toEqual(['epochs', 'facts', 'headline', 'underWay']);
  });

  it('are told apart from those that the page has no room for', () => {
    const header = (more: number) => overviewPage('runs', [], more).parts.get('header')?.html;
    expect(header(0)).not.toContain('other');
    expect(header(0)).toContain('<h1>No run has begun yet</h1>');
    expect(header(1)).toContain('1 other run in these folders');
    expect(header(1200)).toContain('1,200 other runs in these folders');
  });

  it('have a curve each, as far as they are', () => {
    const [chart] = page.parts.get('curves')?.charts ?? [];
    expect(chart.x).toEqual([1, 2]);
    expect(chart.series.map(({ label, values }) => [label, values])).toEqual(
      expect.arrayContaining([
        ['<b>', [0.2, null]],
        ['two', [0.2, 0.1]],
      ]),
    );
    expect(chart.series.map(({ label }) => label)).not.toContain('three');
  });

  it('are told with what they do, and lead to their pages', () => {
    const html = page.parts.get('runs')?.html ?? '';
    const rows = [...html.matchAll(/<tr><th scope="row"><a href="([^"]+)">([^<]+)<\/a><\/th><td>([^<]*)/g)];
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      ['run/0/', '&lt;b&gt;', 'training'],
      ['run/1/', 'two', 'finished'],
      ['run/2/', 'three', 'not begun'],
      ['run/3/', 'four', 'interrupted'],
    ]);
    expect(page.told).toBe('3 of 4 runs begun');
  });
});

import { describe, expect, it } from 'vitest';
import type { Learnt } from '#host/report/data';
import { renderReport } from '#host/report/report';
import { fullRun, shortRun } from './run.js';

const learnt: Learnt = {
  set: 'test',
  start: 'zero',
  samples: 240,
  error: { device: 0.1 },
  chance: { label: 1, error: 0.75 },
  isBetterThanChance: true,
  linear: { error: 0.475, examples: 960, of: 960, network: 'better' },
};

/** The cards of a page as text, and the classes of each. */
function cards(page: string): readonly { readonly state: string; readonly text: string }[] {
  return [...page.matchAll(/<div class="card ([^"]*)">([\s\S]*?)<\/div>/g)].map(([, state, inside]) => ({
    state,
    text: inside
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  }));
}

const first = (changes: Partial<Learnt>) =>
  cards(renderReport({ ...shortRun, learnt: { ...learnt, ...changes } }))[0];

describe('the first card', () => {
  it('is what was learnt, before replies that are equal', () => {
    const [one, two] = cards(renderReport(fullRun));
    expect(one.text).toMatch(/^Test error zero start 9\.51 % Learnt: better than chance, and than a linear/);
    expect(one.text).toContain('chance 30.00 % (always ring)');
    expect(one.text).toContain('linear classifier 20.00 %');
    expect(one.text).toContain('reference 9.48 % (+0.03)');
    expect(two.text).toMatch(/^Replies compared/);
    expect(cards(renderReport(fullRun)).filter(({ text }) => text.startsWith('Test error'))).toHaveLength(1);
  });

  it.each([
    ['better', 'good', 'Learnt: better than chance, and than a linear classifier.'],
    ['alike', 'good', 'Learnt: better than chance, no better than a linear classifier.'],
    ['worse', 'good', 'Better than chance, but a linear classifier does better.'],
  ] as const)('says how the network is beside a linear classifier: %s', (network, state, verdict) => {
    const card = first({ linear: { error: 0.1, examples: 9, of: 9, network } });
    expect(card.state).toBe(`learnt ${state}`);
    expect(card.text).toContain(verdict);
  });

  it('is red at chance, whatever replies say', () => {
    const [one, two] = cards(
      renderReport({
        ...shortRun,
        learnt: { ...learnt, error: { device: 0.74 }, isBetterThanChance: false },
      }),
    );
    expect([one.state, two.state]).toEqual(['learnt bad', 'good']);
    expect(one.text).toContain('74.00 % At chance: nothing shows that anything was learnt. chance 75.00 %');
    expect(two.text).toContain('all equal');
  });

  it('says that one class tells nothing', () => {
    const card = first({ chance: { label: 0, error: 0 }, error: { device: 0 }, isBetterThanChance: false });
    expect(card.text).toContain('Nothing can be told: all 240 examples are of one class.');
  });

  it('says on which examples, and of how many the classifier is', () => {
    const { linear: _, ...alone } = learnt;
    const page = renderReport({ ...shortRun, learnt: { ...alone, set: 'training' } });
    expect(cards(page)[0].text).toMatch(/^Training error so far .*answered while they were learnt/);
    expect(cards(page).filter(({ text }) => text.startsWith('Training error'))).toHaveLength(1);
    const card = first({ linear: { error: 0.2, examples: 325, of: 1400, network: 'alike' } });
    expect(card.text).toContain('linear classifier 20.00 % (of 325 of the 1,400 training examples)');
  });

  it('says so where nothing was measured', () => {
    const [one] = cards(renderReport({ ...shortRun, headline: {}, epochs: [] }));
    expect(one.text).toMatch(/^Learnt so far – No minibatch/);
  });
});

import { expect, test } from 'vitest';
import { markdownTable } from '#host/reproduction/tables';

test('a bar within a cell of a Markdown table is no border', () => {
  const table = { title: 'Speeds', head: ['β₁', 'greatest |ds/dt|'], rows: [['0', '1.2']] };
  expect(markdownTable(table)).toBe('| β₁ | greatest \\|ds/dt\\| |\n| --- | --- |\n| 0 | 1.2 |');
});

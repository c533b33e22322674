import { expect, test } from 'vitest';
import { Unanswered } from '#host/link/unanswered';

const hello = Buffer.from([0, 1, 2, 3]);
const rubbish = Uint8Array.of(0xf0, 0x80, 0x91, 0xff);

test('a line that falls silent behind a few bytes may be stopped', () => {
  const unanswered = new Unanswered();
  unanswered.ask();
  unanswered.hear(rubbish);
  for (let n = 0; n < 10; n++) unanswered.ask();
  expect(unanswered.explain(30_000, hello)).toMatchObject({
    message: 'no answer from the device within 30 s: 4 other bytes (f0 80 91 ff), then nothing more',
    hint: expect.stringContaining('software flow control'),
  });
});

test('one that says rubbish again and again is not', () => {
  const unanswered = new Unanswered();
  for (let n = 0; n < 20; n++) {
    unanswered.ask();
    unanswered.hear(rubbish);
  }
  expect(unanswered.explain(30_000, hello)).toMatchObject({
    message: 'no answer from the device within 30 s, but 80 other bytes: f0 80 91 ff f0 80 91 ff …',
    hint: expect.stringContaining('baud rate'),
  });
});

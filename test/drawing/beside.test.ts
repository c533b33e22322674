import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesBeside } from '#host/drawing/beside';

const frame = { left: 0, right: 400, top: 0, bottom: 300 };
type Point = readonly [number, number];

/** The width that a label of one digit covers, a little less than it is given. */
const covered = ({ x, y, anchor }: ReturnType<typeof placesBeside>[number]) => {
  const left = anchor === 'start' ? x : x - 8;
  return [left + 0.5, y - 9, left + 7.5, y] as const;
};

test('right and above where there is room, left at the frame’s right', () => {
  const places = placesBeside(
    [
      [100, 100],
      [395, 100],
    ],
    1,
    [
      [100, 100],
      [395, 100],
    ],
    frame,
  );
  expect(places[0]).toMatchObject({ x: 110, anchor: 'start' });
  expect(places[1]).toMatchObject({ x: 385, anchor: 'end' });
});

test('of two marks side by side each has its number on its own side', () => {
  const marks: Point[] = [
    [100, 100],
    [108, 102],
  ];
  const [left, right] = placesBeside(marks, 1, marks, frame);
  expect(left.anchor).toBe('end');
  expect(right.anchor).toBe('start');
});

test('up to four numbers beside marks that lie close together cover nothing', () => {
  const point = fc.tuple(fc.integer({ min: 40, max: 360 }), fc.integer({ min: 40, max: 260 }));
  fc.assert(
    fc.property(
      point,
      fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })), {
        minLength: 1,
        maxLength: 4,
      }),
      ([x, y], offsets) => {
        const marks = offsets.map(([dx, dy]): Point => [x + dx, y + dy]);
        const boxes = placesBeside(marks, 1, marks, frame).map(covered);
        boxes.forEach(([left, top, right, bottom], n) => {
          for (const [l, t, r, b] of boxes.slice(0, n))
            expect(left < r && l < right && top < b && t < bottom).toBe(false);
          for (const [mx, my] of marks)
            expect(left < mx + 4 && mx - 4 < right && top < my + 4 && my - 4 < bottom).toBe(false);
        });
      },
    ),
  );
});

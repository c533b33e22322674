/** Images rotated about their centre, the same bytes on any computer. */

/** Fractional bits of sine and cosine: JavaScript leaves their last bits to the engine, rounding takes them away. */
const BITS = 16;
const ONE = 2 ** BITS;

/**
 * Rotates images of one channel, counterclockwise, bilinearly; what comes in is zero.
 * @param images count · side · side bytes
 * @param degrees any angle
 */
export function rotated(images, side, degrees) {
  const pixels = side * side;
  const taps = tapsOf(side, degrees);
  const turned = new Uint8Array(images.length);
  for (let first = 0; first < images.length; first += pixels)
    taps.forEach((sources, pixel) => {
      let sum = 0;
      for (const { at, weight } of sources) sum += images[first + at] * weight;
      turned[first + pixel] = Math.floor(sum / ONE ** 2 + 0.5);
    });
  return turned;
}

/** The pixels that each pixel is a mean of, with weights that come to 2^32 where all lie in the image. */
function tapsOf(side, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)].map((value) => Math.round(value * ONE));
  // Twice the distance from the centre is whole.
  const centred = (at) => 2 * at - (side - 1);
  const placed = (twice) => Math.floor((twice + (side - 1) * ONE) / 2);
  return Array.from({ length: side * side }, (_, pixel) => {
    const [x, y] = [centred(pixel % side), centred(Math.floor(pixel / side))];
    const [column, row] = [placed(cosine * x - sine * y), placed(sine * x + cosine * y)];
    return [0, 1].flatMap((down) =>
      [0, 1].flatMap((right) => {
        const [c, r] = [Math.floor(column / ONE) + right, Math.floor(row / ONE) + down];
        if (c < 0 || r < 0 || c >= side || r >= side) return [];
        const share = (part, whole) => (whole === 1 ? part : ONE - part);
        const weight =
          share(column - Math.floor(column / ONE) * ONE, right) *
          share(row - Math.floor(row / ONE) * ONE, down);
        return weight > 0 ? [{ at: r * side + c, weight }] : [];
      }),
    );
  });
}

/** Room for requests in an image: it is linked once, and filled in for each moment. */

/** Found again in the linked image, wherever the linker has put it. */
const MARK = Uint32Array.of(0x6b726f77, 0x70616365, 0x9e3779b9, 0x5bd1e995);

/** Requests as learning-main.c reads them: code, bytes, the payload padded to words; zero ends them. */
export function packRequests(requests) {
  const parts = requests.flatMap(({ code, payload }) => [
    Buffer.from(Uint32Array.of(code, payload.length).buffer),
    payload,
    Buffer.alloc(-payload.length & 3),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

/** work.c, with room for as many bytes. */
export function workSource(bytes) {
  const size = Math.max(Math.ceil(bytes / 4), MARK.length);
  return `#include <stdint.h>
extern const uint32_t work[];
const uint32_t work[${size}] __attribute__((aligned(8))) = {${MARK}};
`;
}

/** A copy of the image with the requests in place. */
export function fillWork(image, packed) {
  const copy = Buffer.from(image);
  const mark = Buffer.from(MARK.buffer);
  const at = copy.indexOf(mark);
  if (at < 0 || copy.indexOf(mark, at + 1) >= 0)
    throw new Error('the image has no room for requests, or two');
  packed.copy(copy, at);
  return copy;
}

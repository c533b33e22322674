/** Speed of several boards together, computed from what one takes. */

/** Lines that boards are reached by: bytes a second each way, and which of the Pico's lines tells what a byte costs its cores. */
export const lines = [
  { name: '115,200 baud', bytesPerSecond: 11_520, measured: 'uart' },
  { name: '921,600 baud', bytesPerSecond: 92_160, measured: 'uart' },
  // Full speed: 19 packets of 64 bytes a frame of a millisecond at most (USB 2.0, table 5-9).
  { name: 'USB', bytesPerSecond: 1_216_000, measured: 'usb' },
];

export const BOARDS = [1, 2, 4, 8, 16];

/**
 * Networks, and what boards tell each other. Sums are added up by the host and sent to all, and each board has the images of its
 * share alone; of states each board gets those of all others, and has the images of all. Sums of a dense layer are as many as its
 * weights, in 4 bytes each: more than a Pico has.
 */
export const networks = [
  { preset: 'conv-small', exchange: 'sums', examples: 48 },
  { preset: 'small', exchange: 'states', examples: 200 },
];

/** The share whose update a board makes: its own, whose sums it adds to, or of states the whole minibatch's. */
export function updated(shares, exchange, own) {
  return exchange === 'sums' ? own : shares[0];
}

/**
 * Samples a second of so many boards, each on a line of its own.
 * Images come while boards compute, as they do today; what is told of a minibatch comes while they wait.
 */
export function samplesASecond({ minibatch, clock, shares, lines: costs }, exchange, line, boards) {
  const whole = shares[0];
  const own = shares.find(({ share }) => share === Math.ceil(minibatch / boards));
  const { image, read, written } = costs[line.measured];
  const ofLine = ({ bytes }, count) => (bytes * count) / line.bytesPerSecond;
  // Whichever is slower, the line or the cores.
  const passing = (cost, count) => Math.max(ofLine(cost, count), (cost.cycles * count) / clock);
  const isShared = boards > 1;
  const bySums = exchange === 'sums';
  const images = isShared && !bySums ? minibatch : own.share;
  const sent = isShared ? passing(read, own[exchange]) : 0;
  const heard = bySums ? whole.sums : whole.states - own.states;
  const received = isShared ? passing(written, heard) : 0;
  const computing = (images * image.cycles + own.relaxation + updated(shares, exchange, own).update) / clock;
  return minibatch / Math.max(computing + sent + received, ofLine(image, images) + received);
}

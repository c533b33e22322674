/** Links opened on lines with faults. */
import { afterEach, vi } from 'vitest';
import { cobsDecode } from '#host/link/cobs';
import { Link, type LinkOptions } from '#host/link/link';
import { RoundTrip } from '#host/link/round-trip';
import { FaultyLine, type FaultyLineOptions } from './faulty-line.js';

/** Milliseconds, longer than any test. */
const AGES = 1e8;

const opened: { link: Link; line: FaultyLine }[] = [];

export async function open(options: FaultyLineOptions = {}, linkOptions: LinkOptions = {}) {
  const line = new FaultyLine(options);
  const written: Uint8Array[] = [];
  const write = line.write.bind(line);
  vi.spyOn(line, 'write').mockImplementation(((bytes: Uint8Array) => {
    written.push(bytes);
    return write(bytes);
  }) as typeof line.write);
  const link = await Link.open(line, linkOptions);
  opened.push({ link, line });
  const session = Buffer.from(cobsDecode(written[0].subarray(1, -1)) ?? []).readUInt16LE(1);
  return { line, link, session, greeting: written[0], written };
}

/** As `open`; no answer is late, however busy the machine is: what is polled is polled in doubt. */
export function openUnhurried(options: FaultyLineOptions = {}, linkOptions: LinkOptions = {}) {
  vi.spyOn(RoundTrip.prototype, 'timeout').mockReturnValue(AGES);
  return open(options, { patience: 10 * AGES, ...linkOptions });
}

export const outcome = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
export const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Has what a file's tests open end with each of them. */
export function closesItsLinks(): void {
  afterEach(() => {
    for (const { link, line } of opened.splice(0)) {
      link.close();
      line.destroy();
    }
    vi.restoreAllMocks();
  });
}

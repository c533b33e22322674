import { expect } from 'vitest';
import type { DeviceLine } from '#host/devices/index';

/** Reads from a line until as much has come back as was sent: the same, whole and in order. */
export async function expectBack({ stream }: DeviceLine, sent: Buffer): Promise<void> {
  const parts: Buffer[] = [];
  let count = 0;
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    parts.push(part);
    count += part.length;
    if (count >= sent.length) break;
  }
  expect(Buffer.concat(parts).equals(sent)).toBe(true);
}

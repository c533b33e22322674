/** Node's `timers`: as much as the host names. A browser's own timers wait some milliseconds where they follow each other. */
const { port1: next, port2: now } = new MessageChannel();
const waiting: (() => void)[] = [];
next.onmessage = () => waiting.shift()?.();

export function setImmediate(work: () => void): void {
  waiting.push(work);
  now.postMessage(undefined);
}

/** Node's `timers/promises`: as much as the host names. */

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, milliseconds);
  });
}

const soon = () => pause(0);

export { pause as setTimeout, soon as setImmediate };

/** The kernel's builds, fetched from beside the page: those that a host runs. */
import type * as Modules from '#host/kernel/modules.js';

const addresses = import.meta.glob<string>(
  ['../../dist/kernel.wasm', '../../dist/kernel-{8,32}.wasm', '../../dist/kernel{,-8,-32}.host.wasm'],
  { query: '?url', import: 'default', eager: true },
);

export const readModule: typeof Modules.readModule = (storage, build) => {
  const name = `kernel${storage === 16 ? '' : `-${storage}`}${build}.wasm`;
  const address = addresses[`../../dist/${name}`];
  if (address === undefined) throw new RangeError(`no page has ${name}`);
  // A thread may wait, and this is where it has nothing else to do.
  const request = new XMLHttpRequest();
  request.open('GET', new URL(address, import.meta.url), false);
  request.responseType = 'arraybuffer';
  request.send();
  if (request.status !== 200)
    throw new Error(`${name} was not there: ${request.status} ${request.statusText}`);
  return new Uint8Array(request.response as ArrayBuffer);
};

/** MNIST, a part of it, as the site carries it: fetched once. The file's form is `pack-mnist.mjs`'s. */
import type { Dataset } from '#host/data/index.js';
import { UserError } from '#host/ground/index.js';
import address from './mnist.bin?url';

const HEADER = 16;
let loading: Promise<Dataset> | undefined;

/** Rejects with `UserError` where the file cannot be fetched. */
export function loadMnist(): Promise<Dataset> {
  loading ??= fetchMnist().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function fetchMnist(): Promise<Dataset> {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok || !response.body)
    throw new UserError(
      `MNIST was not there: ${response.status} ${response.statusText}`,
      'load the page again',
    );
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  const buffer = await new Response(unpacked).arrayBuffer();
  const [training, test, rows, columns] = new Uint32Array(buffer.slice(0, HEADER));
  const pixels = rows * columns;
  let at = HEADER;
  const take = (length: number) => {
    at += length;
    return new Uint8Array(buffer.slice(at - length, at));
  };
  const samples = (count: number) => ({ count, images: take(count * pixels), labels: take(count) });
  return {
    name: 'mnist',
    rows,
    columns,
    pixels,
    classes: 10,
    training: samples(training),
    test: samples(test),
  };
}

// A device of your own: the module behind a TCP port of this computer, with nothing of eqprop's but the module.
//
//   node examples/embedding/node.mjs
//   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777
//
// docs/embedding.md tells what each call takes and gives.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const ARENA = 16 * 2 ** 20; // bytes for the network
const WINDOW = 4096; // bytes that the host may have under way
const EXCEPTION = 16; // the cause to tell where the runtime gives no better one

const file = await readFile(new URL(import.meta.resolve('eqprop/kernel.wasm')));
const { instance } = await WebAssembly.instantiate(file);
const kernel = instance.exports;
kernel.start(ARENA, WINDOW);

// A view ends when the memory grows: each is used at once.
const view = (address, length) => new Uint8Array(kernel.memory.buffer, address, length);
const answer = () => view(kernel.outputBuffer(), kernel.outputLength()).slice();

/** Bytes in, bytes out. */
function feed(bytes, send) {
  const capacity = kernel.inputCapacity();
  for (let at = 0; at < bytes.length; at += capacity) {
    const part = bytes.subarray(at, at + capacity);
    view(kernel.inputBuffer(), part.length).set(part);
    for (let from = 0; from < part.length; ) {
      from = kernel.feed(from, part.length);
      if (kernel.outputLength() > 0) send(answer());
    }
  }
}

/** After a trap the device starts anew, and says so; the host asks again for what is lost. */
function feedOrRestart(bytes, send) {
  try {
    feed(bytes, send);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    kernel.start(ARENA, WINDOW);
    kernel.reportFault(EXCEPTION, 0);
    send(answer());
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (bytes) => feedOrRestart(bytes, (reply) => socket.write(reply)));
  socket.on('error', () => socket.destroy());
});
server.listen(Number(process.argv[2] ?? 7777), '127.0.0.1', () => {
  console.log(`tcp://127.0.0.1:${server.address().port}`);
});

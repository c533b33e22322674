// A device of your own in a screen of Node: the module behind a TCP port, without eqprop's host.
//
//   node examples/embedding/node.mjs [port]
//   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const ARENA = 1 << 20; // bytes for the network
const WINDOW = 4096; // bytes that may wait while the module computes; a socket's buffer holds more

const module = await readFile(new URL('../../dist/kernel.wasm', import.meta.url));
const { instance } = await WebAssembly.instantiate(module, {});
const device = instance.exports;
device.start(ARENA, WINDOW);

/** Feeds bytes from the line; `send` gets each answer. */
function feed(bytes, send) {
  const capacity = device.inputCapacity();
  for (let at = 0; at < bytes.length; at += capacity) {
    const chunk = bytes.subarray(at, at + capacity);
    new Uint8Array(device.memory.buffer, device.inputBuffer(), chunk.length).set(chunk);
    for (let from = 0; from < chunk.length; ) {
      from = device.feed(from, chunk.length);
      const length = device.outputLength();
      if (length > 0) send(new Uint8Array(device.memory.buffer, device.outputBuffer(), length).slice());
    }
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => feed(bytes, (answer) => socket.write(answer)));
});
server.listen(Number(process.argv[2] ?? 7777), '127.0.0.1', () => {
  console.log(`tcp://127.0.0.1:${server.address().port}`);
});

// The module in a browser's worker: messages of bytes in, messages of bytes out.
const ARENA = 1 << 20; // bytes for the network
const WINDOW = 4096; // bytes that may wait while the module computes

const ready = (async () => {
  const response = await fetch(new URL('../../../dist/kernel.wasm', import.meta.url));
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
  instance.exports.start(ARENA, WINDOW);
  return instance.exports;
})();

self.onmessage = async ({ data: bytes }) => {
  const device = await ready;
  const capacity = device.inputCapacity();
  for (let at = 0; at < bytes.length; at += capacity) {
    const chunk = bytes.subarray(at, at + capacity);
    new Uint8Array(device.memory.buffer, device.inputBuffer(), chunk.length).set(chunk);
    for (let from = 0; from < chunk.length; ) {
      from = device.feed(from, chunk.length);
      const length = device.outputLength();
      if (length > 0)
        self.postMessage(new Uint8Array(device.memory.buffer, device.outputBuffer(), length).slice());
    }
  }
};

// The device in a worker: the first message says where the module is, every other one is a Uint8Array from the line.
// What it posts are Uint8Arrays for the line. docs/embedding.md tells what each call takes and gives.
const EXCEPTION = 16; // the cause to tell where the runtime gives no better one

let machine; // { module: its address, arena: bytes, window: bytes }
let started; // the module's exports, once they are there

self.onmessage = async ({ data }) => {
  if (!started) {
    machine = data;
    started = instantiate(machine.module);
    return;
  }
  const kernel = await started;
  try {
    feed(kernel, data);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    kernel.start(machine.arena, machine.window);
    kernel.reportFault(EXCEPTION, 0);
    send(kernel);
  }
};

async function instantiate(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  instance.exports.start(machine.arena, machine.window);
  return instance.exports;
}

/** Bytes in, bytes out. */
function feed(kernel, bytes) {
  const capacity = kernel.inputCapacity();
  for (let at = 0; at < bytes.length; at += capacity) {
    const part = bytes.subarray(at, at + capacity);
    new Uint8Array(kernel.memory.buffer, kernel.inputBuffer()).set(part);
    for (let from = 0; from < part.length; ) {
      from = kernel.feed(from, part.length);
      if (kernel.outputLength() > 0) send(kernel);
    }
  }
}

function send(kernel) {
  const answer = new Uint8Array(kernel.memory.buffer, kernel.outputBuffer(), kernel.outputLength()).slice();
  self.postMessage(answer, [answer.buffer]);
}

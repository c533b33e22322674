/** The module with a defect, to see that it is found. */
import binaryen from 'binaryen';
import { portableModule } from '#host/kernel/index';
import { HEADER, MAX_PAYLOAD, TRAILER } from '#host/wire/index';

/** It takes frames that are so many bytes longer than its buffer. */
export function overflowingModule(bytes: number): Uint8Array<ArrayBuffer> {
  const longest = HEADER + MAX_PAYLOAD + TRAILER;
  const module = binaryen.readBinary(portableModule(16));
  const text = module.emitText();
  module.dispose();
  const bound = `(i32.const ${longest})`;
  if (!text.includes(bound)) throw new Error(`the module's text has no ${bound}`);
  const broken = binaryen.parseText(text.replaceAll(bound, `(i32.const ${longest + bytes})`));
  const binary = Uint8Array.from(broken.emitBinary());
  broken.dispose();
  return binary;
}

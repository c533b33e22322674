import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { portableModule } from '#host/kernel/kernel';

describe('the release module', () => {
  const bytes = portableModule();

  it('is at most 36 KiB', () => {
    expect(bytes.length).toBeLessThanOrEqual(36 * 1024);
  });

  it('imports nothing and exports its boundary', () => {
    const module = new WebAssembly.Module(Buffer.from(bytes));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    expect(
      WebAssembly.Module.exports(module)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      [
        '__data_end',
        '__heap_base',
        'addColumns',
        'addDrives',
        'addListed',
        'addMultiples',
        'addPatch',
        'addRows',
        'changeWeights',
        'confirm',
        'execute',
        'feed',
        'imageOf',
        'inputBuffer',
        'inputCapacity',
        'keepParts',
        'keepParametersAt',
        'memory',
        'outputBuffer',
        'outputLength',
        'outputStates',
        'parametersOf',
        'predict',
        'replyBuffer',
        'reportFault',
        'reportStack',
        'requestBuffer',
        'settleStates',
        'stage',
        'start',
        'train',
      ].sort(),
    );
  });

  it('needs no more than the first version of WebAssembly', () => {
    const module = binaryen.readBinary(bytes);
    module.setFeatures(binaryen.Features.MVP);
    expect(module.validate()).toBe(1);
    module.dispose();
  });

  it('has no start function: nothing runs before start()', () => {
    expect(binaryen.readBinary(bytes).getStart()).toBe(0);
  });
});

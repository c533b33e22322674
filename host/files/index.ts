export { flush, remove, rename, syncDirectory, writeAll, writeFlushed, writeFresh } from './durable.js';
export { replaceFleeting } from './fleeting.js';
export { isLocked, withLock } from './folder-lock.js';
export { appendJsonLine, readJsonLines, writeJsonLines } from './json-lines.js';
export { inTemporaryFolder } from './temporary-folder.js';
export { readJson, readToml } from './text.js';
export { linesOf, type TextLine } from './text-lines.js';
export { remedyOf, whyUnwritten, writing } from './write-error.js';
export { makeFolder, removeEmpty, requireFolder, writeWhole } from './write-whole.js';

import { readFileSync } from 'node:fs';

const description = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');

/** This package's version. */
export const hostVersion: string = (JSON.parse(description) as { readonly version: string }).version;

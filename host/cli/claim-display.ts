import type { Claim, Table } from '../reproduction/index.js';
import { print, styled, table } from './output.js';

export function printTable({ title, head, rows }: Table): void {
  print(`${title}\n${table(head, rows)}\n`);
}

export function printClaims(claims: readonly Claim[], report: string): void {
  for (const { title, verdict, holds, tables } of claims) {
    print(
      `\n${styled('bold', title, process.stdout)}: ${holds ? 'holds here' : 'does not hold here'}\n${verdict}\n`,
    );
    for (const one of tables) printTable(one);
  }
  print('report  ', report);
}

/** Text from outside as a terminal may have it: a device may say what it likes, but not move a cursor with it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}

/** Its beginning alone, where it is long. */
export function excerpt(text: string, most = 60): string {
  const plain = printable(text);
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}

/** Bytes and names as C has them. */
const LINE = 100;

export function byteArray(name: string, bytes: Uint8Array): string {
  return `static const u8 ${name}[${bytes.length}] = {\n${byteLines(bytes)}\n};`;
}

/** The elements of an initialiser. */
export function byteLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  let line = ' ';
  for (const byte of bytes) {
    if (line.length + 5 > LINE) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${byte},`;
  }
  return [...lines, line].join('\n');
}

/** A string: what is not plain ASCII as the octal numbers of its bytes. */
export function stringLiteral(text: string): string {
  const signs = Array.from(Buffer.from(text), (byte) => {
    const sign = String.fromCharCode(byte);
    return /[A-Za-z0-9 _.,:;+*/()<>=!-]/.test(sign) ? sign : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${signs.join('')}"`;
}

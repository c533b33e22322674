/** Local time, sortable, fit for a file's name. */
export function timestamp(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace(/:/g, '').replace('T', '-');
}

// How much is multiplied: a product for each weight or state that is added, scaled, to a sum.

/** Multiply-accumulates of this thread, since it started or they were last taken. */
export let products: u64 = 0;

export function countProducts(rows: i32, columns: i32): void {
  products += u64(rows) * columns;
}

/** Counts those of another thread. */
export function addProductsOf(more: u64): void {
  products += more;
}

export function clearProducts(): void {
  products = 0;
}

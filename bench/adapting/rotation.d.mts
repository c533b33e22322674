/**
 * Rotates images of one channel, counterclockwise, bilinearly; what comes in is zero.
 * @param images count · side · side bytes
 */
export function rotated(images: Uint8Array, side: number, degrees: number): Uint8Array<ArrayBuffer>;

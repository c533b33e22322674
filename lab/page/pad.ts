/** A pad to draw a digit on, and the digit as MNIST would have it: 20 pixels high or wide, its ink centred in 28 × 28. */

const SIDE = 280;
const STROKE = 22;
const PIXELS = 28;
const INK = 20;

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  /** @param onChange told after every stroke's piece */
  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    this.#canvas = canvas;
    canvas.width = SIDE;
    canvas.height = SIDE;
    this.#context = contextOf(canvas);
    this.#context.lineWidth = STROKE;
    this.#context.lineCap = 'round';
    this.#context.lineJoin = 'round';
    this.#context.strokeStyle = '#fff';
    this.clear();
    let last: readonly [number, number] | undefined;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = this.#placeOf(event);
      this.#stroke(last, last);
      onChange();
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!last) return;
      const next = this.#placeOf(event);
      this.#stroke(last, next);
      last = next;
      onChange();
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      canvas.addEventListener(end, () => {
        last = undefined;
      });
  }

  clear(): void {
    this.#context.fillStyle = '#000';
    this.#context.fillRect(0, 0, SIDE, SIDE);
  }

  /** Shows an image of 28 × 28 bytes in the place of what was drawn. */
  show(image: Uint8Array): void {
    const small = canvasOf(PIXELS);
    const context = contextOf(small);
    const data = context.createImageData(PIXELS, PIXELS);
    image.forEach((byte, at) => {
      data.data.set([byte, byte, byte, 255], 4 * at);
    });
    context.putImageData(data, 0, 0);
    this.#context.drawImage(small, 0, 0, SIDE, SIDE);
  }

  /** The drawing as 28 × 28 bytes; blank where nothing is drawn. */
  image(): Uint8Array {
    const ink = bytesOf(this.#context, SIDE);
    const box = boxOf(ink);
    if (!box) return new Uint8Array(PIXELS * PIXELS);
    const scale = INK / Math.max(box.right - box.left, box.bottom - box.top);
    const small = contextOf(canvasOf(PIXELS));
    small.imageSmoothingQuality = 'high';
    const [x, y] = [box.x, box.y].map((centre) => PIXELS / 2 - centre * scale);
    small.drawImage(this.#canvas, x, y, SIDE * scale, SIDE * scale);
    return bytesOf(small, PIXELS);
  }

  #placeOf({ offsetX, offsetY }: PointerEvent): readonly [number, number] {
    const { clientWidth, clientHeight } = this.#canvas;
    return [(offsetX / clientWidth) * SIDE, (offsetY / clientHeight) * SIDE];
  }

  #stroke([fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): void {
    this.#context.beginPath();
    this.#context.moveTo(fromX, fromY);
    this.#context.lineTo(toX, toY);
    this.#context.stroke();
  }
}

function canvasOf(side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  return canvas;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser draws on no canvas');
  return context;
}

/** The red of each pixel. */
function bytesOf(context: CanvasRenderingContext2D, side: number): Uint8Array {
  const { data } = context.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side }, (_, at) => data[4 * at]);
}

/** The box around the ink, and the ink's centre; nothing where there is none. */
function boxOf(ink: Uint8Array) {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  let [mass, alongX, alongY] = [0, 0, 0];
  ink.forEach((byte, at) => {
    if (byte === 0) return;
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    mass += byte;
    alongX += byte * (x + 0.5);
    alongY += byte * (y + 0.5);
  });
  return mass > 0 ? { left, top, right, bottom, x: alongX / mass, y: alongY / mass } : undefined;
}

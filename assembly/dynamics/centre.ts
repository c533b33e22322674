// A centred input: the part of the drives along the mean image.
import { alongMean, centredLayer, isCentred, mean, SHARE_FRACTION, setPart, square } from '../network/centre';
import { biasShift, layer } from '../network/graph';
import { image } from '../network/minibatch';

/** Takes the share of a slot's image along the mean, pixels `scale` quarters strong, out of the drives that it has given. */
export function centreDrives(slot: i32, scale: i32): void {
  if (!isCentred()) return;
  const pixels = image(slot);
  const inputs = layer(0).size;
  const means = mean();
  let along: u32 = 0;
  let i = 0;
  // Four pixels at a time, most of them dark.
  if ((pixels & 3) == 0)
    for (; i + 4 <= inputs; i += 4) {
      const four = load<u32>(pixels + i);
      if (four == 0) continue;
      const at = means + (i << 2);
      along += (four & 0xff) * load<u32>(at) + ((four >> 8) & 0xff) * load<u32>(at, 4);
      along += ((four >> 16) & 0xff) * load<u32>(at, 8) + (four >> 24) * load<u32>(at, 12);
    }
  for (; i < inputs; i++) along += load<u8>(pixels + i) * load<u32>(means + (i << 2));
  setPart(slot, along);
  const whole = u64(square());
  if (whole == 0) return;
  // Four bits more, since the mean counts in sixteenths, two fewer of the quarters.
  const share = ((u64(along) * scale) << (SHARE_FRACTION + 2)) + (whole >> 1);
  const times = i32(min<u64>(share / whole, i32.MAX_VALUE)) as Drive;
  const l = centredLayer();
  const learnt = alongMean();
  for (let j = 0; j < l.size; j++) {
    const at = l.drives + (j << alignof<Drive>());
    const one = load<i32>(learnt + (j << 2)) as Drive;
    // A bias of 32 bits beside a drive of as many would not fit, were it shifted to the left first.
    const scaled =
      sizeof<Drive>() == 8
        ? (one << biasShift) >> SHARE_FRACTION
        : one >> ((SHARE_FRACTION - biasShift) as Drive);
    store<Drive>(at, load<Drive>(at) - times * scaled);
  }
}

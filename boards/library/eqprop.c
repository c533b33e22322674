/* The library's calls, over the kernel. */
#include "eqprop.h"

#include "eqprop_kernel.h"
#include "eqprop_core.h"
#include "eqprop_network.h"

static int begun;

/* Parameters that are learnt lie in the kernel's memory; it is told where the others are. */
static void place_parameters(void) {
#if RESIDENT
  for (u32 k = 0; k < RESIDENT; k++)
    memcpy((u8 *)AT(resident[k].address), parameters.bytes + resident[k].offset, resident[k].bytes);
#endif
#if POINTERS
  for (u32 k = 0; k < POINTERS; k++)
    i32_store(pointers[k].cell, (u32)((uintptr_t)parameters.bytes - (uintptr_t)kernel_memory) + pointers[k].offset);
#endif
}

/* --- features --- */

#if EQPROP_SCALED

/* (raw − offset) · multiplier >> shift, clipped to a byte; `above` is raw − offset. */
static u8 level(s64 above, const struct scaling *scaling) {
  s64 value;
  if (above <= 0) return 0;
  value = above * scaling->multiplier >> scaling->shift;
  return value > 255 ? 255 : (u8)value;
}

#endif

/* The inputs of an example, channels last. */
static void write_inputs(u32 image, const eqprop_feature *features) {
  u8 *input = (u8 *)AT(image);
  for (u32 at = 0; at < EQPROP_FEATURES; at++) {
    const eqprop_feature feature = features[FEATURE_AT(at)];
#if EQPROP_SCALED
    const struct scaling *scaling = &scalings[at % SCALINGS];
    const s64 above = (s64)feature - scaling->offset;
    *input++ = level(above, scaling);
    if (SIGNED) *input++ = level(-above, scaling);
#else
    *input++ = feature;
#endif
  }
}

/* --- calls --- */

#if EQPROP_LEARNS
static u32 waiting;
static u32 step;
static u64 digest;
#endif

int eqprop_begin(void) {
  kernel_begin();
  place_parameters();
#if EQPROP_LEARNS
  waiting = 0;
  step = EQPROP_STEP;
  digest = EQPROP_DIGEST;
#endif
  begun = 1;
  return 0;
}

int eqprop_predict(const eqprop_feature *features, size_t count) {
  /* No example that waits is in the last slot. */
  const u32 slot = EQPROP_MINIBATCH - 1;
  if (!begun) return EQPROP_NOT_BEGUN;
  if (count != EQPROP_FEATURES) return EQPROP_BAD_FEATURES;
  write_inputs(IMAGES + slot * EQPROP_INPUTS, features);
  return (int)kernel_predict(slot, ITERATIONS);
}

int32_t eqprop_score(int label) {
  if (!begun || label < 0 || label >= EQPROP_CLASSES) return 0;
  return (s32)LOAD_STATE(OUTPUTS + (u32)label * STATE_BYTES);
}

int eqprop_is_sure(int label) { return eqprop_score(label) >= EQPROP_THRESHOLD; }

const char *eqprop_class_name(int label) {
  return label < 0 || label >= EQPROP_CLASSES ? "" : class_names[label];
}

int eqprop_fraction(size_t feature) {
#if EQPROP_SCALED
  for (u32 at = 0; at < EQPROP_FEATURES; at++)
    if (FEATURE_AT(at) == feature) return scalings[at % SCALINGS].fraction;
#endif
  (void)feature;
  return 0;
}

#if EQPROP_LEARNS

uint64_t eqprop_digest(void) { return begun ? digest : EQPROP_DIGEST; }

uint32_t eqprop_step(void) { return begun ? step : EQPROP_STEP; }

int eqprop_learn(const eqprop_feature *features, size_t count, int label) {
  if (!begun) return EQPROP_NOT_BEGUN;
  if (count != EQPROP_FEATURES) return EQPROP_BAD_FEATURES;
  if (label < 0 || label >= EQPROP_CLASSES) return EQPROP_BAD_LABEL;
  write_inputs(IMAGES + waiting * EQPROP_INPUTS, features);
  kernel_stage(waiting, (u32)label);
  if (++waiting < EQPROP_MINIBATCH) return 0;
  waiting = 0;
  memcpy((u8 *)AT(REQUEST), train_requests[step % INTERVAL == INTERVAL - 1], sizeof *train_requests);
  i32_store(REQUEST + TRAIN_STEP, step);
  if ((s32)kernel_train(sizeof *train_requests) < 0) return EQPROP_OVERWRITTEN;
  step = i32_load(REPLY + TRAINED_STEP);
  digest = i64_load(REPLY + TRAINED_DIGEST);
  return 1;
}

/* --- saving: a head of 32 bytes, the blocks of parameters, and a CRC-32 of all that --- */

#define FORMAT 1u

static u32 crc_of(u32 crc, const u8 *bytes, u32 count) {
  static const u32 table[16] = {
      0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
      0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  while (count--) {
    crc ^= *bytes++;
    crc = crc >> 4 ^ table[crc & 15];
    crc = crc >> 4 ^ table[crc & 15];
  }
  return crc;
}

static void put_number(u8 *to, u64 value, u32 bytes) {
  for (; bytes--; value >>= 8) *to++ = (u8)value;
}

static u64 number_at(const u8 *from, u32 bytes) {
  u64 value = 0;
  while (bytes--) value = value << 8 | from[bytes];
  return value;
}

enum { MAGIC_AT = 0, FORMAT_AT = 4, NETWORK_AT = 8, BYTES_AT = 12, STEP_AT = 16, DIGEST_AT = 24, HEAD = 32, CRC_BYTES = 4 };

static void put_head(u8 head[HEAD]) {
  memset(head, 0, HEAD);
  memcpy(head + MAGIC_AT, "EQPR", 4);
  put_number(head + FORMAT_AT, FORMAT, 4);
  put_number(head + NETWORK_AT, NETWORK, 4);
  put_number(head + BYTES_AT, EQPROP_SAVED_BYTES, 4);
  put_number(head + STEP_AT, step, 4);
  put_number(head + DIGEST_AT, digest, 8);
}

int eqprop_save(eqprop_write write, void *context) {
  u8 head[HEAD];
  u32 offset = HEAD;
  u32 crc;
  if (!begun) return EQPROP_NOT_BEGUN;
  put_head(head);
  crc = crc_of(0xffffffff, head, HEAD);
  if (write(context, 0, head, HEAD)) return EQPROP_BAD_STORAGE;
  for (u32 k = 0; k < RESIDENT; k++) {
    const u8 *block = (const u8 *)AT(resident[k].address);
    crc = crc_of(crc, block, resident[k].bytes);
    if (write(context, offset, block, resident[k].bytes)) return EQPROP_BAD_STORAGE;
    offset += resident[k].bytes;
  }
  put_number(head, crc ^ 0xffffffff, CRC_BYTES);
  return write(context, offset, head, CRC_BYTES) ? EQPROP_BAD_STORAGE : 0;
}

/* Reads so many at a time: what is only looked at has no place of its own. */
#define PIECE 64u

static int is_whole(eqprop_read read, void *context) {
  u8 piece[PIECE];
  u32 crc = 0xffffffff;
  u32 left = EQPROP_SAVED_BYTES - CRC_BYTES;
  u32 offset = 0;
  while (left > 0) {
    const u32 count = left < PIECE ? left : PIECE;
    if (read(context, offset, piece, count)) return EQPROP_BAD_STORAGE;
    crc = crc_of(crc, piece, count);
    offset += count;
    left -= count;
  }
  if (read(context, offset, piece, CRC_BYTES)) return EQPROP_BAD_STORAGE;
  return number_at(piece, CRC_BYTES) == (crc ^ 0xffffffff) ? 0 : EQPROP_DAMAGED;
}

static int is_ours(const u8 head[HEAD]) {
  if (memcmp(head + MAGIC_AT, "EQPR", 4) != 0) return EQPROP_DAMAGED;
  if (number_at(head + FORMAT_AT, 4) != FORMAT) return EQPROP_OTHER_VERSION;
  if (number_at(head + NETWORK_AT, 4) != NETWORK) return EQPROP_OTHER_NETWORK;
  return number_at(head + BYTES_AT, 4) == EQPROP_SAVED_BYTES ? 0 : EQPROP_OTHER_NETWORK;
}

/* The kernel adds the digest up anew and compares it. */
static int take_over(const u8 head[HEAD]) {
  const u64 told = number_at(head + DIGEST_AT, 8);
  i64_store(REQUEST + LOAD_DIGEST, told);
  i32_store(REQUEST + LOAD_STEP, (u32)number_at(head + STEP_AT, 4));
  if ((s32)kernel_confirm() < 0) return EQPROP_DAMAGED;
  step = (u32)number_at(head + STEP_AT, 4);
  digest = told;
  return 0;
}

static int read_blocks(eqprop_read read, void *context) {
  u32 offset = HEAD;
  for (u32 k = 0; k < RESIDENT; k++) {
    if (read(context, offset, (u8 *)AT(resident[k].address), resident[k].bytes)) return EQPROP_BAD_STORAGE;
    offset += resident[k].bytes;
  }
  return 0;
}

/* Reads the head and sees whether all that follows can be restored. */
static int read_head(eqprop_read read, void *context, u8 head[HEAD]) {
  int error;
  if (read(context, 0, head, HEAD)) return EQPROP_BAD_STORAGE;
  error = is_ours(head);
  return error ? error : is_whole(read, context);
}

int eqprop_check(eqprop_read read, void *context) {
  u8 head[HEAD];
  return read_head(read, context, head);
}

int eqprop_restore(eqprop_read read, void *context) {
  u8 head[HEAD];
  int error;
  if (!begun) return EQPROP_NOT_BEGUN;
  error = read_head(read, context, head);
  if (error) return error;
  error = read_blocks(read, context);
  if (!error) error = take_over(head);
  if (error) eqprop_begin();
  waiting = 0;
  return error;
}

#else

uint64_t eqprop_digest(void) { return EQPROP_DIGEST; }

uint32_t eqprop_step(void) { return EQPROP_STEP; }

#endif

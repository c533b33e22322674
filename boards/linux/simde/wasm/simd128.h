/* Operations that the kernel uses, in clang's vectors, under the names of SIMDe, whose place this file takes: the C calls them
 * that wasm2c writes of the kernel with SIMD. They mean what WebAssembly's instructions of these names mean, on little-endian
 * processors. */
#ifndef SIMDE_WASM_SIMD128_H
#define SIMDE_WASM_SIMD128_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define VECTOR(type, size) type __attribute__((vector_size(size)))
typedef VECTOR(int64_t, 16) simde_v128_t;
typedef VECTOR(int8_t, 16) lanes_i8;
typedef VECTOR(uint8_t, 16) lanes_u8;
typedef VECTOR(int16_t, 16) lanes_i16;
typedef VECTOR(uint16_t, 16) lanes_u16;
typedef VECTOR(int32_t, 16) lanes_i32;
typedef VECTOR(uint32_t, 16) lanes_u32;
typedef VECTOR(int64_t, 16) lanes_i64;
typedef VECTOR(uint64_t, 16) lanes_u64;
/* Lanes of twice as many bits, or half as many of the same. */
typedef VECTOR(int32_t, 32) wide_i32;
typedef VECTOR(uint32_t, 32) wide_u32;
typedef VECTOR(int8_t, 8) half_i8;
typedef VECTOR(uint8_t, 8) half_u8;
typedef VECTOR(int16_t, 8) half_i16;
typedef VECTOR(uint16_t, 8) half_u16;
typedef VECTOR(int32_t, 8) half_i32;
typedef VECTOR(uint32_t, 8) half_u32;

#define OPERATION static inline __attribute__((always_inline)) simde_v128_t
#define UNARY(name, lanes, result) \
  OPERATION simde_wasm_##name(simde_v128_t of) { \
    lanes a = (lanes)of; \
    return (simde_v128_t)(result); \
  }
#define BINARY(name, lanes, result) \
  OPERATION simde_wasm_##name(simde_v128_t first, simde_v128_t second) { \
    lanes a = (lanes)first, b = (lanes)second; \
    return (simde_v128_t)(result); \
  }
/* Wasm takes a shift's count modulo a lane's bits. */
#define SHIFT(name, lanes, operator, bits) \
  OPERATION simde_wasm_##name(simde_v128_t of, uint32_t count) { \
    return (simde_v128_t)((lanes)of operator(count & (bits - 1))); \
  }

BINARY(v128_and, lanes_u64, a & b)
BINARY(v128_or, lanes_u64, a | b)
BINARY(v128_xor, lanes_u64, a ^ b)

/* Bits of the first where the mask has ones, else of the second. */
OPERATION simde_wasm_v128_bitselect(simde_v128_t first, simde_v128_t second, simde_v128_t mask) {
  return (simde_v128_t)(((lanes_u64)first & (lanes_u64)mask) | ((lanes_u64)second & ~(lanes_u64)mask));
}

/* Sums wrap: without a sign they may. */
BINARY(i16x8_add, lanes_u16, a + b)
BINARY(i32x4_add, lanes_u32, a + b)
BINARY(i64x2_add, lanes_u64, a + b)
BINARY(i16x8_sub, lanes_u16, a - b)
BINARY(i16x8_mul, lanes_u16, a * b)
BINARY(i32x4_mul, lanes_u32, a * b)
UNARY(i32x4_neg, lanes_u32, -a)
BINARY(i16x8_add_sat, lanes_i16, __builtin_elementwise_add_sat(a, b))

BINARY(i16x8_min, lanes_i16, __builtin_elementwise_min(a, b))
BINARY(i16x8_max, lanes_i16, __builtin_elementwise_max(a, b))
BINARY(i32x4_min, lanes_i32, __builtin_elementwise_min(a, b))
BINARY(i32x4_max, lanes_i32, __builtin_elementwise_max(a, b))
BINARY(i16x8_eq, lanes_i16, a == b)
BINARY(i32x4_eq, lanes_i32, a == b)
BINARY(i16x8_ge, lanes_i16, a >= b)
BINARY(i32x4_ge, lanes_i32, a >= b)
BINARY(i32x4_gt, lanes_i32, a > b)
BINARY(i16x8_lt, lanes_i16, a < b)
BINARY(u8x16_le, lanes_u8, a <= b)

SHIFT(i16x8_shl, lanes_u16, <<, 16)
SHIFT(i64x2_shl, lanes_u64, <<, 64)
SHIFT(i32x4_shr, lanes_i32, >>, 32)
SHIFT(u32x4_shr, lanes_u32, >>, 32)

OPERATION simde_wasm_i8x16_splat(int8_t value) { return (simde_v128_t)((lanes_i8){0} + value); }
OPERATION simde_wasm_i16x8_splat(int16_t value) { return (simde_v128_t)((lanes_i16){0} + value); }
OPERATION simde_wasm_i32x4_splat(int32_t value) { return (simde_v128_t)((lanes_i32){0} + value); }
OPERATION simde_wasm_i64x2_make(int64_t first, int64_t second) { return (simde_v128_t){first, second}; }
#define simde_wasm_i8x16_const(...) ((simde_v128_t)(lanes_i8){__VA_ARGS__})

#define LANE(name, lanes, type) \
  static inline __attribute__((always_inline)) type simde_wasm_##name##_extract_lane(simde_v128_t of, int lane) { \
    return ((lanes)of)[lane]; \
  } \
  OPERATION simde_wasm_##name##_replace_lane(simde_v128_t of, int lane, type value) { \
    lanes changed = (lanes)of; \
    changed[lane] = value; \
    return (simde_v128_t)changed; \
  }
LANE(i8x16, lanes_i8, int8_t)
LANE(u8x16, lanes_u8, uint8_t)
LANE(i16x8, lanes_i16, int16_t)
LANE(u16x8, lanes_u16, uint16_t)
LANE(i32x4, lanes_i32, int32_t)
LANE(i64x2, lanes_i64, int64_t)

static inline __attribute__((always_inline)) bool simde_wasm_v128_any_true(simde_v128_t of) { return (of[0] | of[1]) != 0; }

/* Bit i is the sign of lane i. */
#define BITMASK(name, lanes, count) \
  static inline __attribute__((always_inline)) uint32_t simde_wasm_##name##_bitmask(simde_v128_t of) { \
    uint32_t mask = 0; \
    for (int i = 0; i < count; i++) mask |= (uint32_t)(((lanes)of)[i] < 0) << i; \
    return mask; \
  }
BITMASK(i16x8, lanes_i16, 8)
BITMASK(i32x4, lanes_i32, 4)
BITMASK(i64x2, lanes_i64, 2)
static inline __attribute__((always_inline)) uint32_t simde_wasm_i8x16_bitmask(simde_v128_t of) {
#if defined(__SSSE3__)
  return (uint32_t)_mm_movemask_epi8((__m128i)of);
#else
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) mask |= (uint32_t)(((lanes_i8)of)[i] < 0) << i;
  return mask;
#endif
}

/* Indices from 16 on choose zero. */
OPERATION simde_wasm_i8x16_swizzle(simde_v128_t from, simde_v128_t indices) {
#if defined(__SSSE3__)
  /* An index beyond 15 gets its highest bit, which chooses zero here. */
  return (simde_v128_t)_mm_shuffle_epi8((__m128i)from, _mm_adds_epu8((__m128i)indices, _mm_set1_epi8(0x70)));
#elif defined(__aarch64__)
  return (simde_v128_t)vqtbl1q_u8((uint8x16_t)from, (uint8x16_t)indices);
#elif defined(__ARM_NEON)
  const uint8x16_t bytes = (uint8x16_t)from, at = (uint8x16_t)indices;
  const uint8x8x2_t table = {{vget_low_u8(bytes), vget_high_u8(bytes)}};
  return (simde_v128_t)vcombine_u8(vtbl2_u8(table, vget_low_u8(at)), vtbl2_u8(table, vget_high_u8(at)));
#else
  lanes_u8 chosen;
  for (int i = 0; i < 16; i++) chosen[i] = ((lanes_u8)indices)[i] < 16 ? ((lanes_u8)from)[((lanes_u8)indices)[i]] : 0;
  return (simde_v128_t)chosen;
#endif
}
#define simde_wasm_i8x16_shuffle(a, b, ...) \
  ((simde_v128_t)__builtin_shufflevector((lanes_i8)(a), (lanes_i8)(b), __VA_ARGS__))

#define LOW4(a) __builtin_shufflevector(a, a, 0, 1, 2, 3)
#define HIGH4(a) __builtin_shufflevector(a, a, 4, 5, 6, 7)
#define LOW2(a) __builtin_shufflevector(a, a, 0, 1)
#define HIGH2(a) __builtin_shufflevector(a, a, 2, 3)
#define LOW8(a) __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7)
#define HIGH8(a) __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15)

/* Lanes of one half, with twice as many bits; and products of such. */
#define EXTEND(to, from, lanes, wider, LOW, HIGH) \
  UNARY(to##_extend_low_##from, lanes, __builtin_convertvector(LOW(a), wider)) \
  UNARY(to##_extend_high_##from, lanes, __builtin_convertvector(HIGH(a), wider)) \
  BINARY(to##_extmul_low_##from, lanes, __builtin_convertvector(LOW(a), wider) * __builtin_convertvector(LOW(b), wider)) \
  BINARY(to##_extmul_high_##from, lanes, __builtin_convertvector(HIGH(a), wider) * __builtin_convertvector(HIGH(b), wider))
EXTEND(i16x8, i8x16, lanes_i8, lanes_i16, LOW8, HIGH8)
EXTEND(u16x8, u8x16, lanes_u8, lanes_u16, LOW8, HIGH8)
EXTEND(i32x4, i16x8, lanes_i16, lanes_i32, LOW4, HIGH4)
EXTEND(u32x4, u16x8, lanes_u16, lanes_u32, LOW4, HIGH4)
EXTEND(i64x2, i32x4, lanes_i32, lanes_i64, LOW2, HIGH2)
EXTEND(u64x2, u32x4, lanes_u32, lanes_u64, LOW2, HIGH2)

/* Sums of products of neighbours; four products of −32768 by itself come to −2³¹, as WebAssembly has it. */
BINARY(i32x4_dot_i16x8, lanes_i16, ({
         wide_u32 products = (wide_u32)(__builtin_convertvector(a, wide_i32) * __builtin_convertvector(b, wide_i32));
         __builtin_shufflevector(products, products, 0, 2, 4, 6) + __builtin_shufflevector(products, products, 1, 3, 5, 7);
       }))
BINARY(u16x8_avgr, lanes_u16, ({
         wide_u32 sums = __builtin_convertvector(a, wide_u32) + __builtin_convertvector(b, wide_u32) + 1;
         __builtin_convertvector(sums >> 1, lanes_u16);
       }))

/* Lanes of both, clipped to half as many bits. */
#define CLIPPED(a, least, most) __builtin_elementwise_max(__builtin_elementwise_min(a, (__typeof__(a)){0} + (most)), (__typeof__(a)){0} + (least))
#define NARROW(name, lanes, half, least, most, ...) \
  BINARY(name, lanes, ({ \
           half low = __builtin_convertvector(CLIPPED(a, least, most), half); \
           half high = __builtin_convertvector(CLIPPED(b, least, most), half); \
           __builtin_shufflevector(low, high, __VA_ARGS__); \
         }))
NARROW(i8x16_narrow_i16x8, lanes_i16, half_i8, INT8_MIN, INT8_MAX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
NARROW(u8x16_narrow_i16x8, lanes_i16, half_u8, 0, UINT8_MAX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
NARROW(i16x8_narrow_i32x4, lanes_i32, half_i16, INT16_MIN, INT16_MAX, 0, 1, 2, 3, 4, 5, 6, 7)
NARROW(u16x8_narrow_i32x4, lanes_i32, half_u16, 0, UINT16_MAX, 0, 1, 2, 3, 4, 5, 6, 7)

/* Memory, at any address. */
#define LOAD(name, type, result) \
  OPERATION simde_wasm_##name(const void *at) { \
    type a; \
    memcpy(&a, at, sizeof a); \
    return (simde_v128_t)(result); \
  }
LOAD(v128_load, simde_v128_t, a)
LOAD(v128_load8_splat, uint8_t, (lanes_u8){0} + a)
LOAD(v128_load16_splat, uint16_t, (lanes_u16){0} + a)
LOAD(v128_load32_splat, uint32_t, (lanes_u32){0} + a)
LOAD(v128_load64_splat, uint64_t, (lanes_u64){0} + a)
LOAD(v128_load32_zero, uint32_t, ((lanes_u32){a}))
LOAD(v128_load64_zero, uint64_t, ((lanes_u64){a}))
LOAD(i16x8_load8x8, half_i8, __builtin_convertvector(a, lanes_i16))
LOAD(u16x8_load8x8, half_u8, __builtin_convertvector(a, lanes_u16))
LOAD(i32x4_load16x4, half_i16, __builtin_convertvector(a, lanes_i32))
LOAD(u32x4_load16x4, half_u16, __builtin_convertvector(a, lanes_u32))
LOAD(i64x2_load32x2, half_i32, __builtin_convertvector(a, lanes_i64))
LOAD(u64x2_load32x2, half_u32, __builtin_convertvector(a, lanes_u64))
static inline __attribute__((always_inline)) void simde_wasm_v128_store(void *at, simde_v128_t value) { memcpy(at, &value, sizeof value); }

#define MEMORY_LANE(bits, lanes) \
  OPERATION simde_wasm_v128_load##bits##_lane(const void *at, simde_v128_t into, int lane) { \
    uint##bits##_t a; \
    memcpy(&a, at, sizeof a); \
    lanes changed = (lanes)into; \
    changed[lane] = a; \
    return (simde_v128_t)changed; \
  } \
  static inline __attribute__((always_inline)) void simde_wasm_v128_store##bits##_lane(void *at, simde_v128_t from, int lane) { \
    uint##bits##_t a = ((lanes)from)[lane]; \
    memcpy(at, &a, sizeof a); \
  }
MEMORY_LANE(8, lanes_u8)
MEMORY_LANE(16, lanes_u16)
MEMORY_LANE(32, lanes_u32)
MEMORY_LANE(64, lanes_u64)

#endif

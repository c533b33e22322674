/* Parts that the kernel's C is made of: integers, a memory of little-endian bytes, and WebAssembly's operations on them. */
#ifndef EQPROP_KERNEL_H
#define EQPROP_KERNEL_H

#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

#if !defined(UINTPTR_MAX) || UINTPTR_MAX < 0xffffffff
#error "the kernel's addresses have 32 bits: this processor's have fewer"
#endif

static u64 kernel_memory[EQPROP_MEMORY / 8];

/* An address is counted from the memory's beginning, wherever it leads: constants elsewhere are as far away as a pointer's
 * 32 bits reach, on processors with wider ones in either direction. */
#if UINTPTR_MAX == 0xffffffff
#define AT(address) ((uintptr_t)kernel_memory + (address))
#else
#define AT(address) ((uintptr_t)kernel_memory + (uintptr_t)(intptr_t)(s32)(address))
#endif

#if defined(__GNUC__)
#define ALIASING __attribute__((may_alias))
#else
#define ALIASING
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LITTLE16(x) ((u16)((u16)(x) << 8 | (u16)(x) >> 8))
#define LITTLE32(x) ((u32)LITTLE16(x) << 16 | LITTLE16((u32)(x) >> 16))
#define LITTLE64(x) ((u64)LITTLE32(x) << 32 | LITTLE32((u64)(x) >> 32))
#else
#define LITTLE16(x) (x)
#define LITTLE32(x) (x)
#define LITTLE64(x) (x)
#endif
#define LITTLE8(x) (x)

/* Accesses are aligned to their size. */
#define LOAD(name, bits, sign, result)                                  \
  static inline result name(u32 address) {                              \
    typedef u##bits ALIASING stored;                                    \
    return (result)(sign##bits)LITTLE##bits(*(const stored *)AT(address)); \
  }
#define STORE(name, bits, given)                         \
  static inline void name(u32 address, given value) {    \
    typedef u##bits ALIASING stored;                     \
    *(stored *)AT(address) = LITTLE##bits((u##bits)value); \
  }

LOAD(i32_load, 32, u, u32)
LOAD(i32_load8_u, 8, u, u32)
LOAD(i32_load8_s, 8, s, u32)
LOAD(i32_load16_u, 16, u, u32)
LOAD(i32_load16_s, 16, s, u32)
LOAD(i64_load, 64, u, u64)
LOAD(i64_load8_s, 8, s, u64)
LOAD(i64_load16_u, 16, u, u64)
LOAD(i64_load16_s, 16, s, u64)
LOAD(i64_load32_u, 32, u, u64)
LOAD(i64_load32_s, 32, s, u64)
STORE(i32_store, 32, u32)
STORE(i32_store8, 8, u32)
STORE(i32_store16, 16, u32)
STORE(i64_store, 64, u64)
STORE(i64_store32, 32, u64)

/* No divisor of the kernel's is zero. */
#define DIV_U(x, y) ((x) / (y))
#define REM_U(x, y) ((x) % (y))
#define I32_DIV_S(x, y) ((u32)((s32)(x) / (s32)(y)))
#define I32_REM_S(x, y) ((u32)((s32)(x) % (s32)(y)))
#define I64_DIV_S(x, y) ((u64)((s64)(x) / (s64)(y)))
#define I64_REM_S(x, y) ((u64)((s64)(x) % (s64)(y)))
#define ROTATE(x, left, right, mask) ((x) << ((left) & (mask)) | (x) >> ((right) & (mask)))
#define I32_ROTL(x, y) ROTATE(x, y, 32 - (y), 31)
#define I32_ROTR(x, y) ROTATE(x, 32 - (y), y, 31)
#define I64_ROTL(x, y) ROTATE(x, y, 64 - (y), 63)
#define I64_ROTR(x, y) ROTATE(x, 64 - (y), y, 63)

#if defined(__GNUC__)
#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#else
static inline u64 leading_zeros(u64 x, u32 bits) {
  u64 count = 0;
  while (count < bits && !(x >> (bits - 1 - count) & 1)) count++;
  return count;
}
static inline u64 trailing_zeros(u64 x, u32 bits) {
  u64 count = 0;
  while (count < bits && !(x >> count & 1)) count++;
  return count;
}
#define I32_CLZ(x) ((u32)leading_zeros(x, 32))
#define I64_CLZ(x) leading_zeros(x, 64)
#define I32_CTZ(x) ((u32)trailing_zeros(x, 32))
#define I64_CTZ(x) trailing_zeros(x, 64)
#endif

#endif

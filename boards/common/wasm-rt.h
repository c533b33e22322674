/* Surroundings of the C that wasm2c writes: one memory, which is there from the start. The kernel has
 * no tables and no floats; what is declared for them is never called. */
#ifndef WASM_RT_H_
#define WASM_RT_H_

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* wasm2c's own big-endian form keeps the memory backwards, from its end. Here its bytes lie in order everywhere. */
#define WABT_BIG_ENDIAN 0
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Every address the kernel computes lies in its arena, as the tests of the checked build show: CHECKED compares each
 * access with the size of the memory. */
#ifdef CHECKED
#define WASM_RT_MEMCHECK_GUARD_PAGES 0
#else
#define WASM_RT_MEMCHECK_GUARD_PAGES 1
#endif
#define WASM_RT_USE_SEGUE 0
#define WASM_RT_SANITY_CHECKS 0
#define WASM_RT_STACK_DEPTH_COUNT 0

/* Copies a number into or out of the memory, which holds it little-endian; bytes (data segments, whose size is no constant)
 * stay as they are. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* The kernel's accesses are aligned to their size; without a word the compiler loads byte by byte. */
#define wasm_rt_memcpy(to, from, size) \
  __builtin_memcpy(__builtin_assume_aligned(to, ALIGNMENT(size)), __builtin_assume_aligned(from, ALIGNMENT(size)), size)
#define ALIGNMENT(size) __builtin_choose_expr(__builtin_constant_p(size), size, 1)
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define wasm_rt_memcpy(to, from, size) \
  __builtin_choose_expr(__builtin_constant_p(size), wasm_rt_copy_reversed, memcpy)(to, from, size)
static inline void *wasm_rt_copy_reversed(void *to, const void *from, size_t size) {
  for (size_t i = 0; i < size; i++) ((uint8_t *)to)[i] = ((const uint8_t *)from)[size - 1 - i];
  return to;
}
#else
#error "wasm-rt.h knows little-endian and big-endian processors, and compilers that tell which (__BYTE_ORDER__)"
#endif

typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64 } wasm_rt_type_t;

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
} wasm_rt_trap_t;

_Noreturn void wasm_rt_trap(wasm_rt_trap_t);

/* The memory itself lies behind the module's instance, of which this is the last member: its address is then a constant,
 * where a pointer would be loaded anew after every store. */
typedef struct {
  uint32_t pages;
  uint32_t size;
  uint8_t data[] __attribute__((aligned(8)));
} wasm_rt_memory_t;

void wasm_rt_allocate_memory(wasm_rt_memory_t *, uint32_t pages, uint32_t max_pages, bool is64, uint32_t page_size);
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *, uint32_t delta);
static inline void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }
static inline bool wasm_rt_is_initialized(void) { return true; }

typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct wasm_rt_tailcallee_t {
  void (*fn)(void **, void *, struct wasm_rt_tailcallee_t *);
} wasm_rt_tailcallee_t;
typedef struct {
  wasm_rt_func_type_t func_type;
  wasm_rt_function_ptr_t func;
  wasm_rt_tailcallee_t func_tailcallee;
  void *module_instance;
} wasm_rt_funcref_t;
typedef void *wasm_rt_externref_t;
typedef struct {
  wasm_rt_funcref_t *data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_funcref_table_t;
typedef struct {
  wasm_rt_externref_t *data;
  uint32_t max_size;
  uint32_t size;
} wasm_rt_externref_table_t;
#define wasm_rt_funcref_null_value ((wasm_rt_funcref_t){0})
#define wasm_rt_externref_null_value ((wasm_rt_externref_t)0)

#endif

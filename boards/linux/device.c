#define _GNU_SOURCE
#include "device.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

/* Written by wasm2c. */
#include <kernel.h>

#include "line.h"

#define PAGE 65536u
/* The wire's causes begin with those of wasm2c; this is a fault of the processor. */
#define FAULT_EXCEPTION 16u

/* The memory lies right behind the instance, as wasm-rt.h tells. Where addresses are long enough, and the system lets us,
 * all that an address of the kernel's can reach is ours and cannot be touched: a wild access is found. */
#define REACH (UINTPTR_MAX > UINT32_MAX ? (size_t)UINT32_MAX + 1 : 0)

static w2c_eqprop *kernel;
static size_t reserved;
static uint32_t most_pages, arena_asked, window_told;
static sigjmp_buf restart;
static volatile sig_atomic_t is_computing;
static uint32_t fault_cause, fault_place;

void wasm_rt_allocate_memory(wasm_rt_memory_t *to, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  to->pages = pages;
  to->size = most_pages * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *of, uint32_t delta) {
  uint32_t before = of->pages;
  if (delta > most_pages - before) return UINT32_MAX;
  of->pages += delta;
  return before;
}

_Noreturn static void start_anew(uint32_t cause, uintptr_t place) {
  fault_cause = cause;
  fault_place = (uint32_t)place;
  siglongjmp(restart, 1);
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) { start_anew(cause, (uintptr_t)__builtin_return_address(0)); }

static void take_signal(int number, siginfo_t *about, void *context) {
  (void)context;
  if (!is_computing) { /* not the kernel's: what happened happens again, and ends the program */
    signal(number, SIG_DFL);
    return;
  }
  uintptr_t place = (uintptr_t)about->si_addr, start = (uintptr_t)kernel;
  bool is_wild = number == SIGSEGV && place - start < reserved;
  start_anew(is_wild ? (uint32_t)WASM_RT_TRAP_OOB : FAULT_EXCEPTION, is_wild ? place - (uintptr_t)kernel->w2c_memory.data : place);
}

static void start_kernel(void) {
  wasm2c_eqprop_instantiate(kernel);
  w2c_eqprop_start(kernel, arena_asked, window_told);
}

static void *reserve(size_t size) {
  void *room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return NULL;
  reserved = size;
  return room;
}

bool device_open(uint32_t arena, uint32_t window) {
  arena_asked = arena;
  window_told = window;
  most_pages = 1 + (arena + PAGE - 1) / PAGE; /* the module's own data is in the first */
  size_t used = sizeof *kernel + (size_t)most_pages * PAGE;
  if (REACH) kernel = reserve(sizeof *kernel + REACH + PAGE);
  if (!kernel) kernel = reserve(used);
  if (!kernel || mprotect(kernel, used, PROT_READ | PROT_WRITE)) return false;
  const struct sigaction action = {.sa_sigaction = take_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
  const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigaction(faults[i], &action, NULL);
  start_kernel();
  return true;
}

static void send_answer(void) {
  line_write(kernel->w2c_memory.data + w2c_eqprop_outputBuffer(kernel), w2c_eqprop_outputLength(kernel));
}

static void tell_fault(void) {
  is_computing = false;
  memset(kernel->w2c_memory.data, 0, *w2c_eqprop_0x5F_heap_base(kernel));
  start_kernel();
  w2c_eqprop_reportFault(kernel, fault_cause, fault_place);
  send_answer();
}

static void feed(uint32_t length, bool has_more) {
  for (uint32_t from = 0; from < length;) {
    bool more = has_more || line_has_more();
    is_computing = true;
    from = w2c_eqprop_feed(kernel, from, length, more);
    is_computing = false;
    send_answer();
  }
}

void device_take(const uint8_t *bytes, size_t length) {
  /* The rest of the bytes is dropped: the link asks again for what it misses. */
  if (sigsetjmp(restart, 0)) {
    tell_fault();
    return;
  }
  uint8_t *input = kernel->w2c_memory.data + w2c_eqprop_inputBuffer(kernel);
  uint32_t capacity = w2c_eqprop_inputCapacity(kernel);
  for (size_t taken = 0; taken < length;) {
    uint32_t part = length - taken < capacity ? (uint32_t)(length - taken) : capacity;
    memcpy(input, bytes + taken, part);
    taken += part;
    feed(part, taken < length);
  }
}

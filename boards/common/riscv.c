/* Start-up and traps of RISC-V cores with nothing but machine mode (The RISC-V Instruction Set Manual, volume II, 3.1). */
#include "riscv.h"

#include "board.h"
#include "core.h"
#include "stack.h"

extern uint32_t data_start[], data_end[], data_image[], zero_start[], zero_end[];
int main(void);

#define MSTATUS_MIE 8
#define MTVEC_VECTORED 1u
#define MCAUSE_CODE 31u
/* The second region of the memory protection, from the first one's address up to its own: no access, in any mode. */
#define PMPCFG0_REGION_1_NONE 0x8800u
#define GUARD 4096u

__attribute__((used)) static _Noreturn void fault(uintptr_t place, const uint32_t *stack, const uint32_t *start) {
  report_fault(stack < start ? FAULT_STACK_OVERFLOW : FAULT_EXCEPTION, place);
}

/* A stack that overflowed is no place to go on from: each core takes the upper end of its own. */
__attribute__((naked, used)) static void exception(void) {
  __asm__ volatile(
      "mv a1, sp\n"
      "la sp, stack_end\n"
      "la a2, stack_start\n"
#if CORES > 1
      "csrr a0, mhartid\n"
      "beqz a0, 1f\n"
      "mv sp, a2\n"
      "la a2, second_stack_start\n"
      "1:\n"
#endif
      "csrr a0, mepc\n"
      "tail %0\n" ::"i"(fault));
}

__attribute__((interrupt("machine"), used)) static void interrupt(void) {
  uint32_t cause;
  uintptr_t interrupted;
  __asm__ volatile("csrr %0, mcause\n csrr %1, mepc" : "=r"(cause), "=r"(interrupted));
  if ((cause & MCAUSE_CODE) == TIMER_INTERRUPT) {
    timer_acknowledge();
    core_tick(interrupted);
  } else {
    uart_interrupt();
  }
}

/* A jump for each cause of an interrupt; the first is for exceptions. */
__attribute__((naked, aligned(256))) static void vectors(void) {
  __asm__ volatile(
      ".option push\n"
      ".option norvc\n"
      "j %0\n"
      ".rept 31\n"
      "j %1\n"
      ".endr\n"
      ".option pop\n" ::"i"(exception),
      "i"(interrupt));
}

/* There may be RAM below a stack: `guard` bytes of it are closed. */
static void take_traps(const uint32_t *stack, uint32_t guard) {
  __asm__ volatile("csrw mtvec, %0" ::"r"((uintptr_t)vectors | MTVEC_VECTORED));
  __asm__ volatile("csrw pmpaddr0, %0\n csrw pmpaddr1, %1\n csrw pmpcfg0, %2" ::"r"(((uintptr_t)stack - guard) / 4),
                   "r"((uintptr_t)stack / 4), "r"(PMPCFG0_REGION_1_NONE));
}

__attribute__((used)) static _Noreturn void begin(void) {
  take_traps(stack_start, CORES > 1 ? 4 * STACK_GAP_WORDS : GUARD);
  for (uint32_t *to = data_start, *from = data_image; to < data_end;) *to++ = *from++;
  for (uint32_t *to = zero_start; to < zero_end;) *to++ = 0;
  __asm__ volatile("csrsi mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  main();
  core_restart();
}

#if CORES > 1
__attribute__((used)) static _Noreturn void second_begin(void) {
  take_traps(second_stack_start, GUARD);
  software_interrupt(1, 0);
  second_core();
}
#endif

/* The first instruction of the image: where chips without a vector for it begin. The second core waits for its first software
 * interrupt, all others for ever. */
__attribute__((naked, noreturn, section(".vectors"))) void reset(void) {
  __asm__ volatile(
      "csrci mstatus, %0\n"
      "csrr t0, mhartid\n"
      "bnez t0, 1f\n"
      "la sp, stack_end\n"
      "tail %1\n"
      "1:\n"
#if CORES > 1
      "addi t0, t0, -1\n"
      "beqz t0, 3f\n"
      "2: wfi\n"
      "j 2b\n"
      "3: li t1, %2\n"
      "csrw mie, t1\n"
      "4: wfi\n"
      "csrr t0, mip\n"
      "and t0, t0, t1\n"
      "beqz t0, 4b\n"
      "la sp, stack_start\n"
      "tail %3\n" ::"i"(MSTATUS_MIE), "i"(begin), "i"(1u << SOFTWARE_INTERRUPT), "i"(second_begin));
#else
      "wfi\n"
      "j 1b\n" ::"i"(MSTATUS_MIE), "i"(begin));
#endif
}

void core_wait(const volatile uint32_t *word, uint32_t old) {
  /* Masked, so that no interrupt falls between the look and the sleep; a pending one ends the sleep all the same. */
  __asm__ volatile("csrci mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  while (*word == old)
    __asm__ volatile("wfi\n csrsi mstatus, %0\n csrci mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  __asm__ volatile("csrsi mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
}

void core_start_ticks(void) { timer_start(); }

#if CORES > 1
void core_start_second(void) { software_interrupt(1, 1); }

static uint32_t hart(void) {
  uint32_t id;
  __asm__("csrr %0, mhartid" : "=r"(id));
  return id;
}

/* Orders words in memory and the registers of interrupts, too. */
static void fence_all(void) { __asm__ volatile("fence iorw, iorw" ::: "memory"); }

void core_signal(void) {
  fence_all();
  software_interrupt(1 - hart(), 1);
}

/* It waits for a software interrupt, and takes none: a signal that comes before the sleep ends it. */
void core_sleep(void) {
  uint32_t status;
  __asm__ volatile("csrrci %0, mstatus, %1" : "=r"(status) : "i"(MSTATUS_MIE) : "memory");
  __asm__ volatile("csrs mie, %0\n wfi\n csrc mie, %0" ::"r"(1u << SOFTWARE_INTERRUPT) : "memory");
  software_interrupt(hart(), 0);
  fence_all();
  __asm__ volatile("csrs mstatus, %0" ::"r"(status & MSTATUS_MIE) : "memory");
}
#endif

/* Every register that matters is written again on the way. */
__attribute__((weak)) void chip_reset(void) { reset(); }

_Noreturn void core_restart(void) {
  chip_reset();
  for (;;) continue;
}

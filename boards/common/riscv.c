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

__attribute__((used)) static _Noreturn void fault(uintptr_t place, const uint32_t *stack) {
  report_fault(stack < stack_start ? FAULT_STACK_OVERFLOW : FAULT_EXCEPTION, place);
}

/* A stack that overflowed is no place to go on from. */
__attribute__((naked, used)) static void exception(void) {
  __asm__ volatile(
      "mv a1, sp\n"
      "la sp, stack_end\n"
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

__attribute__((used)) static _Noreturn void begin(void) {
  __asm__ volatile("csrw mtvec, %0" ::"r"((uintptr_t)vectors | MTVEC_VECTORED));
  /* There may be RAM below the stack. */
  __asm__ volatile("csrw pmpaddr0, %0\n csrw pmpaddr1, %1\n csrw pmpcfg0, %2" ::"r"(((uintptr_t)stack_start - GUARD) / 4),
                   "r"((uintptr_t)stack_start / 4), "r"(PMPCFG0_REGION_1_NONE));
  for (uint32_t *to = data_start, *from = data_image; to < data_end;) *to++ = *from++;
  for (uint32_t *to = zero_start; to < zero_end;) *to++ = 0;
  __asm__ volatile("csrsi mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  main();
  core_restart();
}

/* The first instruction of the image: where chips without a vector for it begin. */
__attribute__((naked, noreturn, section(".vectors"))) void reset(void) {
  __asm__ volatile(
      "csrci mstatus, %0\n"
      "la sp, stack_end\n"
      "tail %1\n" ::"i"(MSTATUS_MIE),
      "i"(begin));
}

void core_wait(const volatile uint32_t *word, uint32_t old) {
  /* Masked, so that no interrupt falls between the look and the sleep; a pending one ends the sleep all the same. */
  __asm__ volatile("csrci mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  while (*word == old)
    __asm__ volatile("wfi\n csrsi mstatus, %0\n csrci mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
  __asm__ volatile("csrsi mstatus, %0" ::"i"(MSTATUS_MIE) : "memory");
}

void core_start_ticks(void) { timer_start(); }

/* Every register that matters is written again on the way. */
_Noreturn void core_restart(void) { reset(); }

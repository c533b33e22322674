/* Start-up and faults of the Cortex-M family, Armv6-M to Armv8-M (Armv6-M Architecture Reference Manual, B1.5, B3). */
#include "core.h"

#include "board.h"
#include "stack.h"

extern uint32_t data_start[], data_end[], data_image[], zero_start[], zero_end[];
int main(void);

#define SYST_CSR REGISTER(0xe000e010)
#define SYST_RVR REGISTER(0xe000e014)
#define SYST_CVR REGISTER(0xe000e018)
#define SYST_CSR_ENABLE_INTERRUPT_PROCESSOR_CLOCK 7u
#define NVIC_ICER(word) REGISTER(0xe000e180u + 4 * (word))
#define NVIC_ICPR(word) REGISTER(0xe000e280u + 4 * (word))
#define NVIC_WORDS 4u
#define VTOR REGISTER(0xe000ed08)
#define AIRCR REGISTER(0xe000ed0c)
#define AIRCR_SYSRESETREQ 0x05fa0004u

/* Word of an exception's stack frame that holds the address it came from. */
#define FRAME_PC 6

typedef void (*vector)(void);
extern const vector vectors[];

__attribute__((used)) static _Noreturn void begin(void) {
  /* Interrupts that a boot loader has left in force. */
  SYST_CSR = 0;
  for (uint32_t i = 0; i < NVIC_WORDS; i++) {
    NVIC_ICER(i) = UINT32_MAX;
    NVIC_ICPR(i) = UINT32_MAX;
  }
  VTOR = (uint32_t)(uintptr_t)vectors;
  for (uint32_t *to = data_start, *from = data_image; to < data_end;) *to++ = *from++;
  for (uint32_t *to = zero_start; to < zero_end;) *to++ = 0;
  __asm__ volatile("cpsie i" ::: "memory");
  main();
  core_restart();
}

/* Boot loaders may leave another stack behind. */
__attribute__((naked, noreturn)) void reset(void) {
  __asm__ volatile(
      "cpsid i\n"
      "ldr r0, =stack_end\n"
      "mov sp, r0\n"
      "ldr r0, =%c0\n"
      "bx r0\n" ::"i"(begin));
}

__attribute__((used)) static _Noreturn void fault(const uint32_t *frame) {
  /* Where there is no memory the frame is not to be had. */
  if (frame < second_stack_start) report_fault(FAULT_STACK_OVERFLOW, 0);
  report_fault(FAULT_EXCEPTION, frame + FRAME_PC < stack_end ? frame[FRAME_PC] : 0);
}

/* A stack that overflowed is no place to go on from: each core takes the upper end of its own. */
__attribute__((naked)) static void exception(void) {
  __asm__ volatile(
      "mov r0, sp\n"
      "ldr r1, =stack_end\n"
#if CORES > 1
      "ldr r2, =stack_start\n"
      "cmp r0, r2\n"
      "bhi 1f\n"
      "mov r1, r2\n"
      "1:\n"
#endif
      "mov sp, r1\n"
      "ldr r1, =%c0\n"
      "bx r1\n" ::"i"(fault));
}

__attribute__((used)) static void tick(const uint32_t *frame) { core_tick(frame[FRAME_PC]); }

__attribute__((naked)) static void systick(void) {
  __asm__ volatile(
      "mov r0, sp\n"
      "ldr r1, =%c0\n"
      "bx r1\n" ::"i"(tick));
}

/* As many external interrupts as any of the chips has. */
__attribute__((section(".vectors"), used)) const vector vectors[16 + 112] = {
    (vector)stack_end, reset, exception, exception, exception, exception, exception,
    [11] = exception,  [12] = exception, [14] = exception, [15] = systick, [16 ... 127] = uart_interrupt,
};

void core_wait(const volatile uint32_t *word, uint32_t old) {
  /* Masked, so that no interrupt falls between the look and the sleep; a pending one ends the sleep all the same. */
  __asm__ volatile("cpsid i" ::: "memory");
  while (*word == old) __asm__ volatile("wfi\n cpsie i\n isb\n cpsid i" ::: "memory");
  __asm__ volatile("cpsie i" ::: "memory");
}

void core_start_ticks(void) {
  SYST_RVR = CLOCK / TICKS_PER_SECOND - 1;
  SYST_CVR = 0;
  SYST_CSR = SYST_CSR_ENABLE_INTERRUPT_PROCESSOR_CLOCK;
}

#if CORES > 1
/* Interrupts are enabled a core, and none is for the second one. */
void core_start_second(void) { chip_start_second(vectors, stack_start, second_core); }

void core_signal(void) { __asm__ volatile("dsb\n sev" ::: "memory"); }

void core_sleep(void) { __asm__ volatile("wfe" ::: "memory"); }
#endif

/* Chips that are reset in another way define their own. */
__attribute__((weak)) void chip_reset(void) { AIRCR = AIRCR_SYSRESETREQ; }

_Noreturn void core_restart(void) {
  __asm__ volatile("dsb" ::: "memory");
  chip_reset();
  for (;;) continue;
}

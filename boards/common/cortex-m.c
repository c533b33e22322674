/* Start-up and faults of the Cortex-M family (Armv6-M to Armv8-M). */
#include "board.h"
#include "core.h"

extern uint32_t stack_start[], stack_end[];
extern uint32_t data_start[], data_end[], data_image[], zero_start[], zero_end[];
int main(void);

#define STACK_PAINT 0xc5c5c5c5u

__attribute__((naked, noreturn)) void reset(void) {
  __asm__ volatile(
      "ldr r0, =stack_end \n mov sp, r0 \n"
      "ldr r1, =stack_start \n ldr r2, =0xc5c5c5c5 \n"
      "1: str r2, [r1] \n add r1, #4 \n cmp r1, r0 \n blo 1b \n"
      "bl begin \n");
}

_Noreturn void begin(void) {
  for (uint32_t *to = data_start, *from = data_image; to < data_end;) *to++ = *from++;
  for (uint32_t *to = zero_start; to < zero_end;) *to++ = 0;
  main();
  for (;;) {}
}

static void fault(void) { for (;;) {} }

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 112] = {
    (vector)stack_end, reset, fault, fault, fault, fault, fault, [11] = fault, [14] = fault, [15] = fault,
    [16 ... 127] = uart_interrupt,
};

void core_wait(const volatile uint32_t *word, uint32_t old) {
  for (;;) {
    __asm__ volatile("cpsid i" ::: "memory");
    if (*word != old) break;
    __asm__ volatile("wfi");
    __asm__ volatile("cpsie i" ::: "memory");
  }
  __asm__ volatile("cpsie i" ::: "memory");
}

#define AIRCR REGISTER(0xe000ed0c)
_Noreturn void core_restart(void) {
  AIRCR = 0x05fa0004;
  for (;;) {}
}

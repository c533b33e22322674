/* The system timer of the ESP32-C3 (technical reference manual, System Timer). */
#include "core.h"
#include "interrupts.h"
#include "riscv.h"

#define SYSTIMER 0x60023000u
#define SYSTIMER_CONF REGISTER(SYSTIMER + 0x00)
#define SYSTIMER_TARGET0_CONF REGISTER(SYSTIMER + 0x34)
#define SYSTIMER_COMP0_LOAD REGISTER(SYSTIMER + 0x50)
#define SYSTIMER_INT_ENA REGISTER(SYSTIMER + 0x64)
#define SYSTIMER_INT_CLR REGISTER(SYSTIMER + 0x6c)
#define TARGET0_WORK_EN (1u << 24)
#define UNIT0_WORK_EN (1u << 30)
#define TARGET0_PERIOD_MODE (1u << 30)
#define TARGET0 (1u << 0)
/* Hz. */
#define SYSTIMER_FREQUENCY 16000000u
#define PERIOD (SYSTIMER_FREQUENCY / TICKS_PER_SECOND)
_Static_assert(PERIOD < 1u << 26, "the period does not fit");

void timer_start(void) {
  SYSTIMER_TARGET0_CONF = PERIOD;
  SYSTIMER_COMP0_LOAD = 1;
  SYSTIMER_TARGET0_CONF = PERIOD | TARGET0_PERIOD_MODE;
  SYSTIMER_CONF |= UNIT0_WORK_EN | TARGET0_WORK_EN;
  timer_acknowledge();
  SYSTIMER_INT_ENA |= TARGET0;
  connect_interrupt(SYSTIMER_TARGET0_SOURCE, TIMER_INTERRUPT);
}

void timer_acknowledge(void) { SYSTIMER_INT_CLR = TARGET0; }

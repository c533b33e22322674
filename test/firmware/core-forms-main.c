/* Calls a core's own forms of the kernel's primitives, and answers with what each made of its memory. In place of
 * boards/common/main.c; it waits for a byte first. */
#include "board.h"
#include "core.h"
#include "line.h"
#include "core-forms.h"

/* BASE, ROOM, PARAMETERS, CALLS, `calls`, and `call(which, memory, parameters)`: written by the test. */
#include "calls.h"

void core_tick(uintptr_t interrupted) { (void)interrupted; }

_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  (void)cause, (void)place;
  for (;;) continue;
}

static uint8_t room[ROOM] __attribute__((aligned(8)));

int main(void) {
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  for (uint32_t n = 0; n < CALLS; n++) {
    uint32_t answer[2] = {0, 0};
    for (uint32_t at = 0; at < ROOM; at++) room[at] = at < calls[n].length ? calls[n].bytes[at] : 0;
    answer[0] = call(calls[n].which, (uint8_t *)((uintptr_t)room - BASE), calls[n].parameters) != 0;
    for (uint32_t at = 0; at < ROOM; at++) answer[1] = answer[1] * 31 + room[at];
    line_write((const uint8_t *)answer, sizeof answer);
  }
  for (;;) continue;
}

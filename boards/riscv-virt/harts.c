/* Two harts: software interrupts of SiFive's CLINT, and the device by which QEMU resets all of the machine (hw/misc/sifive_test.c). */
#include "board.h"
#include "riscv.h"

#define MSIP(hart) REGISTER(0x02000000u + 4 * (hart))
#define TEST REGISTER(0x00100000u)
#define TEST_RESET 0x7777u

void software_interrupt(uint32_t hart, uint32_t pending) { MSIP(hart) = pending; }

/* Neither hart may go on where it was. */
void chip_reset(void) { TEST = TEST_RESET; }

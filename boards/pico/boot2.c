/* The second boot stage: the boot ROM copies the flash's first 256 bytes into RAM, checks their checksum, which the
 * build fills in, and runs them. They make the flash readable as memory and start what lies behind (RP2040 datasheet,
 * 2.8.1.3). */
#include "ssi.h"

#define VTOR REGISTER(0xe000ed08)
#define VECTORS 0x10000100u

/* Runs from RAM, at another address than it is linked for: no calls, no data. */
__attribute__((section(".boot2"), used)) _Noreturn static void boot2(void) {
  read_serially();
  VTOR = VECTORS;
  __asm__ volatile("msr msp, %0\n bx %1" ::"r"(REGISTER(VECTORS)), "r"(REGISTER(VECTORS + 4)));
  __builtin_unreachable();
}

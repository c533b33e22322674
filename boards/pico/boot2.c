/* The second boot stage: the boot ROM copies the flash's first 256 bytes into RAM, checks their checksum, which the
 * build fills in, and runs them. They make the flash readable as memory and start what lies behind (RP2040 datasheet,
 * 2.8.1.3 and 4.10).
 *
 * Plain serial reads, which every flash chip knows: slow, but the kernel's loops stay in the 16 KB cache. */
#include "board.h"

#define SSI 0x18000000u
#define SSI_CTRLR0 REGISTER(SSI + 0x00)
#define SSI_CTRLR1 REGISTER(SSI + 0x04)
#define SSI_SSIENR REGISTER(SSI + 0x08)
#define SSI_BAUDR REGISTER(SSI + 0x14)
#define SSI_SPI_CTRLR0 REGISTER(SSI + 0xf4)
/* 32-bit frames, read like an EEPROM: command and address out, data in. */
#define CTRLR0_DFS_32_EEPROM_READ (31u << 16 | 3u << 8)
/* Command 03h of 8 bits, an address of 24. */
#define SPI_CTRLR0_READ (0x03u << 24 | 2u << 8 | 6u << 2)
#define CLOCK_DIVIDER 4u

#define VTOR REGISTER(0xe000ed08)
#define VECTORS 0x10000100u

/* Runs from RAM, at another address than it is linked for: no calls, no data. */
__attribute__((section(".boot2"), used)) _Noreturn static void boot2(void) {
  SSI_SSIENR = 0;
  SSI_BAUDR = CLOCK_DIVIDER;
  SSI_CTRLR0 = CTRLR0_DFS_32_EEPROM_READ;
  SSI_CTRLR1 = 0;
  SSI_SPI_CTRLR0 = SPI_CTRLR0_READ;
  SSI_SSIENR = 1;
  VTOR = VECTORS;
  __asm__ volatile("msr msp, %0\n bx %1" ::"r"(REGISTER(VECTORS)), "r"(REGISTER(VECTORS + 4)));
  __builtin_unreachable();
}

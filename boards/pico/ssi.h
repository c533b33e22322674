/* The serial interface that reads the flash, SSI (RP2040 datasheet, 4.10). */
#ifndef SSI_H
#define SSI_H

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

/* Plain serial reads, which every flash chip knows: slow, but the kernel's loops stay in the 16 KB cache. */
static inline __attribute__((always_inline)) void read_serially(void) {
  SSI_SSIENR = 0;
  SSI_BAUDR = CLOCK_DIVIDER;
  SSI_CTRLR0 = CTRLR0_DFS_32_EEPROM_READ;
  SSI_CTRLR1 = 0;
  SSI_SPI_CTRLR0 = SPI_CTRLR0_READ;
  SSI_SSIENR = 1;
}

#endif

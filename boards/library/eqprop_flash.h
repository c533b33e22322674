/* An area of flash, as the journal sees it. Drivers of chips fill it in; it knows nothing of the network. */
#ifndef EQPROP_FLASH_H
#define EQPROP_FLASH_H

#include <stdint.h>

/* The most bytes of `program_bytes`; the journal takes as many of the stack. */
#define EQPROP_FLASH_UNIT 256

/* Addresses count from the area's beginning. Each call returns 0, or an error of its own. */
struct eqprop_flash {
  /* Bytes that are erased at once: a multiple of program_bytes. */
  uint32_t sector_bytes;
  /* Bytes that are programmed at once: 1 … EQPROP_FLASH_UNIT. None is programmed twice without being erased. */
  uint32_t program_bytes;
  /* Sectors of the area: less than 4 GiB in all. */
  uint32_t sectors;
  /* Any bytes of the area. */
  int (*read)(void *context, uint32_t address, void *bytes, uint32_t count);
  /* One sector, to bytes of 0xff. */
  int (*erase)(void *context, uint32_t address);
  /* One unit, `count` = program_bytes. */
  int (*program)(void *context, uint32_t address, const void *bytes, uint32_t count);
  /* The driver's own. */
  void *context;
};

#endif

/* The boot ROM's USB volume (RP2350 datasheet, 5.4 and 5.5). */
#include "rp2350.h"

/* A half-word near the ROM's start is the address of the function that looks a code up. */
#define TABLE_LOOKUP ((uintptr_t)*(volatile uint16_t *)0x16)
#define RT_FLAG_FUNC_ARM_SEC 0x4u
#define REBOOT ('R' | 'B' << 8)
#define REBOOT_TYPE_BOOTSEL 0x2u
#define REBOOT_NO_RETURN_ON_SUCCESS 0x100u
#define DELAY_MS 10u

typedef void *table_lookup(uint32_t code, uint32_t mask);
typedef int reboot(uint32_t flags, uint32_t delay_ms, uint32_t p0, uint32_t p1);

_Noreturn void boot_loader_start(void) {
  /* The ROM restarts the chip by the watchdog, which is no fault of this program's. */
  WATCHDOG_SCRATCH2 = 0;
  reboot *restart = (reboot *)((table_lookup *)TABLE_LOOKUP)(REBOOT, RT_FLAG_FUNC_ARM_SEC);
  restart(REBOOT_TYPE_BOOTSEL | REBOOT_NO_RETURN_ON_SUCCESS, DELAY_MS, 0, 0);
  for (;;) continue;
}

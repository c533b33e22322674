/* The boot ROM's USB volume (RP2040 datasheet, 2.8.3). */
#include "rp2040.h"

/* Half-words near the ROM's start are addresses: of a table, and of the function that looks a code up in it. */
#define ROM_POINTER(at) ((uintptr_t)*(volatile uint16_t *)(at))
#define FUNCTION_TABLE ROM_POINTER(0x14)
#define TABLE_LOOKUP ROM_POINTER(0x18)
#define RESET_USB_BOOT ('U' | 'B' << 8)

typedef void *table_lookup(uint16_t *table, uint32_t code);
typedef void reset_usb_boot(uint32_t activity_pins, uint32_t disabled_interfaces);

_Noreturn void boot_loader_start(void) {
  /* The ROM restarts the chip by the watchdog, which is no fault of this program's. */
  WATCHDOG_SCRATCH2 = 0;
  reset_usb_boot *reset = (reset_usb_boot *)((table_lookup *)TABLE_LOOKUP)((uint16_t *)FUNCTION_TABLE, RESET_USB_BOOT);
  reset(0, 0);
  for (;;) continue;
}

/* The block that the boot ROM looks for in the first 4 KiB of the flash (RP2350 datasheet, 5.9): a program for the Arm cores, secure,
 * whose vectors are at its start. */
#include <stdint.h>

__attribute__((section(".image_definition"), used)) static const uint32_t image_definition[] = {
    0xffffded3, /* start of a block */
    0x10210142, /* item: image type, one word; executable, secure, Arm, RP2350 */
    0x000001ff, /* last item, one word before it */
    0x00000000, /* the next block is this one */
    0xab123579, /* end of the block */
};

/* Descriptors of a device that is a serial port by USB (USB 2.0, 9.6; CDC 1.2, 5.2; PSTN 1.2, 5.3). */
#ifndef CDC_ACM_H
#define CDC_ACM_H

#include "board.h"

#ifndef USB_VENDOR
#error "board.toml does not say what the board is by USB: usb.own"
#endif

/* Endpoints: notices, of which there are none; bytes, both ways. */
#define NOTICES 1u
#define BYTES 2u
#define PACKET 64u
_Static_assert(PACKET <= LINE_PACKET, "a host that waits is told when there is room");

#define WORD(value) (value) & 0xffu, (value) >> 8

static const uint8_t device_descriptor[] = {
    18,   1,    WORD(0x0200u), /* USB 2.0 */
    0xef, 2,    1,             /* functions of several interfaces each */
    PACKET,
    WORD(USB_VENDOR), WORD(USB_PRODUCT), WORD(0x0100u),
    1,    1,    0,             /* strings: manufacturer, product; no serial number */
    1,                         /* configuration */
};

#define CONFIGURATION_SIZE 75u
static const uint8_t configuration_descriptor[] = {
    9, 2, WORD(CONFIGURATION_SIZE), 2, 1, 0, 0x80, 50,  /* two interfaces, power from the bus, 100 mA */
    8, 11, 0, 2, 2, 2, 0, 0,                            /* which are one function: CDC, ACM */
    9, 4, 0, 0, 1, 2, 2, 0, 0,                          /* interface 0: control */
    5, 0x24, 0, WORD(0x0110u),
    5, 0x24, 1, 0, 1,                                   /* calls: none */
    4, 0x24, 2, 2,                                      /* line coding and control lines */
    5, 0x24, 6, 0, 1,                                   /* 0 controls 1 */
    7, 5, 0x80 | NOTICES, 3, WORD(8u), 255,
    9, 4, 1, 0, 2, 10, 0, 0, 0,                         /* interface 1: data */
    7, 5, BYTES, 2, WORD(PACKET), 0,
    7, 5, 0x80 | BYTES, 2, WORD(PACKET), 0,
};
_Static_assert(sizeof configuration_descriptor == CONFIGURATION_SIZE, "the length that the descriptor tells");

static const uint8_t languages_descriptor[] = {4, 3, WORD(0x0409u)};
static const uint8_t name_descriptor[] = {14, 3, 'e', 0, 'q', 0, 'p', 0, 'r', 0, 'o', 0, 'p', 0};

/* Descriptors end with a packet that is not full: none needs an empty one behind it. */
_Static_assert(sizeof device_descriptor % PACKET != 0, "an empty packet is due");
_Static_assert(sizeof configuration_descriptor % PACKET != 0, "an empty packet is due");

#endif

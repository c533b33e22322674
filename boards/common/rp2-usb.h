/* The USB controller of the RP2040 and the RP2350 (datasheets, 4.1 and 12.7; USB 2.0, chapter 9; CDC 1.2, PSTN 1.2) as a
 * serial port, for boards that say its number at the NVIC (USB_IRQ) and how to get into the boot ROM
 * (boot_loader_start()). The host's rate means nothing, but for 1,200 baud, which asks for the boot ROM. */
#ifndef RP2_USB_H
#define RP2_USB_H

#include "board.h"
#include "cdc-acm.h"

/* The controller's own memory: the last SETUP packet, a control word for each end of an endpoint, one for each buffer,
 * the buffers. */
#define USBCTRL_DPRAM 0x50100000u
#define SETUP_PACKET(word) REGISTER(USBCTRL_DPRAM + 4u * (word))
#define EP_IN_CONTROL(n) REGISTER(USBCTRL_DPRAM + 8u * (n))
#define EP_OUT_CONTROL(n) REGISTER(USBCTRL_DPRAM + 8u * (n) + 4u)
#define EP_IN_BUFFER_CONTROL(n) REGISTER(USBCTRL_DPRAM + 0x80u + 8u * (n))
#define EP_OUT_BUFFER_CONTROL(n) REGISTER(USBCTRL_DPRAM + 0x84u + 8u * (n))
#define EP_CONTROL_ENABLE (1u << 31)
#define EP_CONTROL_INTERRUPT_PER_BUFFER (1u << 29)
#define EP_CONTROL_BULK (2u << 26)
#define EP_CONTROL_INTERRUPT (3u << 26)
#define BUFFER_CONTROL_FULL (1u << 15)
#define BUFFER_CONTROL_DATA1 (1u << 13)
#define BUFFER_CONTROL_STALL (1u << 11)
#define BUFFER_CONTROL_AVAILABLE (1u << 10)
#define BUFFER_CONTROL_LENGTH 0x3ffu
/* Both ends of endpoint 0 have one. */
#define EP0_BUFFER 0x100u
#define NOTICE_BUFFER 0x180u
#define IN_BUFFER 0x1c0u
#define OUT_BUFFER 0x200u
/* Memory of no endpoint: for what is said before there is a host. */
#define KEPT_BUFFER 0x240u
#define KEPT_SIZE 0x200u
#define BUFFER_BYTE(buffer, i) (*(volatile uint8_t *)(uintptr_t)(USBCTRL_DPRAM + (buffer) + (i)))

#define USBCTRL_REGS 0x50110000u
#define ADDR_ENDP REGISTER(USBCTRL_REGS + 0x00)
#define MAIN_CTRL REGISTER(USBCTRL_REGS + 0x40)
#define SIE_CTRL REGISTER(USBCTRL_REGS + 0x4c)
#define SIE_STATUS REGISTER(USBCTRL_REGS + 0x50)
#define BUFF_STATUS REGISTER(USBCTRL_REGS + 0x58)
#define EP_STALL_ARM REGISTER(USBCTRL_REGS + 0x68)
#define USB_MUXING REGISTER(USBCTRL_REGS + 0x74)
#define USB_PWR REGISTER(USBCTRL_REGS + 0x78)
#define INTE REGISTER(USBCTRL_REGS + 0x90)
/* On the RP2350 this is also the end of the transceiver's isolation. */
#define MAIN_CTRL_CONTROLLER_EN (1u << 0)
#define SIE_CTRL_EP0_INT_1BUF (1u << 29)
#define SIE_CTRL_PULLUP_EN (1u << 16)
#define SIE_STATUS_BUS_RESET (1u << 19)
#define SIE_STATUS_SETUP_REC (1u << 17)
#define USB_MUXING_SOFTCON (1u << 3)
#define USB_MUXING_TO_PHY (1u << 0)
#define USB_PWR_VBUS_DETECT (1u << 3)
#define USB_PWR_VBUS_DETECT_OVERRIDE_EN (1u << 2)
#define INT_SETUP_REQ (1u << 16)
#define INT_BUS_RESET (1u << 12)
#define INT_BUFF_STATUS (1u << 4)
/* In BUFF_STATUS. */
#define IN_DONE(n) (1u << 2 * (n))
#define OUT_DONE(n) (2u << 2 * (n))
#define EP_STALL_ARM_BOTH 3u
#define NVIC_ENABLE REGISTER(0xe000e100u + USB_IRQ / 32 * 4)

/* A packet that is not full ends what the host has asked for: it does not wait for another. */
#define SHORT_PACKET (PACKET - 1u)
#define BOOT_LOADER_BAUD 1200u

/* 115,200 baud, eight bits, no parity, one stop bit, until the host says otherwise. */
#define LINE_CODING_SIZE 7u
static uint8_t line_coding[LINE_CODING_SIZE] = {0x00, 0xc2, 0x01, 0x00, 0, 0, 8};

/* Endpoint 0: what is left of an answer, whether its next packet is a DATA1, and what is due: with the host's data, or
 * when it has heard that its request was taken. */
static const uint8_t *answer;
static uint8_t answer_left;
static uint16_t answer_data1;
enum { NOTHING, CODING, ADDRESS, BOOT_LOADER };
static uint8_t due;
static uint8_t new_address;

static uint8_t configuration;
static bool in_is_full, out_is_open;
static uint16_t in_data1, out_data1;
/* Bytes that were said before there was a host, and how many of them a host has been given. */
static uint32_t kept, given;

/* Gives a buffer to the controller: all else first, AVAILABLE three of its cycles later (4.1.2.5.1). */
static void give(volatile uint32_t *control, uint32_t value) {
  *control = value;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop" ::: "memory");
  *control = value | BUFFER_CONTROL_AVAILABLE;
}

static void give_in(uint32_t length) {
  give(&EP_IN_BUFFER_CONTROL(BYTES), BUFFER_CONTROL_FULL | in_data1 | length);
  in_data1 ^= BUFFER_CONTROL_DATA1;
  in_is_full = true;
}

static void give_kept(void) {
  uint32_t length = 0;
  for (; length < SHORT_PACKET && given < kept; length++)
    BUFFER_BYTE(IN_BUFFER, length) = BUFFER_BYTE(KEPT_BUFFER, given++);
  give_in(length);
}

static void give_out(void) {
  give(&EP_OUT_BUFFER_CONTROL(BYTES), out_data1 | PACKET);
  out_data1 ^= BUFFER_CONTROL_DATA1;
  out_is_open = true;
}

/* An answer's next packet; the last one, and a request without an answer, may be empty. */
static void answer_on(void) {
  uint32_t length = answer_left < PACKET ? answer_left : PACKET;
  for (uint32_t i = 0; i < length; i++) BUFFER_BYTE(EP0_BUFFER, i) = answer[i];
  answer += length;
  answer_left -= (uint8_t)length;
  give(&EP_IN_BUFFER_CONTROL(0), BUFFER_CONTROL_FULL | answer_data1 | length);
  answer_data1 ^= BUFFER_CONTROL_DATA1;
}

static void tell(const uint8_t *bytes, uint8_t length) {
  uint32_t asked = SETUP_PACKET(1) >> 16;
  answer = bytes;
  answer_left = length < asked ? length : (uint8_t)asked;
  /* With an empty packet the host says that it has all. */
  give(&EP_OUT_BUFFER_CONTROL(0), BUFFER_CONTROL_DATA1);
  answer_on();
}

static void refuse(void) {
  EP_STALL_ARM = EP_STALL_ARM_BOTH;
  EP_IN_BUFFER_CONTROL(0) = BUFFER_CONTROL_STALL;
  EP_OUT_BUFFER_CONTROL(0) = BUFFER_CONTROL_STALL;
}

static void configure(uint8_t number) {
  configuration = number;
  uint32_t enable = number ? EP_CONTROL_ENABLE | EP_CONTROL_INTERRUPT_PER_BUFFER : 0;
  EP_IN_BUFFER_CONTROL(BYTES) = 0;
  EP_OUT_BUFFER_CONTROL(BYTES) = 0;
  EP_IN_CONTROL(NOTICES) = enable | EP_CONTROL_INTERRUPT | NOTICE_BUFFER;
  EP_IN_CONTROL(BYTES) = enable | EP_CONTROL_BULK | IN_BUFFER;
  EP_OUT_CONTROL(BYTES) = enable | EP_CONTROL_BULK | OUT_BUFFER;
  in_is_full = out_is_open = false;
  in_data1 = out_data1 = 0;
  /* Whoever did not take all of what was kept leaves all of it to the next host. */
  if (given < kept) given = 0;
}

static void describe(uint32_t which) {
  switch (which) {
    case 0x0100: return tell(device_descriptor, sizeof device_descriptor);
    case 0x0200: return tell(configuration_descriptor, sizeof configuration_descriptor);
    case 0x0300: return tell(languages_descriptor, sizeof languages_descriptor);
    case 0x0301: return tell(name_descriptor, sizeof name_descriptor);
    default: return refuse();
  }
}

/* Begins an endpoint's packets anew: what was given to the controller is given again, as a DATA0. */
static void clear_halt(uint32_t endpoint) {
  if (endpoint == BYTES) {
    out_data1 = 0;
    if (out_is_open) give_out();
  }
  if (endpoint == (0x80 | BYTES)) {
    in_data1 = 0;
    if (in_is_full) give_in(EP_IN_BUFFER_CONTROL(BYTES) & BUFFER_CONTROL_LENGTH);
  }
}

static void hear_request(void) {
  static const uint8_t zeros[2];
  uint32_t packet = SETUP_PACKET(0), value = packet >> 16, index = SETUP_PACKET(1) & 0xffff;
  /* Nothing is under way on endpoint 0 any more. */
  EP_IN_BUFFER_CONTROL(0) = 0;
  EP_OUT_BUFFER_CONTROL(0) = 0;
  answer_data1 = BUFFER_CONTROL_DATA1;
  answer_left = 0;
  due = NOTHING;
  /* bmRequestType in the lower byte, bRequest in the upper one. */
  switch (packet & 0xffff) {
    case 0x0680: return describe(value); /* GET_DESCRIPTOR */
    case 0x0880: return tell(&configuration, sizeof configuration); /* GET_CONFIGURATION */
    case 0x0080: case 0x0081: case 0x0082: return tell(zeros, 2); /* GET_STATUS */
    case 0x0a81: return tell(zeros, 1); /* GET_INTERFACE */
    case 0x21a1: return tell(line_coding, sizeof line_coding); /* GET_LINE_CODING */
    case 0x2021: /* SET_LINE_CODING */
      due = CODING;
      return give(&EP_OUT_BUFFER_CONTROL(0), BUFFER_CONTROL_DATA1 | PACKET);
    case 0x0500: /* SET_ADDRESS */
      due = ADDRESS;
      new_address = value & 0x7f;
      break;
    case 0x0900: /* SET_CONFIGURATION */
      if (value > 1) return refuse();
      configure((uint8_t)value);
      break;
    case 0x0102: /* CLEAR_FEATURE */
      clear_halt(index);
      break;
    case 0x0b01: /* SET_INTERFACE */
    case 0x2221: /* SET_CONTROL_LINE_STATE, of the interface, and as rp2040js says it */
    case 0x2220:
      break;
    default:
      return refuse();
  }
  answer_on();
}

static void hear_line_coding(void) {
  due = NOTHING;
  for (uint32_t i = 0; i < LINE_CODING_SIZE; i++) line_coding[i] = BUFFER_BYTE(EP0_BUFFER, i);
  uint32_t baud = line_coding[0] | (uint32_t)line_coding[1] << 8 | (uint32_t)line_coding[2] << 16;
  if (baud == BOOT_LOADER_BAUD) due = BOOT_LOADER;
  answer_on();
}

static void finish_request(void) {
  if (answer_left) return answer_on();
  if (due == ADDRESS) ADDR_ENDP = new_address;
  if (due == BOOT_LOADER) boot_loader_start();
}

static void usb_open(void) {
  /* As after a reset, which spares this memory. */
  for (uint32_t i = 0; i < EP0_BUFFER / 4; i++) SETUP_PACKET(i) = 0;
  USB_MUXING = USB_MUXING_TO_PHY | USB_MUXING_SOFTCON;
  USB_PWR = USB_PWR_VBUS_DETECT | USB_PWR_VBUS_DETECT_OVERRIDE_EN;
  MAIN_CTRL = MAIN_CTRL_CONTROLLER_EN;
  INTE = INT_BUFF_STATUS | INT_BUS_RESET | INT_SETUP_REQ;
  NVIC_ENABLE = 1u << USB_IRQ % 32;
  SIE_CTRL = SIE_CTRL_EP0_INT_1BUF | SIE_CTRL_PULLUP_EN;
}

/* Does what the host asks for, and takes what has come. Returns whether any byte has. A host that sleeps, or is unplugged,
 * says nothing: what it was to be told waits, until it goes on, or another one resets the bus. */
static bool usb_receive(void) {
  if (SIE_STATUS & SIE_STATUS_BUS_RESET) {
    ADDR_ENDP = 0;
    configure(0);
    due = NOTHING;
    BUFF_STATUS = UINT32_MAX;
    SIE_STATUS = SIE_STATUS_BUS_RESET;
  }
  uint32_t done = BUFF_STATUS, come = 0;
  BUFF_STATUS = done;
  if (done & IN_DONE(0)) finish_request();
  if (done & OUT_DONE(0) && due == CODING) hear_line_coding();
  if (done & IN_DONE(BYTES)) in_is_full = false;
  if (done & OUT_DONE(BYTES)) {
    out_is_open = false;
    come = EP_OUT_BUFFER_CONTROL(BYTES) & BUFFER_CONTROL_LENGTH;
    for (uint32_t i = 0; i < come; i++) line_receive(BUFFER_BYTE(OUT_BUFFER, i));
  }
  if (SIE_STATUS & SIE_STATUS_SETUP_REC) {
    SIE_STATUS = SIE_STATUS_SETUP_REC;
    hear_request();
  }
  if (configuration && !in_is_full && given < kept) give_kept();
  /* Until there is room, the host is told to wait. */
  if (configuration && !out_is_open && line_room() >= PACKET) give_out();
  return come;
}

/* Sends what there is, where the host has taken what was before it. */
static void usb_send(void) {
  if (in_is_full) return;
  uint32_t length = 0;
  for (int byte; length < SHORT_PACKET && (byte = line_next()) >= 0; length++)
    BUFFER_BYTE(IN_BUFFER, length) = (uint8_t)byte;
  if (length) give_in(length);
}

/* Keeps a byte for the host that comes first. What is too long is cut off, and its line ended. */
static void usb_keep(uint8_t byte) {
  if (configuration) return;
  if (kept < KEPT_SIZE) kept++;
  else byte = '\n';
  BUFFER_BYTE(KEPT_BUFFER, kept - 1) = byte;
}

#endif

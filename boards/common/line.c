#include "line.h"

#include "board.h"
#include "core.h"

/* Indices run freely; a ring's size is a power of two. One side writes each index. The bytes are volatile, too, so that
 * the compiler leaves them before the index that hands them over. */
#define SEND_SIZE 256u

static volatile uint8_t received[UART_WINDOW];
static volatile uint32_t received_end, received_start;
static volatile uint32_t lost;
static volatile uint8_t sending[SEND_SIZE];
static volatile uint32_t sending_end, sending_start;

void line_receive(uint8_t byte) {
  /* The host keeps to the window: a full ring means damage, which the link's checks notice. */
  if (received_end - received_start == UART_WINDOW) {
    lost = lost + 1;
    return;
  }
  received[received_end % UART_WINDOW] = byte;
  received_end = received_end + 1;
}

uint32_t line_room(void) { return UART_WINDOW - (received_end - received_start); }

int line_next(void) {
  if (sending_start == sending_end) return -1;
  uint8_t byte = sending[sending_start % SEND_SIZE];
  sending_start = sending_start + 1;
  return byte;
}

uint32_t line_read(uint8_t *to, uint32_t capacity) {
  core_wait(&received_end, received_start);
  uint32_t count = 0;
  uint32_t start = received_start;
  for (; count < capacity && start != received_end; count++) to[count] = received[start++ % UART_WINDOW];
  received_start = start;
  /* An interrupt may have found less room before, and made its host wait. */
  if (line_room() < LINE_PACKET + count) uart_send();
  return count;
}

bool line_has_more(void) { return received_start != received_end; }

uint32_t line_lost(void) { return lost; }

void line_write(const uint8_t *from, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    if (sending_end - sending_start == SEND_SIZE) {
      uart_send();
      core_wait(&sending_start, sending_end - SEND_SIZE);
    }
    sending[sending_end % SEND_SIZE] = from[i];
    sending_end = sending_end + 1;
  }
  uart_send();
}

/* The rings of a line whose indices are about to pass 2³²: what comes is read, and what is written is sent, in order. */
#include <stdlib.h>

#include "line.c"

#define WRAP 0xfffffff0u
#define LONGEST 700u

static uint8_t next_sent;

/* Nobody may wait for ever: there is no interrupt here. */
void core_wait(const volatile uint32_t *word, uint32_t old) {
  if (*word == old) uart_send();
  if (*word == old) abort();
}

void uart_send(void) {
  for (int byte = line_next(); byte >= 0; byte = line_next())
    if ((uint8_t)byte != next_sent++) abort();
}

int main(void) {
  received_start = received_end = sending_start = sending_end = WRAP;
  uint8_t next = 0, wanted = 0, buffer[LONGEST];
  for (uint32_t round = 0; round < 200; round++) {
    uint32_t count = 1 + round % UART_WINDOW;
    for (uint32_t i = 0; i < count; i++) line_receive(next++);
    /* A byte that does not fit a full ring is lost, and nothing else. */
    for (uint32_t i = count; i < UART_WINDOW + 3; i++) line_receive(i < UART_WINDOW ? next++ : 0xee);
    for (uint32_t left = UART_WINDOW; left > 0;) {
      uint32_t read = line_read(buffer, 1 + round % 7);
      for (uint32_t i = 0; i < read; i++)
        if (buffer[i] != wanted++) abort();
      left -= read;
    }
  }
  if (received_end >= WRAP) abort();
  uint8_t written = 0;
  for (uint32_t length = 0; length < LONGEST; length++) {
    for (uint32_t i = 0; i < length; i++) buffer[i] = written++;
    line_write(buffer, length);
  }
  if (sending_end >= WRAP || next_sent != written) abort();
  return EXIT_SUCCESS;
}

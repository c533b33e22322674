/* The line between the UART's interrupt and the endpoint: a ring each way. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stdint.h>

/* Copies what has come, at most `capacity` bytes; waits until there is some. */
uint32_t line_read(uint8_t *to, uint32_t capacity);
/* Tells if line_read() would not wait. */
bool line_has_more(void);
/* Bytes that came while there was no room for them, so far. */
uint32_t line_lost(void);
/* Queues bytes to send; waits only while the ring is full. */
void line_write(const uint8_t *from, uint32_t length);

#endif

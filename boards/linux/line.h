/* The line to a host: standard streams, a TCP port, or a terminal. One is opened; what cannot be opened ends the program, with
 * words about it. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that a host may have under way: what the system keeps for us while nobody reads. */
#define STREAM_WINDOW 65536u
#define TERMINAL_WINDOW 4096u

void line_open_streams(void);

/* Waits at "port" of 127.0.0.1 or at "address:port" (IPv6 in brackets), at any free port for 0, and says on standard output
 * where. One host at a time. */
void line_open_tcp(const char *where);

void line_open_terminal(const char *path, uint32_t baud);

/* Waits for bytes, 1 … capacity. Where a host leaves, a TCP port and a terminal wait for the next; streams end the program. */
size_t line_read(uint8_t *to, size_t capacity);

/* Returns whether bytes can be read without waiting. */
bool line_has_more(void);

/* Bytes for a host that is gone are lost. */
void line_write(const uint8_t *from, size_t length);

/* Ends the program: what was wrong, and why where that is not empty. */
_Noreturn void give_up(const char *what, const char *why);

#endif

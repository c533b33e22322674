/* The link's end that is in the library, of a network that learns: a host can take the board over. */
#ifndef LINK_H
#define LINK_H

#include <stdint.h>

/* Where bytes that have come are put, and how many at most. */
uint8_t *link_input(void);
uint32_t link_capacity(void);
/* Takes bytes from … length − 1 of them, up to the first that makes it answer. Returns how far it came. */
uint32_t link_feed(uint32_t from, uint32_t length, uint32_t has_more);
/* The answer. */
const uint8_t *link_output(void);
uint32_t link_output_length(void);
/* How deep the stack has been, of how many bytes: a host may ask. */
void link_note_stack(uint32_t used, uint32_t size);

#endif

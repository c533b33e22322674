/* Functions that libraries ask for; they get their memory from the peer. */
#include <stddef.h>
#define RAND_MAX 0x7fffffff
int rand(void);
int abs(int);

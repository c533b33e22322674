/* Functions that libraries mention; those they use are theirs, or exponential.c's. */
#include_next <math.h>
double pow(double, double);
double exp(double);
float expf(float);
float logf(float);
float powf(float, float);
float tanhf(float);

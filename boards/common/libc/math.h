/* The C that wasm2c writes mentions these, the kernel has no floats. */
#define NAN __builtin_nanf("")
#define isnan(x) __builtin_isnan(x)
#define signbit(x) __builtin_signbit(x)
float fabsf(float);
double fabs(double);
float sqrtf(float);
double sqrt(double);
float ceilf(float);
double ceil(double);
float floorf(float);
double floor(double);
float truncf(float);
double trunc(double);
float nearbyintf(float);
double nearbyint(double);
float copysignf(float, float);
double copysign(double, double);

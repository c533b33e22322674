#define static_assert _Static_assert
#define assert(condition) ((void)0)

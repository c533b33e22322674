/* The device in an interpreter, behind a TCP port of this computer, which tells in the end what it took. CMakeLists.txt
 * tells how to build it.
 *
 *   device-wasm3 [-p port] [-a arena] [-s operand stack] kernel.wasm
 *   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "line.h"
#include "heap.h"
#include "runtime.h"

#define WINDOW 4096u  /* bytes that the host may have under way */
#define EXCEPTION 16u /* the cause to tell where the runtime gives no better one */

static uint32_t arena = 60000, operand_stack = 8192;
static uint16_t port = 7777;
static const char *trap;
static bool is_serving;
static jmp_buf restart;

_Noreturn static void give_up(const char *what, const char *why) {
  fprintf(stderr, "%s: %s: %s\n", runtime_name, what, why);
  exit(EXIT_FAILURE);
}

/* Starting anew would end at the same place. */
_Noreturn static void tell_overflow(const char *name) {
  char what[160];
  snprintf(what, sizeof what, "%s() needs more than the %u bytes of operand stack", name, operand_stack);
  give_up(what, "give it more with -s");
}

/* So would this, before the device has listened. */
_Noreturn static void tell_trap(const char *name) {
  char what[160];
  snprintf(what, sizeof what, "%s() trapped while the device started", name);
  give_up(what, trap);
}

static uint32_t call(const char *name, uint32_t count, ...) {
  uint32_t numbers[3] = {0};
  va_list given;
  va_start(given, count);
  for (uint32_t i = 0; i < count; i++) numbers[i] = va_arg(given, uint32_t);
  va_end(given);
  trap = runtime_call(name, count, numbers);
  if (!trap) return numbers[0];
  if (strstr(trap, "stack overflow")) tell_overflow(name);
  if (!is_serving) tell_trap(name);
  fprintf(stderr, "%s: %s() trapped: %s\n", runtime_name, name, trap);
  longjmp(restart, 1);
}

static uint8_t *read_module(const char *path, uint32_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) return NULL;
  *length = (uint32_t)ftell(file);
  rewind(file);
  uint8_t *module = malloc(*length);
  bool whole = module && fread(module, 1, *length, file) == *length;
  fclose(file);
  return whole ? module : NULL;
}

static bool send_answer(int line) {
  uint32_t at = call("outputBuffer", 0);
  return send_all(line, runtime_memory() + at, call("outputLength", 0));
}

static bool feed(int line, uint32_t length) {
  for (uint32_t from = 0; from < length;) {
    from = call("feed", 3, from, length, 0u);
    if (!send_answer(line)) return false;
  }
  return true;
}

static void start(void) {
  is_serving = false;
  if (call("start", 2, arena, WINDOW) < arena) fprintf(stderr, "%s: the memory does not grow to the arena\n", runtime_name);
}

/* Starts the device, anew after a trap, and serves the host while it is there. */
static void serve(int line) {
  if (setjmp(restart) == 0) {
    start();
  } else {
    start();
    call("reportFault", 2, EXCEPTION, 0u);
    if (!send_answer(line)) return;
  }
  is_serving = true;
  uint32_t input = call("inputBuffer", 0), capacity = call("inputCapacity", 0);
  ssize_t length;
  do length = read(line, runtime_memory() + input, capacity);
  while (length > 0 && feed(line, (uint32_t)length));
}

static void read_flags(int count, char **arguments) {
  for (int flag; (flag = getopt(count, arguments, "p:a:s:")) != -1;) {
    if (flag == 'p') port = (uint16_t)atoi(optarg);
    else if (flag == 'a') arena = (uint32_t)atol(optarg);
    else if (flag == 's') operand_stack = (uint32_t)atol(optarg);
    else exit(EXIT_FAILURE);
  }
}

int main(int count, char **arguments) {
  read_flags(count, arguments);
  uint32_t size = 0;
  uint8_t *module = optind < count ? read_module(arguments[optind], &size) : NULL;
  if (!module) give_up("name a file with the module", "kernel.wasm");
  const char *wrong = runtime_open(module, size, operand_stack);
  if (wrong) give_up("the module does not load", wrong);
  int line = open_line(port);
  if (line < 0) return perror("device"), EXIT_FAILURE;
  serve(line);
  fprintf(stderr, "%s: %zu bytes of heap at most, %u of operand stack among them; %u of memory, %u of module beside; %.2f s\n",
          runtime_name, heap_peak - runtime_memory_on_heap(), operand_stack, runtime_memory_size(), size,
          (double)clock() / CLOCKS_PER_SEC);
}

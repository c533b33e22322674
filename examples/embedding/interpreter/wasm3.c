/* wasm3, tried with 0.9: https://github.com/wasm3/wasm3 */
#include "runtime.h"

#include <wasm3.h>

const char runtime_name[] = "wasm3 " M3_VERSION;

static IM3Runtime runtime;

const char *runtime_open(uint8_t *bytes, uint32_t length, uint32_t stack) {
  IM3Environment environment = m3_NewEnvironment();
  runtime = environment ? m3_NewRuntime(environment, stack, NULL) : NULL;
  if (!runtime) return m3Err_mallocFailed;
  IM3Module module;
  const char *wrong = m3_ParseModule(environment, &module, bytes, length);
  return wrong ? wrong : m3_LoadModule(runtime, module);
}

const char *runtime_call(const char *name, uint32_t count, uint32_t numbers[3]) {
  IM3Function function;
  const char *wrong = m3_FindFunction(&function, runtime, name);
  if (wrong) return wrong;
  const void *given[] = {&numbers[0], &numbers[1], &numbers[2]};
  wrong = m3_Call(function, count, given);
  if (wrong || m3_GetRetCount(function) == 0) return wrong;
  return m3_GetResults(function, 1, given);
}

uint8_t *runtime_memory(void) { return m3_GetMemory(runtime, NULL, 0); }

uint32_t runtime_memory_size(void) { return m3_GetMemorySize(runtime); }

uint32_t runtime_memory_on_heap(void) { return runtime_memory_size(); }

/* WAMR, tried with 2.4: https://github.com/bytecodealliance/wasm-micro-runtime */
#include "runtime.h"

#include <wasm_export.h>

#include "heap.h"

const char runtime_name[] = "WAMR";

static wasm_module_inst_t instance;
static wasm_exec_env_t environment;

const char *runtime_open(uint8_t *bytes, uint32_t length, uint32_t stack) {
  static char wrong[128];
  RuntimeInitArgs settings = {
      .mem_alloc_type = Alloc_With_Allocator,
      .mem_alloc_option.allocator = {counted_malloc, counted_realloc, counted_free},
  };
  if (!wasm_runtime_full_init(&settings)) return "the runtime does not start";
  wasm_module_t module = wasm_runtime_load(bytes, length, wrong, sizeof wrong);
  instance = module ? wasm_runtime_instantiate(module, stack, 0, wrong, sizeof wrong) : NULL;
  if (!instance) return wrong;
  environment = wasm_runtime_create_exec_env(instance, stack);
  return environment ? NULL : "no room for the operand stack";
}

const char *runtime_call(const char *name, uint32_t count, uint32_t numbers[3]) {
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
  if (!function) return "the module does not export it";
  wasm_runtime_clear_exception(instance);
  return wasm_runtime_call_wasm(environment, function, count, numbers) ? NULL : wasm_runtime_get_exception(instance);
}

uint8_t *runtime_memory(void) { return wasm_runtime_addr_app_to_native(instance, 0); }

uint32_t runtime_memory_size(void) {
  wasm_memory_inst_t memory = wasm_runtime_get_default_memory(instance);
  return wasm_memory_get_cur_page_count(memory) * wasm_memory_get_bytes_per_page(memory);
}

/* It is mapped. */
uint32_t runtime_memory_on_heap(void) { return 0; }

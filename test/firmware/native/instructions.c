/* A plugin of QEMU: counts the instructions that each processor executes, in a file (u64 each), as they happen: QEMU is killed
 * and says no farewell. The declarations are those of its plugin API, version 1 (docs/devel/tcg-plugins.rst). */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t id;
struct qemu_info_t;
struct qemu_plugin_tb;
void qemu_plugin_register_vcpu_tb_trans_cb(id, void (*)(id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int registers, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);

#define PROCESSORS 2

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t *counts;

static void executed(unsigned processor, void *instructions) {
  if (processor < PROCESSORS) counts[processor] += (uintptr_t)instructions;
}

static void translated(id plugin, struct qemu_plugin_tb *block) {
  (void)plugin;
  qemu_plugin_register_vcpu_tb_exec_cb(block, executed, 0, (void *)(uintptr_t)qemu_plugin_tb_n_insns(block));
}

/* Its parameter is to=PATH. */
__attribute__((visibility("default"))) int qemu_plugin_install(id plugin, const struct qemu_info_t *info, int argc, char **argv) {
  (void)info;
  if (argc != 1 || strncmp(argv[0], "to=", 3)) return -1;
  const int file = open(argv[0] + 3, O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, PROCESSORS * sizeof *counts)) return -1;
  counts = mmap(0, PROCESSORS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (counts == MAP_FAILED) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(plugin, translated);
  return 0;
}

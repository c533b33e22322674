/* The device as a program for Linux, which serves the link on standard streams, a TCP port or a terminal. `eqprop build
 * linux-arm64` makes it, for the other processors likewise; so does any compiler, in a folder where eqprop is installed:
 *
 *   npx --package wabt@1.0.39 wasm2c -n eqprop node_modules/eqprop/dist/kernel.wasm -o kernel.c
 *   cc -O2 -I. -I node_modules/eqprop/boards/common node_modules/eqprop/boards/linux/[a-z]*.c kernel.c -lm -o eqprop-device
 *   ./eqprop-device --tcp 7777
 *   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777
 *
 * -DCHECKED compares each access with the size of the memory. docs/embedding.md tells what each call takes and gives. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "line.h"
#include "processor.h"
#include "vectors.h"

#define DEFAULT_ARENA (64u << 20)
#define DEFAULT_BAUD 115200u

static const char usage[] =
    "usage: eqprop-device [--stdio | --tcp [address:]port | --tty path [--baud rate]] [--arena bytes] [--vectors name]\n"
    "\n"
    "A device that eqprop trains, on standard streams, at a TCP port (of 127.0.0.1, where no address is given; 0: any free\n"
    "one) or at a terminal, such as /dev/ttyGS0. Whoever reaches it may train it: it asks for no password.\n"
    "--arena: bytes of memory for the network (64 MiB). --baud: speed of the terminal (115200).\n"
    "--vectors, else EQPROP_VECTORS: which forms of its hottest loops the kernel runs by, for whoever doubts the widest that the\n"
    "processor has: kernel (its own), avx2, avx512, neon. All come to the same bits.\n";

static uint32_t number_of(const char *flag, const char *text, uint32_t most) {
  char *end, what[160];
  unsigned long long number = strtoull(text, &end, 10);
  if (*text >= '0' && *text <= '9' && *end == '\0' && number >= 1 && number <= most) return (uint32_t)number;
  snprintf(what, sizeof what, "--%s %.40s", flag, text);
  char why[80];
  snprintf(why, sizeof why, "a whole number from 1 to %u is needed", most);
  give_up(what, why);
}

struct choice {
  const char *tcp, *tty, *vectors;
  uint32_t arena, baud;
};

static struct choice read_flags(int count, char **words) {
  static const struct option flags[] = {
      {"stdio", no_argument, NULL, 's'},       {"tcp", required_argument, NULL, 'p'}, {"tty", required_argument, NULL, 't'},
      {"baud", required_argument, NULL, 'b'},  {"arena", required_argument, NULL, 'a'}, {"help", no_argument, NULL, 'h'},
      {"vectors", required_argument, NULL, 'v'},
      {NULL, 0, NULL, 0},
  };
  struct choice choice = {.arena = DEFAULT_ARENA};
  int lines = 0;
  for (int flag; (flag = getopt_long(count, words, "", flags, NULL)) != -1;) {
    if (flag == 's' || flag == 'p' || flag == 't') lines++;
    if (flag == 'p') choice.tcp = optarg;
    else if (flag == 't') choice.tty = optarg;
    else if (flag == 'b') choice.baud = number_of("baud", optarg, UINT32_MAX);
    else if (flag == 'a') choice.arena = number_of("arena", optarg, LARGEST_ARENA);
    else if (flag == 'v') choice.vectors = optarg;
    else if (flag == 'h') fputs(usage, stdout), exit(EXIT_SUCCESS);
    else if (flag != 's') fputs(usage, stderr), exit(EXIT_FAILURE);
  }
  if (optind < count) give_up(words[optind], "a word too many (--help tells more)");
  if (lines > 1) give_up("it serves one line", "give one of --stdio, --tcp and --tty");
  if (choice.baud && !choice.tty) give_up("--baud is the speed of a terminal", "give --tty too, or leave it out");
  return choice;
}

static void choose_vectors(const char *flag) {
  const char *variable = getenv("EQPROP_VECTORS");
  const char *name = flag ? flag : variable && *variable ? variable : NULL;
  char known[64], what[160], why[160];
  if (vectors_choose(name, known, sizeof known)) return;
  snprintf(what, sizeof what, "%s %.40s: this program has none of this name for this processor", flag ? "--vectors" : "EQPROP_VECTORS",
           name);
  snprintf(why, sizeof why, "give one of %s", known);
  give_up(what, why);
}

static void open_line(struct choice choice) {
  if (choice.tcp) line_open_tcp(choice.tcp);
  else if (choice.tty) line_open_terminal(choice.tty, choice.baud ? choice.baud : DEFAULT_BAUD);
  else line_open_streams();
}

static void end(int number) {
  (void)number;
  _exit(EXIT_SUCCESS);
}

int main(int count, char **words) {
  struct choice choice = read_flags(count, words);
  const char *lacking = processor_lacks();
  if (lacking) give_up("this program was built for processors that have what this one lacks", lacking);
  choose_vectors(choice.vectors);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, end);
  signal(SIGINT, end);
  if (!device_open(choice.arena, choice.tty ? TERMINAL_WINDOW : STREAM_WINDOW))
    give_up("there is not so much memory to be had", "give a smaller --arena");
  open_line(choice);
  static uint8_t bytes[STREAM_WINDOW];
  for (;;) device_take(bytes, line_read(bytes, sizeof bytes));
}

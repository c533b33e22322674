#define _GNU_SOURCE
#include "line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Milliseconds that a host's farewell may be under way when the next one calls. */
#define LEAVING 500
/* Seconds of silence after which a TCP host is asked whether it is there, between two questions, and how many. */
#define KEEP_IDLE 30
#define KEEP_INTERVAL 10
#define KEEP_COUNT 3

#define NONE (-1)

static int input = NONE, output = NONE, server = NONE;
static const char *terminal;
static uint32_t terminal_baud;

_Noreturn void give_up(const char *what, const char *why) {
  fprintf(stderr, "eqprop-device: %s%s%s\n", what, *why ? ": " : "", why);
  exit(EXIT_FAILURE);
}

void line_open_streams(void) {
  if (isatty(STDIN_FILENO))
    give_up("standard input is a terminal, on which nobody speaks the link", "start it from a program, or give --tcp or --tty");
  input = STDIN_FILENO;
  output = STDOUT_FILENO;
}

/* "port", "address:port" or "[address]:port", cut in two; the address is NULL where there is none. */
static char *cut_address(char *where, char **port) {
  char *colon = strrchr(where, ':');
  if (!colon) return *port = where, NULL;
  *colon = '\0';
  *port = colon + 1;
  size_t length = strlen(where);
  if (where[0] != '[' || where[length - 1] != ']') return where;
  where[length - 1] = '\0';
  return where + 1;
}

static struct addrinfo *find_address(const char *where) {
  char *copy = strdup(where), *port;
  char *address = cut_address(copy, &port);
  const struct addrinfo wanted = {
      .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
  struct addrinfo *found;
  char *end;
  unsigned long number = strtoul(port, &end, 10);
  if (*port < '0' || *port > '9' || *end != '\0' || number > 65535 ||
      getaddrinfo(address ? address : "127.0.0.1", port, &wanted, &found) != 0)
    give_up(where, "no port (0 … 65535) and no address:port; IPv6 in brackets");
  free(copy);
  return found;
}

static void say_address(void) {
  struct sockaddr_storage here;
  socklen_t size = sizeof here;
  char host[INET6_ADDRSTRLEN], port[6];
  getsockname(server, (struct sockaddr *)&here, &size);
  getnameinfo((struct sockaddr *)&here, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  printf(strchr(host, ':') ? "tcp://[%s]:%s\n" : "tcp://%s:%s\n", host, port);
  fflush(stdout);
}

void line_open_tcp(const char *where) {
  struct addrinfo *at = find_address(where);
  server = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (server < 0 || bind(server, at->ai_addr, at->ai_addrlen) || listen(server, 4)) give_up(where, strerror(errno));
  freeaddrinfo(at);
  say_address();
}

static void accept_host(void) {
  do input = output = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  while (input < 0 && (errno == EINTR || errno == ECONNABORTED || errno == EPROTO));
  if (input < 0) give_up("no host can be let in", strerror(errno));
  /* Small answers do not wait; a host whose power went makes room. */
  setsockopt(input, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  setsockopt(input, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
  setsockopt(input, IPPROTO_TCP, TCP_KEEPIDLE, &(int){KEEP_IDLE}, sizeof(int));
  setsockopt(input, IPPROTO_TCP, TCP_KEEPINTVL, &(int){KEEP_INTERVAL}, sizeof(int));
  setsockopt(input, IPPROTO_TCP, TCP_KEEPCNT, &(int){KEEP_COUNT}, sizeof(int));
}

/* Waits until the host there is has spoken or left; others are refused meanwhile. */
static void wait_refusing_others(void) {
  for (;;) {
    struct pollfd both[] = {{.fd = input, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    poll(both, 2, -1);
    if (both[0].revents || !both[1].revents) return;
    if (poll(both, 1, LEAVING) != 0) return;
    int other = accept(server, NULL, NULL);
    if (other >= 0) close(other);
  }
}

static const struct {
  uint32_t baud;
  speed_t speed;
} speeds[] = {
    {1200, B1200},     {2400, B2400},     {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
    {57600, B57600},   {115200, B115200}, {230400, B230400},   {460800, B460800},   {500000, B500000},   {576000, B576000},
    {921600, B921600}, {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000},
    {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
};

static speed_t speed_of(uint32_t baud) {
  for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
    if (speeds[i].baud == baud) return speeds[i].speed;
  give_up("this system has no such speed", "choose a usual --baud, such as 115200");
}

static void open_terminal(void) {
  struct termios settings;
  input = output = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (input < 0) give_up(terminal, strerror(errno));
  if (tcgetattr(input, &settings)) give_up(terminal, errno == ENOTTY ? "no terminal" : strerror(errno));
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  cfsetspeed(&settings, speed_of(terminal_baud));
  if (tcsetattr(input, TCSANOW, &settings)) give_up(terminal, strerror(errno));
}

void line_open_terminal(const char *path, uint32_t baud) {
  terminal = path;
  terminal_baud = baud;
  open_terminal();
}

/* Makes room for the next host. */
static void part(void) {
  if (!terminal && server == NONE) exit(EXIT_SUCCESS);
  close(input);
  input = output = NONE;
  if (!terminal) return;
  /* A terminal that hangs up each time it is opened must not keep a processor busy. */
  sleep(1);
  open_terminal();
}

size_t line_read(uint8_t *to, size_t capacity) {
  for (;;) {
    if (server != NONE) {
      if (input == NONE) accept_host();
      wait_refusing_others();
    }
    ssize_t length = read(input, to, capacity);
    if (length > 0) return (size_t)length;
    if (length == 0 || errno != EINTR) part();
  }
}

bool line_has_more(void) {
  struct pollfd line = {.fd = input, .events = POLLIN};
  return poll(&line, 1, 0) > 0 && (line.revents & POLLIN);
}

void line_write(const uint8_t *from, size_t length) {
  for (const uint8_t *end = from + length; from < end;) {
    ssize_t written = write(output, from, (size_t)(end - from));
    if (written > 0) from += written;
    else if (errno != EINTR) return; /* reading tells that the host is gone */
  }
}

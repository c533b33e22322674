/* A line to the host: a TCP port of this computer. For a serial port, open() it in the place of all that is here. */
#ifndef LINE_H
#define LINE_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Waits for a host, at any free port for 0. Returns −1 where there is no such port to be had. */
static int open_line(uint16_t port) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int server = socket(AF_INET, SOCK_STREAM, 0);
  signal(SIGPIPE, SIG_IGN);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(server, (struct sockaddr *)&here, sizeof here) || listen(server, 1)) return -1;
  getsockname(server, (struct sockaddr *)&here, &(socklen_t){sizeof here});
  printf("tcp://127.0.0.1:%u\n", ntohs(here.sin_port));
  fflush(stdout);
  return accept(server, NULL, NULL);
}

/* Returns whether the host is still there. */
static bool send_all(int line, const uint8_t *from, size_t length) {
  for (const uint8_t *end = from + length; from < end;) {
    ssize_t sent = write(line, from, end - from);
    if (sent < 0) return false;
    from += sent;
  }
  return true;
}

#endif

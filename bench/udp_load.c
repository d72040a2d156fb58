/* Datagrams for versus_nginx_udp.py: a member that sends everything back, and clients that ask.
 *
 *   udp_load echo ADDRESS PORT
 *   udp_load load ADDRESS PORT CLIENTS WINDOW BYTES SECONDS SEGMENTS
 *
 * Each client has a socket of its own and keeps WINDOW datagrams of BYTES under way; what is not
 * answered within LATE seconds is lost. With SEGMENTS above 1, so many leave in one call, for the
 * kernel to cut (UDP_SEGMENT), as programs that speak QUIC do, and the kernel may join what comes in
 * (UDP_GRO). The last line tells how many were answered and how many were lost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 16, ROOM = 65536, MOST_CLIENTS = 4096, BUFFER = 4 << 20 };
static const double LATE = 1;

struct client {
  int fd;
  long under_way;
  double heard;
};

static char memory[BATCH][ROOM];
static char control[BATCH][CMSG_SPACE(sizeof(int))];
static struct sockaddr_in names[BATCH];
static struct iovec pieces[BATCH];
static struct mmsghdr messages[BATCH];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), bytes = BUFFER, on = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  return fd;
}

static int receive(int fd) {
  for (int i = 0; i < BATCH; i++) {
    pieces[i] = (struct iovec){memory[i], ROOM};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &pieces[i], .msg_iovlen = 1,
        .msg_control = control[i], .msg_controllen = sizeof control[i]};
  }
  return recvmmsg(fd, messages, BATCH, 0, NULL);
}

/* How long the pieces are that the kernel joined, or 0 if it did not. */
static int joined(struct msghdr *message) {
  struct cmsghdr *c = CMSG_FIRSTHDR(message);
  return c && c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO ? *(int *)CMSG_DATA(c) : 0;
}

static void cut(struct msghdr *message, char *at, int size) {
  message->msg_control = size ? at : NULL;
  message->msg_controllen = size ? CMSG_SPACE(sizeof(unsigned short)) : 0;
  if (size) {
    struct cmsghdr *c = CMSG_FIRSTHDR(message);
    *c = (struct cmsghdr){
        .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(unsigned short))};
    *(unsigned short *)CMSG_DATA(c) = size;
  }
}

static void echo(struct sockaddr_in at) {
  int fd = open_socket();
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) fail("bind");
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    epoll_wait(poll, &event, 1, -1);
    int count = receive(fd);
    for (int i = 0; i < count; i++) {
      pieces[i].iov_len = messages[i].msg_len;
      cut(&messages[i].msg_hdr, control[i], joined(&messages[i].msg_hdr));
    }
    for (int sent = 0; sent < count;) {
      int more = sendmmsg(fd, messages + sent, count - sent, 0);
      sent += more > 0 ? more : 1;
    }
  }
}

static void ask(struct client *c, long window, int bytes, int segments) {
  while (c->under_way + segments <= window) {
    struct iovec piece = {memory[0], (size_t)bytes * segments};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    cut(&message, control[0], segments > 1 ? bytes : 0);
    if (sendmsg(c->fd, &message, 0) < 0 && errno != EAGAIN && errno != ECONNREFUSED) fail("sendmsg");
    c->under_way += segments;
  }
}

static void load(struct sockaddr_in to, int count, long window, int bytes, double seconds, int segments) {
  static struct client clients[MOST_CLIENTS];
  static struct epoll_event events[MOST_CLIENTS];
  if (count > MOST_CLIENTS) exit(2);
  int poll = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    clients[i].fd = open_socket();
    if (connect(clients[i].fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event);
  }
  long answered = 0, lost = 0;
  double begun = now(), swept = begun;
  for (double at = begun; at < begun + seconds; at = now()) {
    if (at == begun || at - swept > LATE) {
      for (int i = 0; i < count; i++) {
        if (at - clients[i].heard > LATE) {
          lost += clients[i].under_way;
          clients[i].under_way = 0;
          clients[i].heard = at;
          ask(&clients[i], window, bytes, segments);
        }
      }
      swept = at;
    }
    int ready = epoll_wait(poll, events, MOST_CLIENTS, 10);
    for (int i = 0; i < ready; i++) {
      struct client *c = events[i].data.ptr;
      int received = receive(c->fd);
      for (int k = 0; k < received; k++) {
        int size = joined(&messages[k].msg_hdr), length = messages[k].msg_len;
        int datagrams = size ? (length + size - 1) / size : 1;
        answered += datagrams;
        c->under_way = c->under_way > datagrams ? c->under_way - datagrams : 0;
      }
      c->heard = at;
      ask(c, window, bytes, segments);
    }
  }
  printf("%ld answered, %ld lost\n", answered, lost);
}

int main(int argc, char **argv) {
  if (argc != 4 && argc != 9) return 2;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
  if (inet_pton(AF_INET, argv[2], &at.sin_addr) != 1) return 2;
  if (argc == 4) {
    echo(at);
  } else {
    load(at, atoi(argv[4]), atol(argv[5]), atoi(argv[6]), atof(argv[7]), atoi(argv[8]));
  }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hammer - asks for one URL over many connections, as cheaply as it can, and counts: hammer PORT PATH
 * CONNECTIONS SECONDS [close]
 *
 * Every response must be a 200 of one and the same length; anything else is an error and ends the run with
 * exit code 1. With "close" each request has a connection of its own. Prints: requests per second, responses,
 * errors.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS   512
#define BUFFER   (256 * 1024)
#define HEAD_MAX 4096

typedef struct {
    int fd;
    size_t got; /* bytes of the response that is coming */
} Client;

static struct {
    struct sockaddr_in server;
    char request[HEAD_MAX];
    size_t request_size;
    size_t response_size;
    bool close_each;
    int epoll;
    unsigned long done;
    unsigned long errors;
} run;

static char buffer[BUFFER];

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "hammer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void ask(const Client *client)
{
    if (send(client->fd, run.request, run.request_size, MSG_NOSIGNAL) != (ssize_t)run.request_size)
        run.errors++;
}

static void open_client(Client *client)
{
    const int on = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    client->got = 0;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (client->fd < 0 || connect(client->fd, (const struct sockaddr *)&run.server, sizeof run.server))
        fail("cannot connect");
    if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, client->fd, &event))
        fail("epoll");
    ask(client);
}

/* A RST instead of a FIN: no port stays behind in TIME-WAIT on either side. */
static void close_client(Client *client)
{
    const struct linger none = {1, 0};

    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(client->fd);
}

/* The length of the first response, head included, read to its end. */
static void learn(void)
{
    Client client;
    size_t got = 0;
    char *end;

    open_client(&client);
    do {
        ssize_t n = recv(client.fd, buffer + got, HEAD_MAX - got, 0);
        if (n <= 0)
            fail("no response");
        got += (size_t)n;
        buffer[got] = '\0';
        end = strstr(buffer, "\r\n\r\n");
    } while (!end && got < HEAD_MAX);
    const char *length = end ? strcasestr(buffer, "\r\nContent-Length:") : NULL;
    if (!length || strncmp(buffer + 8, " 200 ", 5) != 0) {
        fprintf(stderr, "hammer: not a 200 with a Content-Length: %.100s\n", buffer);
        exit(1);
    }
    run.response_size = (size_t)(end + 4 - buffer) + strtoul(length + 17, NULL, 10);
    close_client(&client);
}

static void finished(Client *client)
{
    run.done++;
    client->got = 0;
    if (!run.close_each) {
        ask(client);
        return;
    }
    close_client(client);
    open_client(client);
}

/* MSG_TRUNC throws the bytes away unread: the client should cost as little as it can. The first response was
 * looked at; one that differs has another length. */
static void readable(Client *client)
{
    ssize_t n = recv(client->fd, buffer, BUFFER, MSG_DONTWAIT | MSG_TRUNC);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || client->got + (size_t)n > run.response_size) {
        run.errors++;
        close_client(client);
        open_client(client);
        return;
    }
    client->got += (size_t)n;
    if (client->got == run.response_size)
        finished(client);
}

static void hammer(double seconds)
{
    struct epoll_event events[EVENTS];
    double end = now() + seconds;

    while (now() < end) {
        int count = epoll_wait(run.epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++)
            readable(events[i].data.ptr);
    }
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: hammer PORT PATH CONNECTIONS SECONDS [close]\n");
        return 2;
    }
    int connections = atoi(argv[3]);
    double seconds = atof(argv[4]);
    run.close_each = argc > 5;
    run.server.sin_family = AF_INET;
    run.server.sin_port = htons((unsigned short)atoi(argv[1]));
    run.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    run.epoll = epoll_create1(0);
    run.request_size =
        (size_t)snprintf(run.request, sizeof run.request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                         argv[2], run.close_each ? "Connection: close\r\n" : "");
    learn();
    Client *clients = calloc((size_t)connections, sizeof *clients);
    for (int i = 0; clients && i < connections; i++)
        open_client(&clients[i]);
    hammer(0.3); /* warm */
    unsigned long before = run.done;
    double start = now();
    hammer(seconds);
    unsigned long counted = run.done - before;
    printf("%.0f %lu %lu %lu\n", (double)counted / (now() - start), counted, run.errors, run.done);
    free(clients);
    return run.errors != 0;
}

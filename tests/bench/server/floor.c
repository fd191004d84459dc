/* SPDX-License-Identifier: GPL-2.0-or-later */
/* floor - the least that this kernel lets a server do for a request: floor PORT ROOT
 *
 * One epoll loop, one recv() and one send() for each request, and nothing else: the files of ROOT, each with
 * a header as long as labserver's, are put together once; no header is looked at, no time is kept, nothing is
 * checked. No server, only the measure of what is left to gain. Runs until it is killed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENTS    256
#define BACKLOG   4096
#define HEAD_MAX  512
#define FILES_MAX 64

typedef struct {
    char start[300]; /* of the request: "GET /name " */
    char *bytes;     /* of the response */
    size_t size;
} File;

typedef struct {
    int fd;
    const char *rest; /* of the response */
    size_t left;
} Client;

static File files[FILES_MAX];
static size_t file_count;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void add_file(const char *name, const char *path, size_t size)
{
    File *file = &files[file_count++];
    int fd = open(path, O_RDONLY);

    snprintf(file->start, sizeof file->start, "GET /%s ", name);
    file->bytes = malloc(size + HEAD_MAX);
    if (fd < 0 || !file->bytes)
        fail(path);
    int head = snprintf(file->bytes, HEAD_MAX,
                        "HTTP/1.1 200 OK\r\nDate: Thu, 20 Nov 2025 04:00:00 GMT\r\nConnection: Keep-Alive\r\n"
                        "Server: labserver/1.0.0\r\nContent-Type: text/html; charset=utf-8\r\n"
                        "Last-Modified: Thu, 20 Nov 2025 04:00:00 GMT\r\nETag: \"0123456789abcdef\"\r\n"
                        "Accept-Ranges: bytes\r\nCache-Control: no-cache\r\nContent-Language: en\r\n"
                        "Vary: Accept-Encoding\r\nKeep-Alive: timeout=60\r\nContent-Length: %zu\r\n\r\n",
                        size);
    if (read(fd, file->bytes + head, size) != (ssize_t)size)
        fail(path);
    file->size = (size_t)head + size;
    close(fd);
}

static void load(const char *root)
{
    char path[4096];
    struct stat status;
    DIR *folder = opendir(root);

    if (!folder)
        fail(root);
    for (struct dirent *entry; (entry = readdir(folder)) && file_count < FILES_MAX - 1;) {
        snprintf(path, sizeof path, "%s/%s", root, entry->d_name);
        if (stat(path, &status) || !S_ISREG(status.st_mode))
            continue;
        add_file(entry->d_name, path, (size_t)status.st_size);
        if (!strcmp(entry->d_name, "index.html"))
            add_file("", path, (size_t)status.st_size);
    }
    closedir(folder);
}

static int listen_on(unsigned port)
{
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, BACKLOG))
        fail("listen");
    return fd;
}

static void take_clients(int listener, int epoll)
{
    const int on = 1;

    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        Client *client = calloc(1, sizeof *client);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = client};
        if (!client)
            fail("calloc");
        client->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
            fail("epoll_ctl");
    }
}

static void send_rest(Client *client)
{
    ssize_t sent = send(client->fd, client->rest, client->left, MSG_NOSIGNAL);

    if (sent > 0) {
        client->rest += sent;
        client->left -= (size_t)sent;
    }
}

/* 0: the client is gone. */
static int take_request(Client *client)
{
    char request[8192];
    ssize_t size = recv(client->fd, request, sizeof request, 0);

    for (size_t i = 0; size > 0 && i < file_count; i++) {
        if (strncmp(request, files[i].start, strlen(files[i].start)) != 0)
            continue;
        client->rest = files[i].bytes;
        client->left = files[i].size;
        send_rest(client);
        return 1;
    }
    return 0;
}

static void serve(Client *client, unsigned events)
{
    if (client->left && events & EPOLLOUT)
        send_rest(client);
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ||
        (!client->left && events & EPOLLIN && !take_request(client))) {
        close(client->fd);
        free(client);
    }
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS], accepts = {.events = EPOLLIN};

    if (argc < 3) {
        fprintf(stderr, "usage: floor PORT ROOT\n");
        return 2;
    }
    load(argv[2]);
    int listener = listen_on((unsigned)atoi(argv[1]));
    int epoll = epoll_create1(0);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &accepts))
        fail("epoll_ctl");
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                serve(events[i].data.ptr, events[i].events);
            else
                take_clients(listener, epoll);
        }
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 12, TYPE_A = 1, CLASS_IN = 1, NAME_ERROR = 3, NOT_IMPLEMENTED = 4, SECONDS = 60 };

struct lab_names {
    int fd;
    unsigned watch;
    char *name, *address;
};

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* The question's name in dotted form, NULL if it is damaged. *after becomes the offset of its type.
 * Compression (RFC 1035 4.1.4) has no place in a question. */
static char *question_name(const uint8_t *query, size_t length, size_t *after)
{
    GString *name = g_string_new(NULL);
    size_t at = HEADER;
    while (at < length && query[at] != 0 && query[at] < 64 && at + 1 + query[at] < length) {
        if (name->len)
            g_string_append_c(name, '.');
        g_string_append_len(name, (const char *)query + at + 1, query[at]);
        at += 1u + query[at];
    }
    *after = at + 1;
    return g_string_free(name, at >= length || query[at] != 0 || at + 5 > length);
}

/* Names are compared without regard to case (RFC 1035 2.3.3). */
static bool is_below(const char *asked, const char *name)
{
    size_t more = strlen(asked), own = strlen(name);
    if (more < own || g_ascii_strcasecmp(asked + more - own, name) != 0)
        return false;
    return more == own || asked[more - own - 1] == '.';
}

static void put_record(uint8_t *at, const char *address)
{
    static const uint8_t head[] = {0xC0, HEADER, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, SECONDS, 0, 4};
    memcpy(at, head, sizeof head);
    inet_pton(AF_INET, address, at + sizeof head);
}

size_t names_answer(const char *name, const char *address, const uint8_t *query, size_t length,
                    uint8_t *answer)
{
    enum { RECORD = 16, QR = 0x80, AA = 0x04, RD = 0x01, OPCODE = 0x78 };
    size_t after;
    if (length < HEADER || (query[2] & QR) || get16(query + 4) != 1)
        return 0;
    char *asked = question_name(query, length, &after);
    if (!asked || after + 4 + RECORD > LAB_DNS_ROOM) {
        g_free(asked);
        return 0;
    }
    bool known = is_below(asked, name), other = query[2] & OPCODE;
    bool record = known && !other && get16(query + after) == TYPE_A && get16(query + after + 2) == CLASS_IN;
    g_free(asked);
    size_t end = after + 4;
    memcpy(answer, query, end);
    answer[2] = (uint8_t)(QR | AA | (query[2] & (OPCODE | RD)));
    answer[3] = other ? NOT_IMPLEMENTED : known ? 0 : NAME_ERROR;
    memset(answer + 6, 0, HEADER - 6);
    answer[7] = record;
    if (record)
        put_record(answer + end, address);
    return end + (record ? RECORD : 0);
}

static gboolean on_query(int fd, GIOCondition condition, void *data)
{
    lab_names_t *n = data;
    uint8_t query[LAB_DNS_ROOM], answer[LAB_DNS_ROOM];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    (void)condition;
    ssize_t got = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from, &size);
    size_t length = got > 0 ? names_answer(n->name, n->address, query, (size_t)got, answer) : 0;
    if (length && sendto(fd, answer, length, 0, (struct sockaddr *)&from, size) < 0)
        return G_SOURCE_CONTINUE; /* lost, as UDP may be; the client asks again */
    return G_SOURCE_CONTINUE;
}

lab_names_t *names_start(int fd, const char *name, const char *address)
{
    lab_names_t *n = g_new0(lab_names_t, 1);
    n->fd = fd;
    n->name = g_strdup(name);
    n->address = g_strdup(address);
    n->watch = g_unix_fd_add(fd, G_IO_IN, on_query, n);
    return n;
}

void names_stop(lab_names_t *n)
{
    if (!n)
        return;
    g_source_remove(n->watch);
    close(n->fd);
    g_free(n->name);
    g_free(n->address);
    g_free(n);
}

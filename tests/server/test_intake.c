/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_intake.c - headers as the library reads them. */
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "intake.h"
#include "units.h"

typedef struct {
    const char *name;
    const char *sent;
    size_t size;
    const char *read; /* without zero bytes */
} row_t;

#define BYTES(string) string, sizeof string - 1

static const row_t rows[] = {
    {"blanks behind a value are gone", BYTES("GET / HTTP/1.1\r\nHost: a \t \r\n\r\n"),
     "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"blanks inside a value stay as one", BYTES("GET / HTTP/1.1\r\nX: a b\r\n\r\n"),
     "GET / HTTP/1.1\r\nX: a b\r\n\r\n"},
    {"an empty value stays empty", BYTES("GET / HTTP/1.1\r\nX:  \r\n\r\n"), "GET / HTTP/1.1\r\nX:\r\n\r\n"},
    {"a zero byte becomes a fault", BYTES("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n"),
     "GET / HTTP/1.1\r\nX: a\1b\r\n\r\n"},
    {"the request line is as it was", BYTES("GET /  HTTP/1.1 \r\n\r\n"), "GET /  HTTP/1.1 \r\n\r\n"},
    {"a line of blanks does not end the header", BYTES("GET / HTTP/1.1\r\nX: a\r\n \r\nY: b\r\n\r\n"),
     "GET / HTTP/1.1\r\nX: a\r\n \r\nY: b\r\n\r\n"},
    {"a body is as it was", BYTES("POST / HTTP/1.1\r\nX: a \r\n\r\nb \r\nc \r\n"),
     "POST / HTTP/1.1\r\nX: a\r\n\r\nb \r\nc \r\n"},
    {"lines may end with LF alone", BYTES("GET / HTTP/1.1\nX: a \n\nb \n"), "GET / HTTP/1.1\nX: a\n\nb \n"},
    {"an empty line may come first", BYTES("\r\nGET / HTTP/1.1\r\nX: a \r\n\r\nb \n"),
     "\r\nGET / HTTP/1.1\r\nX: a\r\n\r\nb \n"},
};

/* Reads from a socket pair, `first` bytes and then the rest, `room` bytes at a time. */
static void check(const row_t *row, size_t first, size_t room)
{
    int pair[2];
    char piece[256];
    g_autoptr(GString) got = g_string_new(NULL);

    g_assert_false(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    intake_expect(pair[0]);
    for (int part = 0; part < 2; part++) {
        const char *data = part ? row->sent + first : row->sent;
        size_t size = part ? row->size - first : first;
        g_assert_cmpint(write(pair[1], data, size), ==, (ssize_t)size);
        for (ssize_t n = (ssize_t)room; n == (ssize_t)room;) {
            n = recv(pair[0], piece, room, 0);
            g_assert_cmpint(n, !=, 0);
            if (n > 0)
                g_string_append_len(got, piece, n);
        }
        /* What the library takes for "nothing more is there" must be true. */
        g_assert_cmpint(recvfrom(pair[0], piece, 1, MSG_PEEK, NULL, NULL), <, 0);
    }
    g_assert_cmpstr(got->str, ==, row->read);
    intake_leave(pair[0]);
    close(pair[0]);
    close(pair[1]);
}

static void test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        for (size_t first = 0; first <= rows[i].size; first++) {
            for (size_t room = 1; room <= 40; room++)
                check(&rows[i], first, room);
        }
    }
}

static void test_afterwards(void)
{
    int pair[2];
    char got[16];

    g_assert_false(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    g_assert_cmpint(write(pair[1], "a \0\n", 4), ==, 4);
    g_assert_cmpint(recv(pair[0], got, sizeof got, 0), ==, 4);
    g_assert_cmpmem(got, 4, "a \0\n", 4);
    close(pair[0]);
    close(pair[1]);
}

void add_intake_tests(void)
{
    g_test_add_func("/intake/headers are put right wherever the reads are cut", test_rows);
    g_test_add_func("/intake/other bytes are left alone", test_afterwards);
}

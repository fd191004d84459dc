/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intake.c - see intake.h. */
#include "intake.h"

#include <dlfcn.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/* A control character that field values and targets must not have: the request is refused for it. */
#define FAULT '\1'

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* An empty line before the request line is no end (RFC 9112, 2.2). */
static void end_line(intake_t *intake)
{
    if (intake->any)
        intake->fields = true;
    else if (intake->fields)
        intake->header = false;
    intake->any = intake->text = intake->blank = false;
}

/* Passes on one byte of the header. The blanks of the request line, and of a line that has nothing else,
 * stay: without them the line would mean something else. Returns the new end. */
static size_t pass_byte(intake_t *intake, char c, char *out, size_t end)
{
    if (is_blank(c) && intake->fields && intake->text) {
        intake->blank = true;
        return end;
    }
    if (intake->blank && c != '\r' && c != '\n')
        out[end++] = ' ';
    intake->blank = false;
    out[end++] = c ? c : FAULT;
    intake->any = intake->any || (c != '\r' && c != '\n');
    intake->text = intake->text || !(is_blank(c) || c == '\r' || c == '\n');
    if (c == '\n')
        end_line(intake);
    return end;
}

size_t intake_pass(intake_t *intake, char *data, size_t size)
{
    size_t end = 0;
    size_t i = 0;

    if (!intake->header)
        return size;
    /* One byte may come before those that were read. */
    memmove(data + 1, data, size);
    while (i < size && intake->header) {
        char c = data[1 + i++];
        end = pass_byte(intake, c, data, end);
    }
    memmove(data + end, data + 1 + i, size - i);
    return end + size - i;
}

/* More than the descriptors that the server uses. */
#define DESCRIPTORS 65536

static intake_t intakes[DESCRIPTORS];
static bool secure_ones[DESCRIPTORS];

void intake_secure(int fd, bool secure)
{
    if (fd < DESCRIPTORS)
        secure_ones[fd] = secure;
}

void intake_expect(int fd)
{
    if (fd < DESCRIPTORS)
        intakes[fd] = (intake_t){.header = true};
}

void intake_leave(int fd)
{
    if (fd < DESCRIPTORS)
        intakes[fd] = (intake_t){.header = false};
}

/* Reads into the last byte of a buffer, where a blank that is held back and the byte behind it do not fit
 * together: the blank is passed on alone then. Returns the bytes that were read, as recv() does; `*passed` of
 * them are in the buffer. */
static ssize_t read_last(intake_t *intake, int fd, char *out, int flags, size_t *passed)
{
    char pair[2];
    ssize_t n = recvfrom(fd, pair, 1, flags | MSG_PEEK, NULL, NULL);

    *passed = 1;
    if (n <= 0)
        return n;
    if (intake->blank && !is_blank(*pair) && *pair != '\r' && *pair != '\n') {
        intake->blank = false;
        *out = ' ';
        return 1;
    }
    n = recvfrom(fd, pair, 1, flags, NULL, NULL);
    if (n > 0)
        *passed = intake_pass(intake, pair, 1);
    *out = *pair;
    return n;
}

static ssize_t read_more(intake_t *intake, int fd, char *out, size_t room, int flags, size_t *passed)
{
    ssize_t n = recvfrom(fd, out, room - 1, flags, NULL, NULL);

    if (n > 0)
        *passed = intake_pass(intake, out, (size_t)n);
    return n;
}

/* Not 0 because nothing is left of what came: that would be the end. Not less than `size` while more waits:
 * the library takes that as a sign that nothing does. */
static ssize_t read_header(intake_t *intake, int fd, char *buffer, size_t size, int flags)
{
    size_t end = 0;

    while (end < size) {
        size_t room = size - end;
        size_t passed = 0;
        ssize_t n = room > 1 ? read_more(intake, fd, buffer + end, room, flags, &passed)
                             : read_last(intake, fd, buffer + end, flags, &passed);
        if (n <= 0)
            return end ? (ssize_t)end : n;
        end += passed;
        if (end && room > 1 && (size_t)n < room - 1)
            break;
    }
    return (ssize_t)end;
}

/* The library's recv(). */
ssize_t intake_recv(int fd, void *buffer, size_t size, int flags) __asm__("recv")
    __attribute__((visibility("default")));

ssize_t intake_recv(int fd, void *buffer, size_t size, int flags)
{
    if (fd < 0 || fd >= DESCRIPTORS || !intakes[fd].header || secure_ones[fd] || !size)
        return recvfrom(fd, buffer, size, flags, NULL, NULL);
    return read_header(&intakes[fd], fd, buffer, size, flags);
}

typedef ssize_t record_recv_t(gnutls_session_t session, void *buffer, size_t size);

/* GnuTLS's own. */
static record_recv_t *record_recv(void)
{
    static record_recv_t *volatile known;

    if (!known)
        known = (record_recv_t *)dlsym(RTLD_NEXT, "gnutls_record_recv");
    return known;
}

/* As read_header(). Only the last byte of a full buffer has no room for a blank before it: that blank is left
 * out, and a header that fills the buffer is refused anyway. */
static ssize_t read_secure_header(intake_t *intake, gnutls_session_t session, char *buffer, size_t size)
{
    size_t end = 0;

    while (end < size && (!end || gnutls_record_check_pending(session))) {
        size_t room = size - end;
        ssize_t n = record_recv()(session, buffer + end, room > 1 ? room - 1 : 1);
        if (n <= 0)
            return end ? (ssize_t)end : n;
        if (room == 1)
            intake->blank = false;
        end += intake_pass(intake, buffer + end, (size_t)n);
    }
    return (ssize_t)end;
}

ssize_t intake_record_recv(gnutls_session_t session, void *buffer, size_t size) __asm__("gnutls_record_recv")
    __attribute__((visibility("default")));

ssize_t intake_record_recv(gnutls_session_t session, void *buffer, size_t size)
{
    int fd = gnutls_transport_get_int(session);

    if (fd < 0 || fd >= DESCRIPTORS || !intakes[fd].header || !size)
        return record_recv()(session, buffer, size);
    return read_secure_header(&intakes[fd], session, buffer, size);
}

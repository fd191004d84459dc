/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages_sent.c - see messages_sent.h.
 *
 * Messages are noted in the order of their offsets, so a binary search finds them. The order begins anew
 * where a connection that had ended is read again from its start: such rows are searched one by one, the
 * newest first. */
#include "messages_sent.h"

#include "work.h"

/* So many rows are searched. */
#define ROWS_MAX 8

typedef struct lab_message {
    int64_t start;
    uint32_t exchange; /* its number; 0 = none */
    bool run;          /* it ends where the next one begins */
    uint32_t row;      /* place of the first message of its row, from 0 */
    uint32_t open; /* place of the newest message before it whose end was not known then, from 1; 0 = none */
} message_t;

static message_t *message_at(const lab_end_t *sender, uint32_t i)
{
    return &sender->messages[i];
}

static lab_exchange_t *exchange_of(const lab_conn_t *conn, const message_t *m)
{
    return m->exchange ? g_ptr_array_index(conn->engine->exchanges, m->exchange - 1) : NULL;
}

/* The offset after the message's last byte; -1 = not known (yet). */
static int64_t end_of(const lab_conn_t *conn, unsigned end, const message_t *m)
{
    const lab_exchange_t *x = exchange_of(conn, m);
    if (!x)
        return -1;
    return x->client == end ? x->request_end : x->response_end;
}

static void add(lab_conn_t *conn, unsigned end, message_t added)
{
    lab_end_t *sender = &conn->end[end];
    uint32_t count = sender->message_count++;
    const message_t *last = count ? message_at(sender, count - 1) : NULL;
    if (last && last->start > added.start)
        added.row = count;
    else if (last) {
        added.row = last->row;
        added.open = end_of(conn, end, last) < 0 ? count : last->open;
    }
    if (count == sender->message_room)
        sender->messages =
            lab_arena_grow(conn->engine->arena, sender->messages, &sender->message_room, sizeof added);
    sender->messages[count] = added;
}

void lab_messages_add(lab_conn_t *conn, unsigned end, const lab_exchange_t *x, int64_t offset)
{
    add(conn, end, (message_t){.start = offset, .exchange = x->number});
}

void lab_messages_run(lab_conn_t *conn, unsigned end, uint32_t exchange, int64_t offset)
{
    add(conn, end, (message_t){.start = offset, .exchange = exchange, .run = true});
}

/* How many of the messages from `first` up to `count` begin before `offset`. */
static uint32_t begin_before(const lab_end_t *messages, uint32_t first, uint32_t count, int64_t offset)
{
    if (message_at(messages, count - 1)->start < offset) /* the most common case */
        return count - first;
    uint32_t low = first, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        lab_work();
        if (message_at(messages, middle)->start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low - first;
}

/* The newest of the messages of a row up to `m` that holds `offset`; all of them begin before it. Messages
 * with a known end before the offset are skipped: those before them end before it, too. */
static const message_t *holding(const lab_conn_t *conn, unsigned end, message_t *m, int64_t offset)
{
    const lab_end_t *messages = &conn->end[end];
    int64_t after;
    if (m->run)
        return m;
    while ((after = end_of(conn, end, m)) >= 0 && after <= offset) {
        lab_work();
        if (!m->open)
            return NULL;
        message_t *open = message_at(messages, m->open - 1);
        if (end_of(conn, end, open) >= 0 && end_of(conn, end, open) <= offset)
            m->open = open->open; /* it has ended since */
        m = open;
    }
    return m;
}

lab_exchange_t *lab_messages_holding(const lab_conn_t *conn, unsigned end, int64_t offset)
{
    const lab_end_t *messages = &conn->end[end];
    uint32_t count = messages->message_count;
    for (unsigned row = 0; count && row < ROWS_MAX; row++) {
        uint32_t first = message_at(messages, count - 1)->row;
        uint32_t n = begin_before(messages, first, count, offset + 1);
        const message_t *m = n ? holding(conn, end, message_at(messages, first + n - 1), offset) : NULL;
        if (m)
            return exchange_of(conn, m);
        count = first;
    }
    return NULL;
}

lab_exchange_t *lab_messages_before(const lab_conn_t *conn, unsigned end, int64_t offset)
{
    const lab_end_t *messages = &conn->end[end];
    uint32_t count = messages->message_count;
    for (unsigned row = 0; count && row < ROWS_MAX; row++) {
        uint32_t first = message_at(messages, count - 1)->row;
        uint32_t n = begin_before(messages, first, count, offset);
        if (n)
            return exchange_of(conn, message_at(messages, first + n - 1));
        count = first;
    }
    return NULL;
}

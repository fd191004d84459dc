/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records.c - the records of TLS and its alerts; see tls.h. */
#include "handshake.h"

enum { RECORD_CCS = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, RECORD_HEARTBEAT = 24 };

#define RECORD_MAX (16384 + 2048) /* RFC 5246 6.2.3 */

lab_tls_t *lab_tls_new(void)
{
    lab_tls_t *tls = g_new0(lab_tls_t, 1);
    tls->done = -1;
    tls->completed = g_array_new(FALSE, FALSE, sizeof(lab_tls_record_t));
    return tls;
}

void lab_tls_free(lab_tls_t *tls)
{
    if (!tls)
        return;
    for (unsigned i = 0; i < 2; i++) {
        if (tls->side[i].body)
            g_string_free(tls->side[i].body, TRUE);
        if (tls->side[i].hidden)
            g_string_free(tls->side[i].hidden, TRUE);
    }
    lab_tls_names_clear(&tls->names);
    g_array_unref(tls->completed);
    g_free(tls);
}

static bool record_header(const uint8_t *p)
{
    return p[0] >= RECORD_CCS && p[0] <= RECORD_HEARTBEAT && p[1] == 3 && p[2] <= 4;
}

bool lab_tls_plausible(const uint8_t *data, uint32_t length)
{
    return length >= 3 && record_header(data) && data[0] != RECORD_HEARTBEAT;
}

static uint32_t alert_bytes(lab_tls_t *tls, lab_tls_side_t *s, const uint8_t *data, uint32_t n)
{
    if (s->encrypted || !data)
        return 1u << LAB_TLS_ALERT;
    for (uint32_t i = 0; i < n && s->alert_have < 2; i++)
        s->alert[s->alert_have++] = data[i];
    if (s->alert_have < 2)
        return 1u << LAB_TLS_ALERT;
    if (s->alert[1] == 0)
        return 1u << LAB_TLS_CLOSE_NOTIFY;
    tls->failed |= s->alert[0] == 2 && tls->done < 0;
    return 1u << LAB_TLS_ALERT;
}

static uint32_t record_begins(lab_tls_t *tls, lab_tls_side_t *s, bool by_client, int64_t time)
{
    s->record_left = lab_tls_be16(s->header + 3);
    s->have = 0;
    s->alert_have = 0;
    if (!record_header(s->header) || s->record_left > RECORD_MAX) {
        s->lost = true;
        return 0;
    }
    switch (s->header[0]) {
    case RECORD_CCS:
        s->encrypted = true;
        tls->server_ccs |= !by_client;
        return 1u << LAB_TLS_CHANGE_CIPHER_SPEC;
    case RECORD_HANDSHAKE:
        return s->encrypted && !tls->retried ? lab_tls_handshake_encrypted(tls, s, time) : 0;
    case RECORD_DATA:
        return lab_tls_handshake_data(tls, s, by_client, time);
    default:
        return 0;
    }
}

static uint32_t record_bytes(lab_tls_t *tls, lab_tls_side_t *s, const uint8_t *data, uint32_t n, int64_t time)
{
    switch (s->header[0]) {
    case RECORD_HANDSHAKE:
        if (s->encrypted && !tls->retried)
            return 1u << (s->finished ? LAB_TLS_FINISHED : LAB_TLS_ENCRYPTED_HANDSHAKE);
        return lab_tls_handshake_clear(tls, s, data, n, time);
    case RECORD_ALERT:
        return alert_bytes(tls, s, data, n);
    default:
        return 0;
    }
}

static void record_ends(lab_tls_t *tls, const lab_tls_side_t *s, uint32_t at)
{
    lab_tls_record_t record = {s->header[0], lab_tls_be16(s->header + 3), at};
    g_array_append_val(tls->completed, record);
}

const lab_tls_record_t *lab_tls_completed(const lab_tls_t *tls, unsigned *count)
{
    *count = tls->completed->len;
    return (const lab_tls_record_t *)(void *)tls->completed->data;
}

/* A segment that begins with a record header: reading goes on there. */
static void resume(lab_tls_side_t *s)
{
    s->lost = false;
    s->have = 0;
    s->record_left = s->message_left = s->message_have = 0;
}

bool lab_tls_fed_handshake(const lab_tls_t *tls)
{
    return tls->fed_handshake;
}

uint32_t lab_tls_feed(lab_tls_t *tls, unsigned end, unsigned client, const uint8_t *data, uint32_t n,
                      int64_t time)
{
    lab_tls_side_t *s = &tls->side[end];
    uint32_t steps = 0, all = n;
    g_array_set_size(tls->completed, 0);
    tls->fed_handshake = false;
    if (s->lost && data && lab_tls_plausible(data, n))
        resume(s);
    if (s->record_left && s->header[0] == RECORD_DATA)
        steps |= 1u << (tls->tls13 && tls->done < 0 ? LAB_TLS_ENCRYPTED_HANDSHAKE : LAB_TLS_APPLICATION_DATA);
    while (n && !s->lost) {
        if (s->record_left) {
            uint32_t take = MIN(n, s->record_left);
            s->record_left -= take;
            tls->fed_handshake |= s->header[0] == RECORD_HANDSHAKE;
            steps |= record_bytes(tls, s, data, take, time);
            data = data ? data + take : NULL;
            n -= take;
            if (!s->record_left)
                record_ends(tls, s, all - n);
            continue;
        }
        if (!data) {
            s->lost = true;
            break;
        }
        s->header[s->have++] = *data++;
        n--;
        if (s->have < sizeof s->header)
            continue;
        steps |= record_begins(tls, s, end == client, time);
        if (!s->record_left && !s->lost)
            record_ends(tls, s, all - n);
    }
    return steps;
}

uint16_t lab_tls_alert(const lab_tls_t *tls, unsigned end)
{
    const lab_tls_side_t *s = &tls->side[end];
    bool clear = s->alert_have == sizeof s->alert && lab_tls_be16(s->header + 3) == sizeof s->alert;
    bool level = s->alert[0] == 1 || s->alert[0] == 2;
    return clear && level ? (uint16_t)lab_tls_be16(s->alert) : 0;
}

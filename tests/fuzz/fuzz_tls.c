/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_tls.c - the TLS reader alone, with bytes of both ends in pieces, some of them missing; then the input
 * as one certificate and as one list of protocols.
 *
 * A byte before each piece is a set: 1 = end, 2 = missing, other bits its length. 0xfc to 0xff put the header
 * of a handshake record with a hello before the piece.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "handshake.h"
#include "tls.h"

/* What is kept of names is printable, and bounded. */
static void check_names(const lab_tls_names_t *names)
{
    const GPtrArray *lists[] = {names->offered, names->certified};
    const char *texts[] = {names->server_name, names->chosen, names->subject};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        FUZZ_CHECK(!texts[i] ||
                   (*texts[i] && g_utf8_validate(texts[i], -1, NULL) && !strchr(texts[i], '\n')));
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        FUZZ_CHECK(!lists[i] || lists[i]->len <= 16);
}

static void read_alone(const uint8_t *data, size_t size)
{
    lab_tls_names_t names = {0};
    lab_tls_take_certificate(&names, data, size);
    lab_tls_take_server_name(&names, data, size);
    lab_tls_take_alpn(&names, false, data, size);
    lab_tls_take_alpn(&names, true, data, size);
    check_names(&names);
    lab_tls_names_clear(&names);
}

static void check_answers(const lab_tls_t *tls)
{
    lab_tls_kind_t kind = lab_tls_kind(tls);
    FUZZ_CHECK(kind > LAB_TLS_NONE && kind < LAB_TLS_KINDS);
    FUZZ_CHECK(lab_tls_time(tls) >= -1);
}

static uint32_t feed_piece(lab_tls_t *tls, fuzz_bytes_t *in, int64_t time)
{
    static const uint8_t hello[] = {22, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3};
    uint8_t how = fuzz_byte(in);
    bool missing = (how & 2) && how < 0xfc;
    size_t before = how >= 0xfc ? sizeof hello : 0;
    size_t n = MIN((size_t)(how >> 2) + 1, (size_t)(in->end - in->at));
    uint8_t *exact = g_malloc(before + n + 1);
    memcpy(exact, hello, before);
    if (before && (how & 2))
        exact[5] = 2; /* of a server */
    memcpy(exact + before, in->at, n);
    exact = g_realloc(exact, before + n);
    lab_tls_plausible(exact, (uint32_t)(before + n));
    uint32_t steps = lab_tls_feed(tls, how & 1, 0, missing ? NULL : exact, (uint32_t)(before + n), time);
    in->at += missing ? 0 : n;
    g_free(exact);
    return steps;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes_t in = {data, data + size};
    lab_tls_t *tls = lab_tls_new();
    for (int64_t time = 1; in.at < in.end; time++)
        FUZZ_CHECK(feed_piece(tls, &in, time) >> LAB_TLS_STEPS == 0);
    check_answers(tls);
    check_names(&tls->names);
    lab_tls_free(tls);
    read_alone(data, size);
    return 0;
}

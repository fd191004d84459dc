/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages.c - DNS messages; see messages.h. The resolver library's own parser (ns_initparse) reads them. */
#include "messages.h"

#include "hash.h"

#include <arpa/nameser.h>
#include <string.h>

/* Look-ups kept per address; each has another name or another client. */
#define NAMES_MAX 32

/* A question that waits for its answer. RFC 5452 9.1 tells which answer belongs to it. */
typedef struct {
    lab_endpoint_t client, resolver;
    uint16_t id, type, class;
    const char *name; /* one of lab_dns.names */
    uint32_t frame;
    int64_t time;
} question_t;

typedef struct {
    const lab_lookup_t *lookups[NAMES_MAX]; /* newest first */
    unsigned count;
} answer_t;

struct lab_dns {
    lab_map_t *questions; /* key_of() -> question_t */
    lab_map_t *answers;   /* address -> answer_t */
    GPtrArray *lookups;
    lab_strings_t *names;
    GByteArray *key; /* working space of key_of() */
};

static void add_bytes(GByteArray *key, const void *bytes, size_t length)
{
    g_byte_array_append(key, bytes, (guint)length);
}

static void add_endpoint(GByteArray *key, const lab_endpoint_t *endpoint)
{
    add_bytes(key, &endpoint->length, sizeof endpoint->length);
    add_bytes(key, endpoint->address, endpoint->length);
    add_bytes(key, &endpoint->port, sizeof endpoint->port);
}

/* Puts into d->key what identifies a question. Letters of the name count in either case (RFC 4343). */
static void key_of(lab_dns_t *d, const question_t *q)
{
    const uint16_t numbers[] = {q->id, q->type, q->class};
    g_byte_array_set_size(d->key, 0);
    add_endpoint(d->key, &q->client);
    add_endpoint(d->key, &q->resolver);
    add_bytes(d->key, numbers, sizeof numbers);
    for (const char *letter = q->name; *letter; letter++)
        add_bytes(d->key, &(char){g_ascii_tolower(*letter)}, 1);
}

lab_dns_t *lab_dns_new(lab_strings_t *names)
{
    lab_dns_t *d = g_new0(lab_dns_t, 1);
    d->questions = lab_map_new(g_free);
    d->answers = lab_map_new(g_free);
    d->lookups = g_ptr_array_new_with_free_func(g_free);
    d->names = names;
    d->key = g_byte_array_new();
    return d;
}

void lab_dns_free(lab_dns_t *d)
{
    if (!d)
        return;
    lab_map_free(d->questions);
    lab_map_free(d->answers);
    g_ptr_array_unref(d->lookups);
    g_byte_array_unref(d->key);
    g_free(d);
}

/* The question that a message asks or answers. RFC 5452 9.1: id, both endpoints and the question section
 * identify it. `from_client`: the message is the query. */
static question_t question_of(const lab_dns_t *d, const lab_datagram_t *datagram, const ns_msg *message,
                              const ns_rr *asked, bool from_client)
{
    return (question_t){.client = from_client ? datagram->src : datagram->dst,
                        .resolver = from_client ? datagram->dst : datagram->src,
                        .id = (uint16_t)ns_msg_id(*message),
                        .type = (uint16_t)ns_rr_type(*asked),
                        .class = (uint16_t)ns_rr_class(*asked),
                        .name = lab_strings_keep(d->names, ns_rr_name(*asked)),
                        .frame = datagram->frame,
                        .time = datagram->time};
}

static void take_question(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    ns_rr asked;
    if (ns_parserr(message, ns_s_qd, 0, &asked) != 0)
        return;
    const question_t q = question_of(d, datagram, message, &asked, true);
    key_of(d, &q);
    if (!lab_map_get(d->questions, d->key->data, d->key->len)) /* else repeated: the first one counts */
        lab_map_set(d->questions, d->key->data, d->key->len, g_memdup2(&q, sizeof q));
}

/* The look-up that an answer completes. Its name is the name in the question, also where the answer follows
 * aliases (CNAME). */
static lab_lookup_t *lookup_of(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    ns_rr asked;
    if (ns_parserr(message, ns_s_qd, 0, &asked) != 0)
        return NULL;
    const question_t key = question_of(d, datagram, message, &asked, false);
    key_of(d, &key);
    const question_t *q = lab_map_get(d->questions, d->key->data, d->key->len);
    lab_lookup_t *lookup = g_new0(lab_lookup_t, 1);
    lookup->name = key.name;
    lookup->query_frame = q ? q->frame : 0;
    lookup->query_time = q ? q->time : 0;
    lookup->client = datagram->dst;
    lookup->resolver_port = datagram->src.port;
    lookup->answer_frame = datagram->frame;
    lookup->answer_time = datagram->time;
    g_ptr_array_add(d->lookups, lookup);
    lab_map_remove(d->questions, d->key->data, d->key->len);
    return lookup;
}

static bool is_name(const lab_lookup_t *lookup, const char *name, size_t length)
{
    return strlen(lookup->name) == length && g_ascii_strncasecmp(lookup->name, name, length) == 0;
}

static bool same_address(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    return a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

/* An answer without a captured query goes behind the others and replaces none: RFC 5452 9.1, a resolver does
 * not accept an answer to no question. */
static void add_lookup(answer_t *answer, const lab_lookup_t *lookup)
{
    unsigned same = 0;
    while (same < answer->count && !(is_name(answer->lookups[same], lookup->name, strlen(lookup->name)) &&
                                     same_address(&answer->lookups[same]->client, &lookup->client)))
        same++;
    bool unasked = !lookup->query_frame && answer->count && answer->lookups[0]->query_frame;
    if (unasked && (same < answer->count || same == NAMES_MAX))
        return;
    unsigned first = unasked ? answer->count : 0, last = MIN(same, NAMES_MAX - 1);
    memmove(answer->lookups + first + 1, answer->lookups + first, (last - first) * sizeof *answer->lookups);
    answer->lookups[first] = lookup;
    answer->count = MAX(answer->count, last + 1);
}

static void take_address(lab_dns_t *d, const lab_lookup_t *lookup, const ns_rr *record)
{
    answer_t *answer = lab_map_get(d->answers, ns_rr_rdata(*record), ns_rr_rdlen(*record));
    if (!answer) {
        answer = g_new0(answer_t, 1);
        lab_map_set(d->answers, ns_rr_rdata(*record), ns_rr_rdlen(*record), answer);
    }
    add_lookup(answer, lookup);
}

static void take_answers(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    lab_lookup_t *lookup = lookup_of(d, datagram, message);
    for (int i = 0; lookup && i < ns_msg_count(*message, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(message, ns_s_an, i, &record) != 0)
            return;
        bool address = (ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4) ||
                       (ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16);
        if (address)
            take_address(d, lookup, &record);
    }
}

void lab_dns_message(lab_dns_t *d, const lab_datagram_t *datagram)
{
    ns_msg message;
    if (datagram->captured < NS_HFIXEDSZ ||
        ns_initparse(datagram->payload, (int)datagram->captured, &message) != 0)
        return;
    if (ns_msg_getflag(message, ns_f_qr))
        take_answers(d, datagram, &message);
    else
        take_question(d, datagram, &message);
}

static const answer_t *answer_of(const lab_dns_t *d, const lab_endpoint_t *endpoint)
{
    return endpoint->length ? lab_map_get(d->answers, endpoint->address, endpoint->length) : NULL;
}

/* The client may have an IPv4 and an IPv6 address and ask from either. It asks a resolver on its own machine
 * from a loopback address. */
static bool may_have_asked(const lab_endpoint_t *client, const lab_lookup_t *lookup)
{
    const lab_endpoint_t *asker = &lookup->client;
    static const uint8_t loopback6[16] = {[15] = 1};
    bool loopback = asker->length == 4 ? asker->address[0] == 127
                                       : memcmp(asker->address, loopback6, sizeof loopback6) == 0;
    return loopback || asker->length != client->length || same_address(asker, client);
}

/* True if the look-up may be of this host. RFC 1535: a host name without a dot is looked up with the
 * network's domain appended. */
static bool may_be_name(const lab_lookup_t *lookup, const char *host)
{
    size_t n = strcspn(host, ":");
    n -= n && host[n - 1] == '.';
    bool bare = n && !memchr(host, '.', n) && strlen(lookup->name) > n && lookup->name[n] == '.';
    return is_name(lookup, host, n) || (bare && g_ascii_strncasecmp(lookup->name, host, n) == 0);
}

const lab_lookup_t *lab_dns_find(const lab_dns_t *d, const lab_endpoint_t *client,
                                 const lab_endpoint_t *server, const char *host)
{
    const answer_t *answer = answer_of(d, server);
    for (unsigned i = 0; answer && i < answer->count; i++)
        if (may_have_asked(client, answer->lookups[i]) && (!host || may_be_name(answer->lookups[i], host)))
            return answer->lookups[i];
    return NULL;
}

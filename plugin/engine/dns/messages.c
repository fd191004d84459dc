/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages.c - DNS messages; see messages.h. The resolver library's own parser (ns_initparse) reads them. */
#include "messages.h"

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
    lab_endpoint_t address;                 /* port 0 */
    const lab_lookup_t *lookups[NAMES_MAX]; /* newest first */
    unsigned count;
} answer_t;

struct lab_dns {
    GHashTable *questions; /* of question_t */
    GHashTable *answers;   /* of answer_t, by address */
    GPtrArray *lookups;
    GStringChunk *names;
};

static guint hash_bytes(const uint8_t *bytes, unsigned n)
{
    guint hash = 5381;
    for (unsigned i = 0; i < n; i++)
        hash = hash * 33 + bytes[i];
    return hash;
}

static guint question_hash(gconstpointer key)
{
    const question_t *q = key;
    return hash_bytes(q->client.address, q->client.length) ^ ((guint)q->client.port << 16 | q->id);
}

static bool same_endpoint(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    return a->port == b->port && a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

static gboolean question_equal(gconstpointer x, gconstpointer y)
{
    const question_t *a = x, *b = y;
    return a->id == b->id && a->type == b->type && a->class == b->class &&
           same_endpoint(&a->client, &b->client) && same_endpoint(&a->resolver, &b->resolver) &&
           g_ascii_strcasecmp(a->name, b->name) == 0;
}

static guint answer_hash(gconstpointer key)
{
    const answer_t *a = key;
    return hash_bytes(a->address.address, a->address.length);
}

static gboolean answer_equal(gconstpointer x, gconstpointer y)
{
    const answer_t *a = x, *b = y;
    return a->address.length == b->address.length &&
           memcmp(a->address.address, b->address.address, a->address.length) == 0;
}

lab_dns_t *lab_dns_new(void)
{
    lab_dns_t *d = g_new0(lab_dns_t, 1);
    d->questions = g_hash_table_new_full(question_hash, question_equal, g_free, NULL);
    d->answers = g_hash_table_new_full(answer_hash, answer_equal, g_free, NULL);
    d->lookups = g_ptr_array_new_with_free_func(g_free);
    d->names = g_string_chunk_new(1024);
    return d;
}

void lab_dns_free(lab_dns_t *d)
{
    if (!d)
        return;
    g_hash_table_unref(d->questions);
    g_hash_table_unref(d->answers);
    g_ptr_array_unref(d->lookups);
    g_string_chunk_free(d->names);
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
                        .name = g_string_chunk_insert_const(d->names, ns_rr_name(*asked)),
                        .frame = datagram->frame,
                        .time = datagram->time};
}

static void take_question(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    ns_rr asked;
    if (ns_parserr(message, ns_s_qd, 0, &asked) != 0)
        return;
    question_t *q = g_new(question_t, 1);
    *q = question_of(d, datagram, message, &asked, true);
    if (g_hash_table_contains(d->questions, q)) /* a repeated query: the first one counts */
        g_free(q);
    else
        g_hash_table_add(d->questions, q);
}

/* The look-up that an answer completes. Its name is the name in the question, also where the answer follows
 * aliases (CNAME). */
static lab_lookup_t *lookup_of(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    ns_rr asked;
    if (ns_parserr(message, ns_s_qd, 0, &asked) != 0)
        return NULL;
    const question_t key = question_of(d, datagram, message, &asked, false);
    const question_t *q = g_hash_table_lookup(d->questions, &key);
    lab_lookup_t *lookup = g_new0(lab_lookup_t, 1);
    lookup->name = key.name;
    lookup->query_frame = q ? q->frame : 0;
    lookup->query_time = q ? q->time : 0;
    lookup->client = datagram->dst;
    lookup->resolver_port = datagram->src.port;
    lookup->answer_frame = datagram->frame;
    lookup->answer_time = datagram->time;
    g_ptr_array_add(d->lookups, lookup);
    g_hash_table_remove(d->questions, &key);
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
    answer_t key = {.address.length = (uint8_t)ns_rr_rdlen(*record)};
    memcpy(key.address.address, ns_rr_rdata(*record), key.address.length);
    answer_t *answer = g_hash_table_lookup(d->answers, &key);
    if (!answer) {
        answer = g_memdup2(&key, sizeof key);
        g_hash_table_add(d->answers, answer);
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
    answer_t key = {.address = *endpoint};
    return endpoint->length ? g_hash_table_lookup(d->answers, &key) : NULL;
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

/* dns.c - see dns.h. Messages are read by the resolver library's own parser (ns_initparse). */
#include "dns.h"

#include <arpa/nameser.h>
#include <string.h>

/* A question that waits for its answer. */
typedef struct {
    lab_endpoint_t client;
    uint16_t id;
    uint32_t frame;
    int64_t time;
} question_t;

typedef struct {
    lab_endpoint_t address; /* port 0 */
    const lab_lookup_t *lookup;
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

static gboolean question_equal(gconstpointer x, gconstpointer y)
{
    const question_t *a = x, *b = y;
    return a->id == b->id && a->client.port == b->client.port && a->client.length == b->client.length &&
           memcmp(a->client.address, b->client.address, a->client.length) == 0;
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

static void take_question(lab_dns_t *d, const lab_datagram_t *datagram, uint16_t id)
{
    question_t *q = g_new0(question_t, 1);
    *q = (question_t){datagram->src, id, datagram->frame, datagram->time};
    if (g_hash_table_contains(d->questions, q)) /* asked again: the first time counts */
        g_free(q);
    else
        g_hash_table_add(d->questions, q);
}

/* The look-up that an answer completes: its name is the one asked for, whatever aliases (CNAME) lie between.
 */
static lab_lookup_t *lookup_of(lab_dns_t *d, const lab_datagram_t *datagram, ns_msg *message)
{
    ns_rr asked;
    question_t key = {.client = datagram->dst, .id = (uint16_t)ns_msg_id(*message)};
    if (ns_parserr(message, ns_s_qd, 0, &asked) != 0)
        return NULL;
    const question_t *q = g_hash_table_lookup(d->questions, &key);
    lab_lookup_t *lookup = g_new0(lab_lookup_t, 1);
    lookup->name = g_string_chunk_insert_const(d->names, ns_rr_name(asked));
    lookup->query_frame = q ? q->frame : 0;
    lookup->query_time = q ? q->time : 0;
    lookup->answer_frame = datagram->frame;
    lookup->answer_time = datagram->time;
    g_ptr_array_add(d->lookups, lookup);
    g_hash_table_remove(d->questions, &key);
    return lookup;
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
        if (!address)
            continue;
        answer_t *answer = g_new0(answer_t, 1);
        answer->address.length = (uint8_t)ns_rr_rdlen(record);
        memcpy(answer->address.address, ns_rr_rdata(record), answer->address.length);
        answer->lookup = lookup;
        g_hash_table_replace(d->answers, answer, answer);
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
        take_question(d, datagram, (uint16_t)ns_msg_id(message));
}

const lab_lookup_t *lab_dns_of_address(const lab_dns_t *d, const lab_endpoint_t *endpoint)
{
    answer_t key = {.address = *endpoint};
    const answer_t *answer = endpoint->length ? g_hash_table_lookup(d->answers, &key) : NULL;
    return answer ? answer->lookup : NULL;
}

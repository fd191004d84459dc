/* engine.c - takes in the segments: which connection each belongs to, and the order in which the modules look
 * at it. The records are kept in records.c. */
#include "store.h"

#include <string.h>

#include "duplicate.h"
#include "pages.h"
#include "tls.h"

/* Both endpoints, in an order that does not depend on the direction. */
static guint tuple_hash(gconstpointer key)
{
    const lab_conn_t *conn = key;
    guint hash = 0;
    for (unsigned i = 0; i < 2; i++) {
        guint one = conn->end[i].endpoint.port * 2654435761u;
        for (unsigned b = 0; b < conn->end[i].endpoint.length; b++)
            one = one * 31u + conn->end[i].endpoint.address[b];
        hash += one;
    }
    return hash;
}

static bool endpoint_equal(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    return a->port == b->port && a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

static gboolean tuple_equal(gconstpointer x, gconstpointer y)
{
    const lab_conn_t *a = x, *b = y;
    return (endpoint_equal(&a->end[0].endpoint, &b->end[0].endpoint) &&
            endpoint_equal(&a->end[1].endpoint, &b->end[1].endpoint)) ||
           (endpoint_equal(&a->end[0].endpoint, &b->end[1].endpoint) &&
            endpoint_equal(&a->end[1].endpoint, &b->end[0].endpoint));
}

static void conn_free(gpointer data)
{
    lab_conn_t *conn = data;
    if (!conn)
        return;
    lab_exchange_free(conn);
    lab_tls_free(conn->tls);
    if (conn->resets)
        g_ptr_array_unref(conn->resets);
    if (conn->keepalives)
        g_array_unref(conn->keepalives);
    if (conn->exchanges)
        g_array_unref(conn->exchanges);
}

lab_engine_t *lab_engine_new(void)
{
    lab_engine_t *e = g_new0(lab_engine_t, 1);
    e->chunks = g_ptr_array_new_with_free_func(g_free);
    e->more = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    e->details = g_ptr_array_new();
    e->conns = g_ptr_array_new_with_free_func(conn_free);
    e->last_conn = g_hash_table_new(tuple_hash, tuple_equal);
    e->dns = lab_dns_new();
    e->pages = lab_pages_new(e);
    e->exchanges = g_ptr_array_new();
    e->arena = lab_arena_new();
    e->strings = lab_strings_new(e->arena);
    e->scratch = g_string_sized_new(4096);
    e->copies = lab_copies_new();
    e->findings = g_array_new(FALSE, FALSE, sizeof(lab_finding_t));
    return e;
}

void lab_engine_free(lab_engine_t *e)
{
    if (!e)
        return;
    lab_dns_free(e->dns);
    lab_pages_free(e->pages);
    g_hash_table_unref(e->last_conn);
    g_ptr_array_unref(e->conns);
    g_ptr_array_unref(e->details);
    g_hash_table_unref(e->more);
    g_ptr_array_unref(e->chunks);
    g_ptr_array_unref(e->exchanges);
    lab_strings_free(e->strings);
    g_string_free(e->scratch, TRUE);
    lab_copies_free(e->copies);
    g_array_unref(e->findings);
    lab_arena_free(e->arena);
    g_free(e);
}

GPtrArray *lab_engine_exchange_list(lab_engine_t *e)
{
    return e->exchanges;
}

lab_strings_t *lab_engine_strings(lab_engine_t *e)
{
    return e->strings;
}

lab_arena_t *lab_engine_arena(lab_engine_t *e)
{
    return e->arena;
}

const lab_head_t **lab_engine_newest_head(lab_engine_t *e, bool response)
{
    return &e->newest_head[response];
}

struct lab_pages *lab_engine_page_loads(lab_engine_t *e)
{
    return e->pages;
}

GString *lab_engine_scratch(lab_engine_t *e)
{
    return e->scratch;
}

static void end_init(lab_end_t *end, const lab_endpoint_t *endpoint)
{
    end->endpoint = *endpoint;
    end->ack = -1;
    end->only_alert_after_peer_fin = true;
}

static int64_t unwrap(const lab_end_t *end, uint32_t raw)
{
    return end->next + (int32_t)(raw - (uint32_t)(end->isn + (uint32_t)end->next));
}

/* RFC 9293 3.10.7.4: would the receiver find this number in its window? */
static bool in_window(const lab_end_t *sender, const lab_end_t *receiver, uint32_t seq)
{
    int64_t offset = unwrap(sender, seq);
    return receiver->ack >= 0 && offset >= receiver->ack &&
           offset <= receiver->ack + (int64_t)receiver->window;
}

/* RFC 9293 3.6.1, RFC 5961 4: a SYN on the addresses and ports of an earlier connection. If that one is still
 * alive and the number is in its window, the SYN is a stray until a SYN-ACK shows that the server took it for
 * a new one. */
static void note_port_reuse(lab_engine_t *e, lab_conn_t *conn, const lab_segment_t *seg)
{
    lab_conn_t *earlier = g_hash_table_lookup(e->last_conn, conn);
    if (earlier && (seg->flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_SYN) {
        bool over = earlier->ended || earlier->open == LAB_OPEN_NONE;
        unsigned turned = !endpoint_equal(&earlier->end[0].endpoint, &seg->src);
        bool stray = !over && in_window(&earlier->end[turned], &earlier->end[!turned], seg->seq);
        if (stray) {
            conn->previous = earlier;
            conn->previous_turned = (uint8_t)turned;
        }
        earlier->replaced = !over && !stray;
        lab_anomaly_add(e, seg->frame, conn->number,
                        over    ? LAB_ANOMALY_PORT_REUSE
                        : stray ? LAB_ANOMALY_SYN_IN_CONNECTION
                                : LAB_ANOMALY_PORT_REUSE_PREMATURE);
    }
    g_hash_table_replace(e->last_conn, conn, conn);
}

static lab_conn_t *conn_of(lab_engine_t *e, const lab_segment_t *seg)
{
    if (seg->stream >= e->conns->len)
        g_ptr_array_set_size(e->conns, (gint)seg->stream + 1);
    lab_conn_t *conn = g_ptr_array_index(e->conns, seg->stream);
    if (conn)
        return conn;
    conn = lab_arena_zeroed(e->arena, sizeof *conn);
    conn->engine = e;
    conn->number = seg->stream;
    conn->first_frame = seg->frame;
    conn->first_time = seg->time;
    conn->open_time = -1;
    conn->first_fin = -1;
    conn->quality = LAB_QUALITY_ONE_DIRECTION;
    end_init(&conn->end[0], &seg->src);
    end_init(&conn->end[1], &seg->dst);
    g_ptr_array_index(e->conns, seg->stream) = conn;
    return conn;
}

/* Without a SYN the client is the side with the request, else the one with the higher port. */
static void guess_client(lab_conn_t *conn, const lab_segment_t *seg)
{
    if (seg->flags & LAB_TH_SYN) {
        conn->client = (seg->flags & LAB_TH_ACK) ? 1 : 0;
        conn->client_certain = true;
        return;
    }
    conn->midstream = true;
    conn->quality |= LAB_QUALITY_STARTS_IN_MIDDLE;
    conn->open = LAB_OPEN_NOT_CAPTURED;
    conn->client = seg->src.port >= seg->dst.port ? 0 : 1;
}

static void learn_isn(lab_end_t *end, uint32_t isn)
{
    end->isn = isn;
    end->isn_known = true;
}

/* Offsets relative to the ISN; without a SYN the first byte seen is taken as byte 1, as Wireshark does. */
static void place_segment(lab_ctx_t *c)
{
    const lab_segment_t *seg = c->seg;
    if (!c->sender->isn_known) {
        /* a lone RST may have sequence number 0 by rule: it tells nothing about the numbering */
        learn_isn(c->sender, c->syn || c->rst ? seg->seq : seg->seq - 1);
        c->sender->next = c->syn || c->rst ? 0 : 1;
        if (c->rst)
            c->sender->isn_known = false;
    }
    if (c->syn && !c->sender->syn && c->sender->isn != seg->seq && c->sender->bytes == 0 &&
        c->conn->open == LAB_OPEN_NONE) {
        learn_isn(c->sender, seg->seq); /* an ACK came before the SYN (split handshake): count from the SYN */
        c->sender->next = 0;
    }
    if (c->has_ack && !c->receiver->isn_known) {
        learn_isn(c->receiver, seg->ack - 1);
        c->receiver->next = 1;
    }
    c->offset = unwrap(c->sender, seg->seq);
    c->end = c->offset + seg->length + (c->syn ? 1 : 0) + (c->fin ? 1 : 0);
    c->ack = c->has_ack ? unwrap(c->receiver, seg->ack) : -1;
}

/* A packet that was captured twice says nothing new: it gets what its original got. */
static void copy_duplicate(lab_ctx_t *c, uint32_t frame)
{
    lab_annotation_t *original = lab_annotation_of(c->engine, frame, c->conn->number);
    const lab_annotation_t own = *c->annotation;
    if (original && original->phase != LAB_PHASE_NONE) /* not if it was forgotten */
        *c->annotation = *original;
    c->annotation->marks = own.marks;
    c->annotation->detail = own.detail;
    c->annotation->related = frame;
    lab_add_role(c, LAB_ROLE_CAPTURE_DUPLICATE);
    lab_add_anomaly(c, LAB_ANOMALY_CAPTURE_DUPLICATE);
    c->conn->quality |= LAB_QUALITY_DUPLICATES;
}

static void remember_last(lab_ctx_t *c)
{
    lab_last_t *last = &c->sender->last;
    const lab_segment_t *seg = c->seg;
    last->frame = seg->frame;
    last->time = seg->time;
    last->length = seg->length;
    last->offset = c->offset;
    last->ack = c->ack;
    last->flags = seg->flags;
    last->window = seg->window;
    last->ttl = seg->ttl;
    if (c->data)
        c->sender->sends_tls_handshake = (c->annotation->marks & LAB_MARK_TLS) != 0;
    last->new_bytes = c->new_bytes;
    last->probe = lab_has_role(c, LAB_ROLE_KEEPALIVE_PROBE);
    last->window_probe = lab_has_role(c, LAB_ROLE_WINDOW_PROBE);
}

static void note_quality(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    const lab_segment_t *seg = c->seg;
    if (c->from != 0)
        conn->quality &= ~(uint32_t)LAB_QUALITY_ONE_DIRECTION;
    if (seg->captured < seg->length)
        conn->quality |= LAB_QUALITY_CUT;
    if (seg->length > 1460)
        conn->quality |= LAB_QUALITY_LARGE_SEGMENTS;
    if (seg->time < c->engine->last_time)
        conn->quality |= LAB_QUALITY_TIME_BACKWARDS;
    c->engine->last_time = seg->time;
}

/* The frame that this one is a further copy of, 0 = none. Without an identification two packets may be alike
 * and still be two: a stack's answers without content come in bursts (one RST for each segment), and on a
 * fast network the other side's duplicate ACK brings the same segment once more within its clock's tick. Then
 * they are copies only where the capture has shown copies before. */
static uint32_t original_of(const lab_ctx_t *c)
{
    uint32_t original = lab_copies_original(c->engine->copies, c->seg, c->from);
    bool asked_for = !(c->data || c->fin || c->syn) || c->receiver->last.frame > original;
    bool copies = !asked_for || c->seg->ip_id || c->conn->quality & LAB_QUALITY_DUPLICATES;
    return copies ? original : 0;
}

/* The modules, in the order in which one rests on the other's findings. */
static void look_at(lab_ctx_t *c)
{
    uint32_t original = original_of(c);
    if (original) {
        copy_duplicate(c, original);
        return;
    }
    lab_sequence_before(c);
    if (c->rst) {
        lab_reset_seen(c);
        lab_persistence(c);
    } else {
        lab_reset_aftermath(c); /* first, for a connection that goes on is read on */
        lab_opening(c);
        bool keepalive = lab_keepalive(c);
        if (!keepalive)
            lab_exchange_payload(c);
        lab_closing(c);
        if (!keepalive)
            lab_sequence_label(c);
        lab_exchange_label(c);
        lab_persistence(c);
        lab_phase_decide(c);
        lab_sequence_advance(c);
    }
    lab_states_update(c);
    lab_zeek_segment(c);
    remember_last(c);
}

/* The SYN of an attempt that did not succeed, sent again: 4.4 and later count a new stream after a RST. */
static bool repeats_attempt(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    const lab_end_t *client = &earlier->end[earlier->client];
    bool failed = earlier->open == LAB_OPEN_NONE || earlier->open == LAB_OPEN_REFUSED;
    return failed && client->syn && client->isn == seg->seq && endpoint_equal(&client->endpoint, &seg->src);
}

static bool completes_split(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    return earlier->split && earlier->open == LAB_OPEN_NONE && !earlier->ended &&
           endpoint_equal(&earlier->end[!earlier->client].endpoint, &seg->src);
}

/* Wireshark begins a new stream at a SYN where no connection begins: at a stray one that was challenged, at
 * the server's in a handshake where ACK and SYN come apart (RFC 9293 3.5), and at one that is sent again. */
static lab_conn_t *follow_alias(lab_engine_t *e, lab_conn_t *conn, const lab_segment_t *seg)
{
    bool begins = conn->frames == 0 && (seg->flags & (LAB_TH_SYN | LAB_TH_ACK | LAB_TH_RST)) == LAB_TH_SYN;
    lab_conn_t *earlier = begins ? g_hash_table_lookup(e->last_conn, conn) : NULL;
    if (earlier && (completes_split(earlier, seg) || repeats_attempt(earlier, seg)))
        conn->alias = earlier;
    return conn->alias ? conn->alias : conn;
}

void lab_engine_segment(lab_engine_t *e, const lab_segment_t *seg)
{
    lab_conn_t *conn = follow_alias(e, conn_of(e, seg), seg);
    bool first = conn->frames++ == 0;
    unsigned from = first ? 0 : (endpoint_equal(&conn->end[0].endpoint, &seg->src) ? 0 : 1);
    lab_ctx_t c = {.engine = e, .conn = conn, .seg = seg, .from = from, .to = !from};
    c.sender = &conn->end[from];
    c.receiver = &conn->end[!from];
    c.syn = seg->flags & LAB_TH_SYN;
    c.rst = seg->flags & LAB_TH_RST;
    c.fin = (seg->flags & LAB_TH_FIN) && !c.rst;
    c.has_ack = seg->flags & LAB_TH_ACK;
    c.data = seg->length > 0;
    c.annotation = lab_annotation_new(e, seg->frame);
    c.annotation->stream = seg->stream;
    c.annotation->phase = LAB_PHASE_DATA;
    c.annotation->sender = (uint8_t)from;
    c.annotation->length = seg->length;
    c.annotation->seq = seg->seq;
    c.annotation->ack = seg->ack;
    c.annotation->flags = (uint8_t)seg->flags;
    if (first) {
        guess_client(conn, seg);
        note_port_reuse(e, conn, seg);
        lab_lookup_link(conn);
    }
    e->tcp_frames++;
    place_segment(&c);
    bool over = conn->ended;
    note_quality(&c);
    look_at(&c);
    bool answers = lab_has_role(&c, LAB_ROLE_CAPTURE_DUPLICATE) || lab_has_role(&c, LAB_ROLE_CHALLENGE_ACK);
    if (over && conn->ended && !c.rst && !answers) {
        c.annotation->phase = LAB_PHASE_LATE;
        lab_add_role(&c, LAB_ROLE_LATE);
        lab_add_anomaly(&c, LAB_ANOMALY_LATE);
    }
    if (conn->ended && !over && !c.rst)
        lab_exchange_free(conn); /* closed in order: nothing more to read */
    conn->last_frame = seg->frame;
    conn->last_time = seg->time;
}

uint32_t lab_engine_streams(const lab_engine_t *e)
{
    return e->conns->len;
}

const lab_conn_t *lab_engine_conn(const lab_engine_t *e, uint32_t stream)
{
    const lab_conn_t *conn = stream < e->conns->len ? g_ptr_array_index(e->conns, stream) : NULL;
    return conn && conn->alias ? conn->alias : conn;
}

const lab_conn_t *lab_engine_conn_at(const lab_engine_t *e, uint32_t stream)
{
    const lab_conn_t *conn = lab_engine_conn(e, stream);
    return conn && conn->number == stream ? conn : NULL;
}

uint32_t lab_engine_exchanges(const lab_engine_t *e)
{
    return e->exchanges->len;
}

const lab_exchange_t *lab_engine_exchange(const lab_engine_t *e, uint32_t number)
{
    return number >= 1 && number <= e->exchanges->len ? g_ptr_array_index(e->exchanges, number - 1) : NULL;
}

const lab_endpoint_t *lab_engine_client_of(const lab_engine_t *e, const lab_exchange_t *x)
{
    const lab_conn_t *conn = g_ptr_array_index(e->conns, x->stream);
    return &conn->end[x->client].endpoint;
}

uint32_t lab_exchange_page(const lab_engine_t *e, const lab_exchange_t *x)
{
    lab_pages_count(e->pages); /* brings the pages up to date */
    return x->page;
}

uint32_t lab_engine_pages(const lab_engine_t *e)
{
    return lab_pages_count(e->pages);
}

const lab_page_t *lab_engine_page(const lab_engine_t *e, uint32_t number)
{
    return lab_pages_get(e->pages, number);
}

const GArray *lab_engine_findings(const lab_engine_t *e)
{
    return e->findings;
}

void lab_engine_frame_cut(lab_engine_t *e)
{
    e->quality |= LAB_QUALITY_CUT;
}

uint32_t lab_engine_quality(const lab_engine_t *e)
{
    uint32_t quality = e->quality | (e->tcp_frames ? 0 : LAB_QUALITY_NO_TCP);
    for (guint i = 0; i < e->conns->len; i++)
        if (g_ptr_array_index(e->conns, i))
            quality |= lab_conn_quality(g_ptr_array_index(e->conns, i));
    return quality;
}

uint32_t lab_engine_tcp_frames(const lab_engine_t *e)
{
    return e->tcp_frames;
}

int64_t lab_engine_first_time(const lab_engine_t *e)
{
    for (guint i = 0; i < e->conns->len; i++)
        if (g_ptr_array_index(e->conns, i))
            return ((const lab_conn_t *)g_ptr_array_index(e->conns, i))->first_time;
    return 0;
}

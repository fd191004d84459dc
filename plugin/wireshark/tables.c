/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tables.c - the tables of Statistics > Lab.
 *
 * Wireshark shows them (epan/stat_tap_ui.h): columns of type UINT and FLOAT are sorted as numbers, STRING as
 * text. A number that may be unknown is text with blanks before it, so that text order is number order. A row
 * is filled when a frame of it is seen: the engine knows the whole file then, or, in a live capture, all
 * frames up to this one.
 */
#include "tables.h"

#include <inttypes.h>
#include <string.h>

#include "compat.h"
#include "names.h"
#include "packet-lab.h"
#include "texts.h"

/* A column: its title and what its values are. */
typedef enum { COUNT, FRAME, BYTES, SECONDS, MAYBE, WORDS } kind_t;
typedef struct {
    lab_text_id_t title;
    kind_t kind;
} column_t;

typedef struct {
    const char *option; /* after -z */
    lab_text_id_t title;
    void (*see)(unsigned table, const lab_annotation_t *a, uint32_t frame);
    unsigned columns;
    column_t column[13];
} table_t;

static void see_connection(unsigned table, const lab_annotation_t *a, uint32_t frame);
static void see_exchanges(unsigned table, const lab_annotation_t *a, uint32_t frame);
static void see_page(unsigned table, const lab_annotation_t *a, uint32_t frame);
static void see_reset(unsigned table, const lab_annotation_t *a, uint32_t frame);
static void see_anomalies(unsigned table, const lab_annotation_t *a, uint32_t frame);

static const table_t tables[] = {
    {"lab_connections,table",
     LAB_TEXT_CONNECTIONS,
     see_connection,
     13,
     {{LAB_TEXT_COL_STREAM, COUNT},
      {LAB_TEXT_COL_CLIENT, WORDS},
      {LAB_TEXT_COL_SERVER, WORDS},
      {LAB_TEXT_TAB_FIRST_FRAME, FRAME},
      {LAB_TEXT_TAB_LAST_FRAME, FRAME},
      {LAB_TEXT_COL_BYTES_UP, BYTES},
      {LAB_TEXT_COL_BYTES_DOWN, BYTES},
      {LAB_TEXT_TAB_SECONDS, SECONDS},
      {LAB_TEXT_COL_OPENING, WORDS},
      {LAB_TEXT_COL_CLOSING, WORDS},
      {LAB_TEXT_COL_FIRST, WORDS},
      {LAB_TEXT_COL_REASON, WORDS},
      {LAB_TEXT_COL_RST, WORDS}}},
    {"lab_exchanges,table",
     LAB_TEXT_EXCHANGES,
     see_exchanges,
     11,
     {{LAB_TEXT_COL_NUMBER, COUNT},
      {LAB_TEXT_COL_STREAM, COUNT},
      {LAB_TEXT_COL_REQUEST, FRAME},
      {LAB_TEXT_COL_RESPONSE, FRAME},
      {LAB_TEXT_COL_METHOD, WORDS},
      {LAB_TEXT_COL_TARGET, WORDS},
      {LAB_TEXT_COL_STATUS, COUNT},
      {LAB_TEXT_COL_OBJECT, WORDS},
      {LAB_TEXT_COL_BODY, BYTES},
      {LAB_TEXT_TAB_WAIT_SECONDS, MAYBE},
      {LAB_TEXT_TAB_TOTAL_SECONDS, MAYBE}}},
    {"lab_pages,table",
     LAB_TEXT_TAB_PAGES,
     see_page,
     6,
     {{LAB_TEXT_COL_NUMBER, COUNT},
      {LAB_TEXT_TAB_URL, WORDS},
      {LAB_TEXT_TAB_FIRST_FRAME, FRAME},
      {LAB_TEXT_EXCHANGES, COUNT},
      {LAB_TEXT_COL_BODY, BYTES},
      {LAB_TEXT_TAB_SECONDS, SECONDS}}},
    {"lab_resets,table",
     LAB_TEXT_TAB_RESETS,
     see_reset,
     8,
     {{LAB_TEXT_TAB_COUNT, COUNT},
      {LAB_TEXT_COL_RST, WORDS},
      {LAB_TEXT_TAB_BY, WORDS},
      {LAB_TEXT_TAB_IMPACT, WORDS},
      {LAB_TEXT_COL_SERVER, WORDS},
      {LAB_TEXT_TAB_LOST, BYTES},
      {LAB_TEXT_TAB_FIRST_FRAME, FRAME},
      {LAB_TEXT_COL_MEANING, WORDS}}},
    {"lab_anomalies,table",
     LAB_TEXT_ANOMALIES,
     see_anomalies,
     4,
     {{LAB_TEXT_COL_FRAME, FRAME},
      {LAB_TEXT_COL_STREAM, COUNT},
      {LAB_TEXT_COL_ANOMALY, WORDS},
      {LAB_TEXT_COL_MEANING, WORDS}}},
};

/* What Wireshark keeps of each table, and which row holds which connection, exchange, page or kind of reset.
 */
static stat_tap_table_ui uis[G_N_ELEMENTS(tables)];
static stat_tap_table_item items[G_N_ELEMENTS(tables)][13];
static stat_tap_table *shown[G_N_ELEMENTS(tables)];
static GHashTable *rows_of[G_N_ELEMENTS(tables)]; /* text of the key -> number of the row + 1 */

/* ---- cells ---- */

typedef struct {
    const table_t *table;
    stat_tap_table_item_type *fields;
    unsigned next;
} row_t;

static stat_tap_table_item_type *next_cell(row_t *r)
{
    return &r->fields[r->next++];
}

static void cell_number(row_t *r, double value)
{
    kind_t kind = r->table->column[r->next].kind;
    stat_tap_table_item_type *cell = next_cell(r);
    if (kind == COUNT || kind == FRAME) {
        cell->type = TABLE_ITEM_UINT;
        cell->value.uint_value = (unsigned)value;
    } else {
        cell->type = TABLE_ITEM_FLOAT;
        cell->value.float_value = value;
    }
}

/* Takes `text` over; NULL is an empty cell. */
static void cell_take(row_t *r, char *text)
{
    stat_tap_table_item_type *cell = next_cell(r);
    if (cell->type == TABLE_ITEM_STRING)
        g_free((char *)cell->value.string_value);
    cell->type = TABLE_ITEM_STRING;
    cell->value.string_value = text ? text : g_strdup("");
}

/* Bytes: may be more than UINT holds, and Wireshark 4.0 writes each FLOAT with six decimals. */
static void cell_bytes(row_t *r, uint64_t bytes)
{
    cell_take(r, g_strdup_printf("%14" PRIu64, bytes));
}

/* Nanoseconds as seconds; less than 0 is not known: an empty cell, which is sorted before the others. */
static void cell_maybe(row_t *r, int64_t ns)
{
    cell_take(r, ns < 0 ? NULL : g_strdup_printf("%16.6f", (double)ns / 1e9));
}

/* A token, and in brackets what it means. */
static void cell_token(row_t *r, const char *token, const char *meaning)
{
    GString *text = g_string_new(token);
    if (token && meaning && strcmp(token, meaning) != 0)
        lab_text_means(text, meaning, lab_current_language());
    cell_take(r, g_string_free(text, FALSE));
}

static void cell_row(row_t *r, const lab_token_t *row)
{
    cell_token(r, row->token, row->text.in[lab_current_language()]);
}

static void cell_side(row_t *r, const lab_conn_t *conn, int end)
{
    const char *token = lab_report_side(conn, end);
    lab_text_id_t id = end == 2                            ? LAB_TEXT_BOTH
                       : end == (int)lab_conn_client(conn) ? LAB_TEXT_CLIENT
                                                           : LAB_TEXT_SERVER;
    cell_token(r, token, token && end != 2 ? lab_text(id, lab_current_language()) : NULL);
}

/* ---- rows ---- */

/* The row of this key, for which `fresh` says whether it is new. Takes `key` over. */
static row_t row_of(unsigned table, char *key, bool *fresh)
{
    const table_t *t = &tables[table];
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(rows_of[table], key));
    *fresh = number == 0;
    if (*fresh) {
        stat_tap_table_item_type empty[13] = {0};
        number = shown[table]->num_elements + 1;
        stat_tap_init_table_row(shown[table], number - 1, t->columns, empty);
        g_hash_table_insert(rows_of[table], key, GUINT_TO_POINTER(number));
    } else {
        g_free(key);
    }
    return (row_t){t, stat_tap_get_field_data(shown[table], number - 1, 0), 0};
}

static const char *first_cause(const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    if (!resets || !resets->len)
        return NULL;
    return lab_rst_cause_text(((const lab_reset_t *)g_ptr_array_index(resets, 0))->cause).token;
}

static void fill_connection(row_t *r, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    lab_closing_t closing = lab_conn_closing(conn);
    cell_number(r, lab_conn_stream(conn));
    cell_take(r, lab_report_endpoint(lab_conn_endpoint(conn, client)));
    cell_take(r, lab_report_endpoint(lab_conn_endpoint(conn, !client)));
    cell_number(r, lab_conn_first_frame(conn));
    cell_number(r, lab_conn_last_frame(conn));
    cell_bytes(r, lab_conn_bytes(conn, client));
    cell_bytes(r, lab_conn_bytes(conn, !client));
    cell_number(r, (double)(lab_conn_last_time(conn) - lab_conn_first_time(conn)) / 1e9);
    cell_row(r, &lab_opens[lab_conn_open_kind(conn)]);
    cell_row(r, &lab_closes[closing.kind]);
    cell_side(r, conn, closing.first);
    cell_row(r, &lab_reasons[closing.reason]);
    cell_take(r, g_strdup(first_cause(conn)));
}

/* Filled with the first frame, and again with the newest of a live capture. */
static void see_connection(unsigned table, const lab_annotation_t *a, uint32_t frame)
{
    const lab_conn_t *conn = lab_engine_conn_of(lab_current_engine(), a);
    bool fresh;
    row_t r = row_of(table, g_strdup_printf("%u", lab_conn_stream(conn)), &fresh);
    if (fresh || frame == lab_conn_last_frame(conn))
        fill_connection(&r, conn);
}

static void fill_exchange(row_t *r, const lab_exchange_t *x)
{
    const char *object = lab_exchange_object(x);
    cell_number(r, x->number);
    cell_number(r, x->stream);
    cell_number(r, x->request_first);
    cell_number(r, x->response_first);
    cell_take(r, lab_text_visible_copy(x->method));
    cell_take(r, lab_text_visible_copy(x->target));
    cell_number(r, (uint32_t)x->status);
    cell_token(r, object, object ? lab_text_object(object, lab_current_language()) : NULL);
    cell_bytes(r, x->response_first ? x->received : 0);
    cell_maybe(r, lab_exchange_timing(lab_current_engine(), x).wait);
    cell_maybe(r, x->response_complete && x->request_begin ? x->response_done - x->request_begin : -1);
}

static void see_exchanges(unsigned table, const lab_annotation_t *a, uint32_t frame)
{
    uint32_t last = lab_annotation_exchange_last(lab_current_engine(), a);
    for (uint32_t n = a->exchange; n && n <= last; n++) {
        const lab_exchange_t *x = lab_engine_exchange(lab_current_engine(), n);
        bool fresh;
        if (!x || x->stream != a->stream)
            continue;
        row_t r = row_of(table, g_strdup_printf("%u", n), &fresh);
        if (fresh || frame == x->response_first || frame == x->response_last)
            fill_exchange(&r, x);
    }
}

static void fill_page(row_t *r, const lab_page_t *page)
{
    const lab_exchange_t *first =
        lab_engine_exchange(lab_current_engine(), g_array_index(page->exchanges, uint32_t, 0));
    cell_number(r, page->number);
    cell_take(r, lab_text_visible_copy(page->url));
    cell_number(r, first ? first->request_first : 0);
    cell_number(r, page->exchanges->len);
    cell_bytes(r, page->bytes);
    cell_number(r, (double)(page->last_time - page->begin_time) / 1e9);
}

static void see_page(unsigned table, const lab_annotation_t *a, uint32_t frame)
{
    const lab_exchange_t *x = lab_engine_exchange(lab_current_engine(), a->exchange);
    uint32_t number = x ? lab_exchange_page(lab_current_engine(), x) : 0;
    const lab_page_t *page = number ? lab_engine_page(lab_current_engine(), number) : NULL;
    bool fresh;
    if (!page || !page->exchanges->len)
        return;
    row_t r = row_of(table, g_strdup_printf("%u", number), &fresh);
    if (fresh || frame == x->response_last)
        fill_page(&r, page);
}

static char *note_of(const lab_annotation_t *a, uint32_t frame)
{
    GString *note = g_string_new(NULL);
    lab_note(lab_current_engine(), a, frame, lab_current_language(), note);
    return g_string_free(note, FALSE);
}

/* Resets of the same cause, side, impact and server are one row; the sentence is that of the first. */
static void see_reset(unsigned table, const lab_annotation_t *a, uint32_t frame)
{
    const lab_detail_t *d = lab_engine_detail(lab_current_engine(), a);
    if (!d || !d->reset)
        return;
    const lab_conn_t *conn = lab_engine_conn_of(lab_current_engine(), a);
    char *server = lab_report_endpoint(lab_conn_endpoint(conn, !lab_conn_client(conn)));
    const char *by = lab_report_side(conn, d->reset->by);
    bool fresh;
    row_t r =
        row_of(table, g_strdup_printf("%u %s %u %s", d->reset->cause, by, d->reset->impact, server), &fresh);
    unsigned count = fresh ? 0 : r.fields[0].value.uint_value;
    uint64_t lost = fresh ? 0 : g_ascii_strtoull(r.fields[5].value.string_value, NULL, 10);
    cell_number(&r, count + 1);
    if (fresh) {
        cell_take(&r, g_strdup(lab_rst_cause_text(d->reset->cause).token));
        cell_side(&r, conn, d->reset->by);
        cell_row(&r, &lab_impacts[d->reset->impact]);
        cell_take(&r, g_strdup(server));
    }
    r.next = 5;
    cell_bytes(&r, lost + d->reset->bytes_lost);
    if (fresh) {
        cell_number(&r, frame);
        cell_take(&r, note_of(a, frame));
    }
    g_free(server);
}

static void see_anomalies(unsigned table, const lab_annotation_t *a, uint32_t frame)
{
    const lab_detail_t *d = lab_engine_detail(lab_current_engine(), a);
    for (unsigned i = 0; d && i < LAB_ANOMALIES; i++) {
        bool fresh;
        if (!(d->anomalies & LAB_ANOMALY_BIT(i)))
            continue;
        row_t r = row_of(table, g_strdup_printf("%u %u %u", frame, a->stream, i), &fresh);
        cell_number(&r, frame);
        cell_number(&r, a->stream);
        cell_take(&r, g_strdup(lab_anomalies[i].token));
        cell_take(&r, i == LAB_ANOMALY_RESET ? note_of(a, frame)
                                             : g_strdup(lab_anomalies[i].text.in[lab_current_language()]));
    }
}

/* ---- what Wireshark calls ---- */

static unsigned number_of_ui(const stat_tap_table_ui *ui)
{
    return (unsigned)(ui - uis);
}

static tap_packet_status see_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *packet _U_, tap_flags_t flags _U_)
{
    unsigned table = number_of_ui(((stat_data_t *)data)->stat_tap_data);
    const lab_engine_t *engine = lab_current_engine();
    const lab_annotation_t *a = engine ? lab_engine_annotation(engine, pinfo->num) : NULL;
    for (unsigned n = 0; a && a->phase != LAB_PHASE_RESOLVE; n++) {
        tables[table].see(table, a, pinfo->num);
        a = a->marks & LAB_MARK_MORE || n ? lab_engine_more(engine, pinfo->num, n) : NULL;
    }
    return TAP_PACKET_REDRAW;
}

static void free_cell(stat_tap_table *table _U_, guint row _U_, guint column _U_,
                      stat_tap_table_item_type *cell)
{
    if (cell->type == TABLE_ITEM_STRING)
        g_free((char *)cell->value.string_value);
    cell->type = TABLE_ITEM_NONE;
}

/* A second window of the same table still points to the rows: then they are left as they are. */
static void reset_table(stat_tap_table *table)
{
    unsigned number = 0;
    while (number < G_N_ELEMENTS(tables) - 1 && shown[number] != table)
        number++;
    for (guint row = 0; uis[number].refcount <= 1 && row < table->num_elements; row++) {
        for (guint column = 0; column < table->num_fields; column++)
            free_cell(table, row, column, &table->elements[row][column]);
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
    g_hash_table_remove_all(rows_of[number]);
}

static void init_table(stat_tap_table_ui *ui)
{
    unsigned number = number_of_ui(ui);
    const char *title = lab_text(tables[number].title, LAB_LANG_EN);
    stat_tap_table *table = stat_tap_find_table(ui, title);
    if (!rows_of[number])
        rows_of[number] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (table) {
        reset_table(table);
        return;
    }
    g_hash_table_remove_all(rows_of[number]);
    shown[number] = stat_tap_init_table(title, (int)tables[number].columns, 0, NULL);
    stat_tap_add_table(ui, shown[number]);
}

static void describe_columns(unsigned number, lab_lang_t lang)
{
    static const struct {
        stat_tap_table_item_enum type;
        tap_alignment_type align;
        const char *format;
    } kinds[] = {[COUNT] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "%u"},
                 [FRAME] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "%u"},
                 [BYTES] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "%s"},
                 [SECONDS] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "%.6f"},
                 [MAYBE] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "%s"},
                 [WORDS] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "%s"}};
    for (unsigned i = 0; i < tables[number].columns; i++) {
        const column_t *c = &tables[number].column[i];
        items[number][i] = (stat_tap_table_item){kinds[c->kind].type, kinds[c->kind].align,
                                                 lab_text(c->title, lang), kinds[c->kind].format};
    }
}

void lab_tables_register(void)
{
    static tap_param params[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    lab_lang_t lang = lab_language_of_environment();
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        describe_columns(i, lang);
        uis[i] = (stat_tap_table_ui){
            .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
            .title = g_strconcat(LAB_MENU, lab_text(tables[i].title, lang), NULL),
            .tap_name = "lab",
            .cli_string = tables[i].option,
            .stat_tap_init_cb = init_table,
            .packet_func = see_packet,
            .stat_tap_reset_table_cb = reset_table,
            .stat_tap_free_table_item_cb = free_cell,
            .nfields = tables[i].columns,
            .fields = items[i],
            .nparams = G_N_ELEMENTS(params),
            .params = params,
        };
        register_stat_tap_table_ui(&uis[i]);
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statistics.c - tshark's -z lab,... and, in Wireshark, Statistics > Lab. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "packet-lab.h"
#include "report.h"
#include "texts.h"

/* ---- tshark: one row per kind of statistics ---- */

typedef void (*lab_write_t)(const lab_report_t *report, GString *out);
/* The same about one exchange or connection; false if there is none of this number. */
typedef bool (*lab_write_one_t)(const lab_report_t *report, uint32_t number, GString *out);

typedef struct {
    const char *name;
    lab_write_t write;
    lab_write_one_t write_one;
} lab_format_t;

/* How a statistic about one exchange or connection speaks of its number. */
typedef struct {
    lab_text_id_t no_number, out_of_range, none;
    uint32_t first;
    uint32_t (*count)(const lab_engine_t *engine);
} lab_numbers_t;

typedef struct {
    const char *option;           /* after "-z " */
    const lab_numbers_t *numbers; /* NULL = it is about the whole capture */
    lab_format_t formats[3];      /* the first is the default; without a name there is no choice */
    bool layers;                  /* it counts the protocols of the frames */
} lab_statistic_t;

static const lab_numbers_t exchange_numbers = {LAB_TEXT_ERROR_EXCHANGE_NUMBER, LAB_TEXT_ERROR_EXCHANGE_RANGE,
                                               LAB_TEXT_ERROR_EXCHANGE_NONE, 1, lab_engine_exchanges};
static const lab_numbers_t connection_numbers = {LAB_TEXT_ERROR_CONNECTION_NUMBER,
                                                 LAB_TEXT_ERROR_CONNECTION_RANGE,
                                                 LAB_TEXT_ERROR_CONNECTION_NONE, 0, lab_engine_streams};

static const lab_statistic_t statistics[] = {
    {"lab,connections", NULL, {{NULL, lab_report_connections, NULL}}, false},
    {"lab,exchanges", NULL, {{NULL, lab_report_exchanges, NULL}}, false},
    {"lab,anomalies", NULL, {{NULL, lab_report_anomalies, NULL}}, false},
    {"lab,report",
     NULL,
     {{"text", lab_report_text, NULL}, {"json", lab_report_json, NULL}, {"har", lab_report_har, NULL}},
     true},
    {"lab,exchange",
     &exchange_numbers,
     {{"text", NULL, lab_report_exchange}, {"json", NULL, lab_report_exchange_json}},
     false},
    {"lab,connection",
     &connection_numbers,
     {{"text", NULL, lab_report_connection}, {"json", NULL, lab_report_connection_json}},
     false},
};

/* One statistic that was asked for. */
typedef struct {
    const lab_statistic_t *statistic;
    const lab_format_t *format;
    uint32_t number;
    char *file;     /* NULL = standard output */
    GArray *layers; /* of lab_layer_t, if it counts them */
} lab_request_t;

/* The places of an error's text. */
typedef struct {
    const char *value; /* what was wrong */
    uint32_t first, last;
} lab_wrong_t;

static bool fill_wrong(void *user, const char *name, GString *out)
{
    const lab_wrong_t *w = user;
    if (strcmp(name, "value") == 0)
        lab_text_visible(out, w->value);
    else if (strcmp(name, "first") == 0)
        g_string_append_printf(out, "%u", w->first);
    else if (strcmp(name, "last") == 0)
        g_string_append_printf(out, "%u", w->last);
    else
        return false;
    return true;
}

static void complain_of(lab_text_id_t id, lab_wrong_t wrong)
{
    GString *text = g_string_new("tshark: ");
    lab_text_expand(text, lab_text(id, lab_current_language()), fill_wrong, &wrong);
    fprintf(stderr, "%s\n", text->str);
    g_string_free(text, TRUE);
}

/* An error with the value it is about in its place. */
static void complain(lab_text_id_t id, const char *value)
{
    complain_of(id, (lab_wrong_t){.value = value});
}

/* ---- the protocols of the frames ---- */

typedef struct {
    int proto;
    uint32_t frames, last_frame;
} lab_layer_t;

/* Wireshark lists more among a frame's layers than the protocols that were on the wire. */
static bool is_protocol(const char *filter)
{
    static const char *const others[] = {"frame", "ethertype", "data", "lab", "pkt_comment"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(filter, others[i]) == 0)
            return false;
    return !g_str_has_prefix(filter, "_ws.");
}

static lab_layer_t *layer_of(GArray *layers, int proto)
{
    for (guint i = 0; i < layers->len; i++)
        if (g_array_index(layers, lab_layer_t, i).proto == proto)
            return &g_array_index(layers, lab_layer_t, i);
    const lab_layer_t layer = {proto, 0, 0};
    g_array_append_val(layers, layer);
    return &g_array_index(layers, lab_layer_t, layers->len - 1);
}

/* A frame with a protocol in several layers (a tunnel, several messages) counts once. */
static void count_layers(GArray *layers, const packet_info *pinfo)
{
    for (wmem_list_frame_t *f = wmem_list_head(pinfo->layers); f; f = wmem_list_frame_next(f)) {
        lab_layer_t *layer = layer_of(layers, GPOINTER_TO_INT(wmem_list_frame_data(f)));
        layer->frames += layer->last_frame != pinfo->num;
        layer->last_frame = pinfo->num;
    }
}

static lab_protocol_t *protocols_of(const GArray *layers, unsigned *count)
{
    lab_protocol_t *list = g_new0(lab_protocol_t, layers->len + 1);
    *count = 0;
    for (guint i = 0; i < layers->len; i++) {
        const lab_layer_t *layer = &g_array_index(layers, lab_layer_t, i);
        const char *filter = proto_get_protocol_filter_name(layer->proto);
        const protocol_t *protocol = find_protocol_by_id(layer->proto);
        if (protocol && filter && is_protocol(filter))
            list[(*count)++] = (lab_protocol_t){proto_get_protocol_short_name(protocol), layer->frames};
    }
    return list;
}

static void reset_request(void *user)
{
    const lab_request_t *request = user;
    if (request->layers)
        g_array_set_size(request->layers, 0);
}

static tap_packet_status see_packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data _U_, tap_flags_t flags _U_)
{
    const lab_request_t *request = user;
    if (request->layers)
        count_layers(request->layers, pinfo);
    return TAP_PACKET_REDRAW;
}

/* ---- writing ---- */

static void write_out(const lab_request_t *request, const GString *text)
{
    FILE *out = request->file ? fopen(request->file, "wb") : stdout;
    bool good = out && fwrite(text->str, 1, text->len, out) == text->len;
    if (out && out != stdout)
        good = fclose(out) == 0 && good;
    if (!good) {
        char *value = g_strdup_printf("%s: %s", request->file ? request->file : "stdout", g_strerror(errno));
        complain(LAB_TEXT_ERROR_WRITE, value);
        exit(1);
    }
}

static void G_GNUC_NORETURN used_wrongly(lab_text_id_t id, const char *value)
{
    complain(id, value);
    exit(2);
}

static void G_GNUC_NORETURN no_such_number(const lab_request_t *request, const lab_engine_t *engine)
{
    const lab_numbers_t *numbers = request->statistic->numbers;
    uint32_t count = engine ? numbers->count(engine) : 0;
    char *value = g_strdup_printf("%u", request->number);
    complain_of(count ? numbers->out_of_range : numbers->none,
                (lab_wrong_t){value, numbers->first, numbers->first + count - 1});
    exit(2);
}

static void draw(void *user)
{
    const lab_request_t *request = user;
    lab_report_t report = {
        .engine = lab_current_engine(), .frames = lab_current_frames(), .lang = lab_current_language()};
    lab_protocol_t *protocols =
        request->layers ? protocols_of(request->layers, &report.protocol_count) : NULL;
    report.protocols = protocols;
    GString *text = g_string_new(NULL);
    if (request->format->write)
        request->format->write(&report, text);
    else if (!request->format->write_one(&report, request->number, text))
        no_such_number(request, report.engine);
    write_out(request, text);
    g_string_free(text, TRUE);
    g_free(protocols);
}

static const lab_format_t *format_of(const lab_statistic_t *statistic, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(statistic->formats); i++)
        if (statistic->formats[i].name && strcmp(statistic->formats[i].name, name) == 0)
            return &statistic->formats[i];
    used_wrongly(LAB_TEXT_ERROR_FORMAT, name);
}

static uint32_t number_of(const lab_numbers_t *numbers, const char *text)
{
    char *end = NULL;
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
    if (!end || *end || value > G_MAXUINT32)
        used_wrongly(numbers->no_number, text);
    return (uint32_t)value;
}

/* ",json,FILE" after "lab,report", ",7,json,FILE" where a number is asked for; nothing after the others. */
static void take_arguments(lab_request_t *request, const lab_statistic_t *statistic, const char *arguments)
{
    bool takes = statistic->formats[0].name != NULL;
    request->statistic = statistic;
    request->format = &statistic->formats[0];
    if (*arguments && (!takes || *arguments != ','))
        used_wrongly(LAB_TEXT_ERROR_ARGUMENT, arguments);
    char **parts = g_strsplit(*arguments ? arguments + 1 : "", ",", statistic->numbers ? 3 : 2);
    char **part = parts;
    if (statistic->numbers)
        request->number = number_of(statistic->numbers, *part ? *part++ : "");
    if (*part)
        request->format = format_of(statistic, *part++);
    if (*part && **part)
        request->file = g_strdup(*part);
    g_strfreev(parts);
}

static lab_stat_init_t init_statistic(const char *argument, void *user)
{
    const lab_statistic_t *statistic = user;
    lab_request_t *request = g_new0(lab_request_t, 1);
    take_arguments(request, statistic, argument + strlen(statistic->option));
    if (statistic->layers)
        request->layers = g_array_new(FALSE, FALSE, sizeof(lab_layer_t));
    GString *error = register_tap_listener("lab", request, NULL, TL_REQUIRES_NOTHING, reset_request,
                                           see_packet, draw, NULL);
    if (error) {
        fprintf(stderr, "tshark: %s\n", error->str);
        exit(1);
    }
    LAB_STAT_INIT_DONE;
}

static void register_tshark(void)
{
    static stat_tap_ui uis[G_N_ELEMENTS(statistics)];
    for (size_t i = 0; i < G_N_ELEMENTS(statistics); i++) {
        uis[i] =
            (stat_tap_ui){REGISTER_STAT_GROUP_GENERIC, NULL, statistics[i].option, init_statistic, 0, NULL};
        register_stat_tap_ui(&uis[i], (void *)&statistics[i]);
    }
}

/* ---- Wireshark: a tree a kind, a node a line; frames are counted beside it ---- */

typedef struct {
    const char *abbreviation;
    lab_text_id_t title;
    tap_packet_status (*packet)(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                tap_flags_t flags);
} lab_menu_t;

static const lab_annotation_t *annotation_of(const packet_info *pinfo)
{
    return lab_current_engine() ? lab_engine_annotation(lab_current_engine(), pinfo->num) : NULL;
}

static void tick(stats_tree *st, const char *parent, const char *name)
{
    int id = parent ? tick_stat_node(st, parent, 0, TRUE) : 0;
    tick_stat_node(st, name, id, FALSE);
}

/* "0: CLIENT → SERVER, three-way, open"; to be freed by the caller. */
static char *connection_name(const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    char *from = lab_report_endpoint(lab_conn_endpoint(conn, client));
    char *to = lab_report_endpoint(lab_conn_endpoint(conn, !client));
    char *name = g_strdup_printf("%u: %s → %s, %s, %s", lab_conn_stream(conn), from, to,
                                 lab_opens[lab_conn_open_kind(conn)].token,
                                 lab_closes[lab_conn_closing(conn).kind].token);
    g_free(from);
    g_free(to);
    return name;
}

static tap_packet_status connections_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                            const void *data _U_, tap_flags_t flags _U_)
{
    const lab_annotation_t *a = annotation_of(pinfo);
    if (!a)
        return TAP_PACKET_DONT_REDRAW;
    const lab_conn_t *conn = lab_engine_conn_of(lab_current_engine(), a);
    char *name = connection_name(conn);
    tick(st, lab_text(LAB_TEXT_CONNECTIONS, lab_current_language()), name);
    g_free(name);
    return TAP_PACKET_REDRAW;
}

/* "3: GET /a → 200"; the status where there is a response. To be freed by the caller. */
static char *exchange_name(const lab_exchange_t *x)
{
    GString *name = g_string_new(NULL);
    g_string_printf(name, "%u: ", x->number);
    lab_text_visible(name, x->method ? x->method : "?");
    g_string_append_c(name, ' ');
    lab_text_visible(name, x->target ? x->target : "?");
    if (x->status)
        g_string_append_printf(name, " → %u", x->status);
    return g_string_free(name, FALSE);
}

static tap_packet_status exchanges_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                          const void *data _U_, tap_flags_t flags _U_)
{
    const lab_annotation_t *a = annotation_of(pinfo);
    const lab_exchange_t *x = a ? lab_engine_exchange(lab_current_engine(), a->exchange) : NULL;
    if (!x)
        return TAP_PACKET_DONT_REDRAW;
    char *name = exchange_name(x);
    tick(st, lab_text(LAB_TEXT_EXCHANGES, lab_current_language()), name);
    g_free(name);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status anomalies_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                          const void *data _U_, tap_flags_t flags _U_)
{
    const lab_annotation_t *a = annotation_of(pinfo);
    const lab_detail_t *d = a ? lab_engine_detail(lab_current_engine(), a) : NULL;
    if (!d || !d->anomalies)
        return TAP_PACKET_DONT_REDRAW;
    lab_lang_t lang = lab_current_language();
    for (unsigned i = 0; i < LAB_ANOMALIES; i++) {
        if (!(d->anomalies & LAB_ANOMALY_BIT(i)))
            continue;
        char *name = g_strdup_printf("%s: %s", lab_anomalies[i].token, lab_anomalies[i].text.in[lang]);
        tick(st, lab_text(LAB_TEXT_ANOMALIES, lang), name);
        g_free(name);
    }
    return TAP_PACKET_REDRAW;
}

static void init_tree(stats_tree *st _U_)
{
}

static void register_menu(void)
{
    static const lab_menu_t menus[] = {{"lab_connections", LAB_TEXT_CONNECTIONS, connections_packet},
                                       {"lab_exchanges", LAB_TEXT_EXCHANGES, exchanges_packet},
                                       {"lab_anomalies", LAB_TEXT_ANOMALIES, anomalies_packet}};
    lab_lang_t lang = lab_language_of_environment();
    for (size_t i = 0; i < G_N_ELEMENTS(menus); i++) {
        char *path = g_strconcat(LAB_MENU, lab_text(menus[i].title, lang), NULL);
        stats_tree_register_plugin("lab", menus[i].abbreviation, path, 0, menus[i].packet, init_tree, NULL);
        g_free(path);
    }
}

void lab_statistics_register(void)
{
    register_tshark();
    register_menu();
}

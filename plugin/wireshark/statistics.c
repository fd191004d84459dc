/* statistics.c - tshark's -z lab,... and, in Wireshark, Statistics > Lab. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "packet-lab.h"
#include "report.h"
#include "text.h"

/* ---- tshark: one row per kind of statistics ---- */

typedef struct {
    const char *option; /* after "-z " */
    void (*write)(const lab_report_t *report, GString *out);
} statistic_t;

typedef struct {
    const char *name;
    void (*write)(const lab_report_t *report, GString *out);
} format_t;

static const statistic_t statistics[] = {
    {"lab,connections", lab_report_connections},
    {"lab,exchanges", lab_report_exchanges},
    {"lab,anomalies", lab_report_anomalies},
    {"lab,report", lab_report_text},
};

static const format_t formats[] = {{"text", lab_report_text}, {"json", lab_report_json}};

/* One statistic that was asked for. */
typedef struct {
    void (*write)(const lab_report_t *report, GString *out);
    char *file; /* NULL = standard output */
} request_t;

static bool fill_value(void *value, const char *name, GString *out)
{
    if (strcmp(name, "value") == 0)
        g_string_append(out, value);
    return strcmp(name, "value") == 0;
}

static tap_packet_status count_packet(void *request _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                      const void *data _U_, tap_flags_t flags _U_)
{
    return TAP_PACKET_REDRAW;
}

/* An error with the value it is about in its place. */
static void complain(lab_text_id_t id, const char *value)
{
    GString *text = g_string_new("tshark: ");
    lab_text_expand(text, lab_text(id, lab_current_language()), fill_value, (void *)value);
    fprintf(stderr, "%s\n", text->str);
    g_string_free(text, TRUE);
}

static void write_out(const request_t *request, const GString *text)
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

static void draw(void *user)
{
    const request_t *request = user;
    lab_report_t report = {
        .engine = lab_current_engine(), .frames = lab_current_frames(), .lang = lab_current_language()};
    GString *text = g_string_new(NULL);
    request->write(&report, text);
    write_out(request, text);
    g_string_free(text, TRUE);
}

static void G_GNUC_NORETURN used_wrongly(lab_text_id_t id, const char *value)
{
    complain(id, value);
    exit(2);
}

/* ",json,FILE" after "lab,report"; nothing after the others. */
static void take_arguments(request_t *request, const statistic_t *statistic, const char *arguments)
{
    request->write = statistic->write;
    if (*arguments == '\0')
        return;
    if (strcmp(statistic->option, "lab,report") != 0)
        used_wrongly(LAB_TEXT_ERROR_ARGUMENT, arguments);
    char **parts = g_strsplit(arguments + 1, ",", 2);
    bool found = false;
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (strcmp(parts[0], formats[i].name) == 0) {
            request->write = formats[i].write;
            found = true;
        }
    }
    if (!found)
        used_wrongly(LAB_TEXT_ERROR_FORMAT, parts[0]);
    if (parts[1] && *parts[1])
        request->file = g_strdup(parts[1]);
    g_strfreev(parts);
}

static lab_stat_init_t init_statistic(const char *argument, void *user)
{
    const statistic_t *statistic = user;
    request_t *request = g_new0(request_t, 1);
    take_arguments(request, statistic, argument + strlen(statistic->option));
    GString *error =
        register_tap_listener("lab", request, NULL, TL_REQUIRES_NOTHING, NULL, count_packet, draw, NULL);
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
} menu_t;

static const lab_record_t *record_of(const packet_info *pinfo)
{
    return lab_current_engine() ? lab_engine_record(lab_current_engine(), pinfo->num) : NULL;
}

static void tick(stats_tree *st, const char *parent, const char *name)
{
    int id = parent ? tick_stat_node(st, parent, 0, TRUE) : 0;
    tick_stat_node(st, name, id, FALSE);
}

static tap_packet_status connections_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                            const void *data _U_, tap_flags_t flags _U_)
{
    const lab_record_t *r = record_of(pinfo);
    if (!r)
        return TAP_PACKET_DONT_REDRAW;
    const lab_conn_t *conn = lab_engine_conn(lab_current_engine(), r->stream);
    unsigned end = lab_conn_client(conn);
    char *client = lab_report_endpoint(lab_conn_endpoint(conn, end));
    char *server = lab_report_endpoint(lab_conn_endpoint(conn, !end));
    lab_closing_t closing = lab_conn_closing(conn);
    char *name = g_strdup_printf("%u: %s → %s, %s, %s", lab_conn_stream(conn), client, server,
                                 lab_opens[lab_conn_open_kind(conn)].token, lab_closes[closing.kind].token);
    tick(st, lab_text(LAB_TEXT_CONNECTIONS, lab_current_language()), name);
    g_free(client);
    g_free(server);
    g_free(name);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status exchanges_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                          const void *data _U_, tap_flags_t flags _U_)
{
    const lab_record_t *r = record_of(pinfo);
    const lab_exchange_t *x = r ? lab_engine_exchange(lab_current_engine(), r->exchange) : NULL;
    if (!x)
        return TAP_PACKET_DONT_REDRAW;
    char *target = g_utf8_make_valid(x->target ? x->target : "?", -1);
    char *name = x->status ? g_strdup_printf("%u: %s %s → %u", x->number, x->method ? x->method : "?", target,
                                             x->status)
                           : g_strdup_printf("%u: %s %s", x->number, x->method ? x->method : "?", target);
    tick(st, lab_text(LAB_TEXT_EXCHANGES, lab_current_language()), name);
    g_free(target);
    g_free(name);
    return TAP_PACKET_REDRAW;
}

static tap_packet_status anomalies_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                          const void *data _U_, tap_flags_t flags _U_)
{
    const lab_record_t *r = record_of(pinfo);
    const lab_detail_t *d = r ? lab_engine_detail(lab_current_engine(), r) : NULL;
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
    static const menu_t menus[] = {{"lab_connections", LAB_TEXT_CONNECTIONS, connections_packet},
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

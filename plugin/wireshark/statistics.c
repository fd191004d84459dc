/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statistics.c - tshark's -z lab,... and, in Wireshark, Statistics > Lab. */
#include "arguments.h"
#include "compat.h"
#include "packet-lab.h"
#include "protocols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tshark: one row per kind of statistics ---- */

static const lab_numbers_t exchange_numbers = {LAB_TEXT_ERROR_EXCHANGE_NUMBER, LAB_TEXT_ERROR_EXCHANGE_RANGE,
                                               LAB_TEXT_ERROR_EXCHANGE_NONE, 1, lab_engine_exchanges};
static const lab_numbers_t connection_numbers = {LAB_TEXT_ERROR_CONNECTION_NUMBER,
                                                 LAB_TEXT_ERROR_CONNECTION_RANGE,
                                                 LAB_TEXT_ERROR_CONNECTION_NONE, 0, lab_engine_streams};

static const lab_statistic_t statistics[] = {
    {"lab,connections", NULL, NULL, lab_report_connections},
    {"lab,exchanges", NULL, NULL, lab_report_exchanges},
    {"lab,anomalies", NULL, NULL, lab_report_anomalies},
    {"lab,report", NULL, lab_report_formats, NULL},
    {"lab,exchange", &exchange_numbers, lab_exchange_formats, NULL},
    {"lab,connection", &connection_numbers, lab_connection_formats, NULL},
};

/* One statistic that was asked for. It has two listeners: one sees every frame, one those that pass the
 * filter. */
typedef struct {
    lab_arguments_t arguments;
    GArray *protocols; /* of all frames */
    GArray *passing;   /* of uint8_t: by frame number, not 0 if it passed the filter; NULL = no filter */
} lab_request_t;

static void reset_request(void *user)
{
    const lab_request_t *request = user;
    g_array_set_size(request->protocols, 0);
}

static tap_packet_status see_packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data _U_, tap_flags_t flags _U_)
{
    const lab_request_t *request = user;
    lab_protocols_count(request->protocols, pinfo);
    return TAP_PACKET_REDRAW;
}

static void reset_passing(void *user)
{
    g_array_set_size(user, 0);
}

static tap_packet_status see_passing(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                     const void *data _U_, tap_flags_t flags _U_)
{
    GArray *passing = user;
    if (pinfo->num >= passing->len)
        g_array_set_size(passing, pinfo->num + 1);
    g_array_index(passing, uint8_t, pinfo->num) = 1;
    return TAP_PACKET_REDRAW;
}

/* ---- writing ---- */

typedef struct {
    const char *name; /* NULL = standard output */
    FILE *file;
} lab_out_t;

static void G_GNUC_NORETURN cannot_write(const lab_out_t *out)
{
    char *value = g_strdup_printf("%s: %s", out->name ? out->name : "stdout", g_strerror(errno));
    lab_complain(LAB_TEXT_ERROR_WRITE, (lab_wrong_t){.value = value});
    exit(1);
}

static lab_out_t open_out(const char *name)
{
    lab_out_t out = {name, name ? fopen(name, "wb") : stdout};
    if (!out.file)
        cannot_write(&out);
    return out;
}

static void write_out(void *user, const GString *text)
{
    const lab_out_t *out = user;
    if (fwrite(text->str, 1, text->len, out->file) != text->len)
        cannot_write(out);
}

static void close_out(const lab_out_t *out)
{
    if (out->file == stdout ? fflush(stdout) != 0 : fclose(out->file) != 0)
        cannot_write(out);
}

static void G_GNUC_NORETURN no_such_number(const lab_arguments_t *arguments, const lab_engine_t *engine)
{
    const lab_numbers_t *numbers = arguments->statistic->numbers;
    uint32_t count = engine ? numbers->count(engine) : 0;
    char *value = g_strdup_printf("%u", arguments->number);
    lab_used_wrongly(count ? numbers->out_of_range : numbers->none,
                     (lab_wrong_t){value, numbers->first, numbers->first + count - 1, arguments->statistic});
}

/* NULL = the whole capture. */
static lab_selection_t *selection_of(const lab_request_t *request, const lab_engine_t *engine)
{
    lab_wanted_t wanted = request->arguments.wanted;
    wanted.frames = request->passing;
    bool whole = !wanted.frames && !wanted.server && !wanted.page && wanted.connection < 0;
    return whole ? NULL : lab_selection_new(engine, &wanted);
}

static void draw(void *user)
{
    const lab_request_t *request = user;
    const lab_arguments_t *a = &request->arguments;
    lab_report_t report = {
        .engine = lab_current_engine(), .frames = lab_current_frames(), .lang = lab_current_language()};
    lab_protocol_t *protocols = lab_protocols_list(request->protocols, &report.protocol_count);
    lab_selection_t *selection = selection_of(request, report.engine);
    report.protocols = protocols;
    report.selection = selection;
    GString *text = g_string_new(NULL);
    lab_out_t out = open_out(a->file);
    report.take = write_out;
    report.user = &out;
    if (a->write)
        a->write(&report, text);
    else if (!a->write_one(&report, a->number, text))
        no_such_number(a, report.engine);
    write_out(&out, text);
    close_out(&out);
    g_string_free(text, TRUE);
    lab_selection_free(selection);
    g_free(protocols);
}

static void listen_to(void *user, const char *filter, tap_reset_cb reset, tap_packet_cb packet,
                      tap_draw_cb drawn)
{
    GString *error =
        register_tap_listener("lab", user, filter, TL_REQUIRES_NOTHING, reset, packet, drawn, NULL);
    if (error) {
        char *value = g_strdup_printf("%s: %s", filter ? filter : "lab", error->str);
        lab_used_wrongly(LAB_TEXT_ERROR_FILTER, (lab_wrong_t){.value = value});
    }
}

static lab_stat_init_t init_statistic(const char *argument, void *user)
{
    const lab_statistic_t *statistic = user;
    lab_request_t *request = g_new0(lab_request_t, 1);
    request->arguments = lab_arguments_read(statistic, argument + strlen(statistic->option));
    request->protocols = lab_protocols_new();
    if (request->arguments.filter) {
        request->passing = g_array_new(FALSE, TRUE, sizeof(uint8_t));
        listen_to(request->passing, request->arguments.filter, reset_passing, see_passing, NULL);
    }
    listen_to(request, NULL, reset_request, see_packet, draw);
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
    char *target = g_utf8_make_valid(x->target ? x->target : "?", -1);
    GString *name = g_string_new(NULL);
    g_string_printf(name, "%u: %s %s", x->number, x->method ? x->method : "?", target);
    if (x->status)
        g_string_append_printf(name, " → %u", x->status);
    g_free(target);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statistics.c - tshark's -z lab,...; the tables of Statistics > Lab are in tables.c. */
#include "arguments.h"
#include "compat.h"
#include "observe.h"
#include "packet-lab.h"
#include "part.h"
#include "passing.h"
#include "protocols.h"
#include "quic.h"
#include "report_window.h"
#include "tables.h"

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
    {"lab,pages", NULL, NULL, lab_report_pages},
    {"lab,resets", NULL, NULL, lab_report_resets},
    {"lab,report", NULL, lab_report_formats, NULL},
    {"lab,homework", NULL, lab_homework_formats, NULL},
    {"lab,solution", NULL, lab_solution_formats, NULL},
    {"lab,exchange", &exchange_numbers, lab_exchange_formats, NULL},
    {"lab,connection", &connection_numbers, lab_connection_formats, NULL},
};

/* One statistic that was asked for. It has two listeners: one sees every frame, one those that pass the
 * filter. */
typedef struct {
    lab_arguments_t arguments;
    GArray *protocols; /* of all frames */
    uint32_t frames;   /* seen */
    GArray *times;     /* of int64_t: when each frame from 1 on was captured, see lab_report_t */
    GArray *passing;   /* of uint8_t: by frame number, not 0 if it passed the filter; NULL = no filter */
} lab_request_t;

static void reset_request(void *user)
{
    lab_request_t *request = user;
    g_array_set_size(request->protocols, 0);
    g_array_set_size(request->times, 0);
    request->frames = 0;
}

static void note_time(GArray *times, const packet_info *pinfo)
{
    const int64_t unknown = -1, time = lab_observe_nanoseconds(&pinfo->rel_ts);
    while (times->len + 1 < pinfo->num)
        g_array_append_val(times, unknown);
    if (times->len < pinfo->num)
        g_array_append_val(times, time);
}

static tap_packet_status see_packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data _U_, tap_flags_t flags _U_)
{
    lab_request_t *request = user;
    lab_protocols_count(request->protocols, pinfo);
    request->frames++;
    note_time(request->times, pinfo);
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
    lab_out_t out = {name, name ? ws_fopen(name, "wb") : stdout};
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
                     (lab_wrong_t){.value = value,
                                   .first = numbers->first,
                                   .last = numbers->first + count - 1,
                                   .statistic = arguments->statistic});
}

/* tshark -2 -R hands all frames to the first pass and only those that pass to the second: what the others did
 * to the connections cannot be taken back. */
static void check_read_filter(const lab_request_t *request)
{
    if (request->frames < lab_current_fed())
        lab_used_wrongly(LAB_TEXT_ERROR_READ_FILTER,
                         (lab_wrong_t){.first = request->frames, .last = lab_current_fed()});
}

static void draw(void *user)
{
    const lab_request_t *request = user;
    const lab_arguments_t *a = &request->arguments;
    check_read_filter(request);
    lab_report_t report = {
        .engine = lab_current_engine(), .frames = lab_current_frames(), .lang = lab_current_language()};
    lab_protocol_t *protocols = lab_protocols_list(request->protocols, &report.protocol_count);
    lab_selection_t *selection = lab_part_of(a, request->passing, report.engine);
    report.protocols = protocols;
    report.quic = lab_quic_connections();
    report.selection = selection;
    report.times = (const int64_t *)(void *)request->times->data;
    report.time_count = request->times->len;
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
    request->times = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (request->arguments.filter) {
        request->passing = lab_passing_new();
        listen_to(request->passing, request->arguments.filter, lab_passing_reset, lab_passing_see, NULL);
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

void lab_statistics_register(void)
{
    register_tshark();
    lab_tables_register();
    lab_report_window_register();
}

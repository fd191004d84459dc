/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arguments.h - the arguments of tshark's -z lab,...
 *
 *   lab,report[,FORMAT[,FILE[,FILTER]]]       lab,connections[,FILTER]
 *   lab,exchange,N[,FORMAT[,FILE]]
 *
 * FILTER is a display filter. Before it may stand server=HOST[:PORT]; page=N; and connection=N; each ended by
 * a semicolon.
 */
#ifndef LAB_ARGUMENTS_H
#define LAB_ARGUMENTS_H

#include "report.h"
#include "texts.h"

/* How a statistic about one exchange or connection speaks of its number. */
typedef struct {
    lab_text_id_t no_number, out_of_range, none;
    uint32_t first;
    uint32_t (*count)(const lab_engine_t *engine);
} lab_numbers_t;

/* A kind of statistics. */
typedef struct {
    const char *option;           /* after "-z " */
    const lab_numbers_t *numbers; /* NULL = it is about the capture, or the part that passes the filter */
    const lab_report_format_t *formats; /* NULL = there is no choice */
    lab_report_write_t write;           /* without a choice of formats */
} lab_statistic_t;

/* What was asked for. The strings are the request's. */
typedef struct {
    const lab_statistic_t *statistic;
    lab_report_write_t write;         /* either this */
    lab_report_write_one_t write_one; /* or this, about `number` */
    uint32_t number;
    char *file;          /* NULL = standard output */
    char *filter;        /* display filter, NULL = none */
    char *server;        /* of `wanted` */
    lab_wanted_t wanted; /* without frames */
} lab_arguments_t;

/* Reads what stands after the option. Of wrong arguments it says on standard error which one is wrong and
 * what to write, and ends the program: exit code 2. */
lab_arguments_t lab_arguments_read(const lab_statistic_t *statistic, const char *text);

/* An error's text on standard error; places: value, first, last, list, option, formats. */
typedef struct {
    const char *value; /* what was wrong */
    uint32_t first, last;
    const char *list;
    const lab_statistic_t *statistic;
} lab_wrong_t;
void lab_complain(lab_text_id_t id, lab_wrong_t wrong);
void lab_used_wrongly(lab_text_id_t id, lab_wrong_t wrong) G_GNUC_NORETURN;

#endif

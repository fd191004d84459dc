/* SPDX-License-Identifier: GPL-2.0-or-later */
/* one_capture.c - the commands about one capture: answers and check. */
#include <glib/gstdio.h>
#include <stdio.h>

#include "commands.h"
#include "one_capture.h"

enum { SHEET_MOST = 4 << 20 };

static char *part_of(const lab_options_t *o)
{
    return o->page >= 0         ? g_strdup_printf("page=%" G_GINT64_FORMAT ";", o->page)
           : o->connection >= 0 ? g_strdup_printf("connection=%" G_GINT64_FORMAT ";", o->connection)
                                : NULL;
}

bool lab_read_one(const lab_options_t *o, const char *capture, lab_reading_t *reading)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("labclass-XXXXXX", &error);
    if (!folder) {
        *reading = (lab_reading_t){.problem = g_strdup(error->message)};
        g_error_free(error);
        return false;
    }
    /* tshark may run as another user, who must be able to write here. */
    g_chmod(folder, lab_tshark_is_other() ? 0733 : 0700);
    lab_reader_t reader = {.tshark = o->tshark,
                           .folder = folder,
                           .language = o->language,
                           .bodies = false,
                           .filter = part_of(o)};
    *reading = lab_read_capture(&reader, capture, 0);
    g_free(reader.filter);
    lab_remove_folder(folder);
    g_free(folder);
    return reading->facts != NULL;
}

int lab_command_answers(const lab_options_t *o)
{
    lab_reading_t reading;
    GString *out = g_string_new(NULL);
    int status;
    if (o->page >= 0 && o->connection >= 0)
        return lab_misused(o, T_ONE_PART, NULL);
    if (lab_read_one(o, o->words[0], &reading)) {
        lab_sheet_write(reading.facts, o->words[0], o->language, out);
        status = lab_put(o, out);
    } else {
        status = lab_file_failed(o, o->words[0], g_steal_pointer(&reading.problem), LAB_USAGE);
    }
    lab_reading_clear(&reading);
    g_string_free(out, TRUE);
    return status;
}

static int check(const lab_options_t *o, const lab_facts_t *facts, const char *text)
{
    lab_checked_t checked;
    char *problem = NULL;
    int status;
    if (lab_sheet_check(facts, text, NULL, o->language, &checked, &problem)) {
        GString *out = g_string_new(NULL);
        lab_checked_write(facts, &checked, o->hint, o->language, out);
        status = lab_put(o, out);
        status = status ? status : checked.counts[LAB_WRONG] ? LAB_FAILED : 0;
        g_string_free(out, TRUE);
    } else {
        status = lab_file_failed(o, o->words[1], problem, LAB_USAGE);
    }
    lab_checked_clear(&checked);
    return status;
}

int lab_command_check(const lab_options_t *o)
{
    lab_reading_t reading;
    gsize length = 0;
    char *problem = NULL, *text = lab_read_regular(o->words[1], SHEET_MOST, &length, o->language, &problem);
    if (!text)
        return lab_file_failed(o, o->words[1], problem, LAB_USAGE);
    lab_checked_t only_read;
    bool readable = lab_sheet_check(NULL, text, NULL, o->language, &only_read, &problem);
    lab_checked_clear(&only_read);
    if (!readable) {
        g_free(text);
        return lab_file_failed(o, o->words[1], problem, LAB_USAGE);
    }
    int status = lab_read_one(o, o->words[0], &reading)
                     ? check(o, reading.facts, text)
                     : lab_file_failed(o, o->words[0], g_steal_pointer(&reading.problem), LAB_USAGE);
    lab_reading_clear(&reading);
    g_free(text);
    return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grading.c - see grading.h. */
#include "grading.h"

bool lab_write_file(const lab_class_t *class, const char *name, const char *text, gssize length,
                    char **problem)
{
    GError *error = NULL;
    char *path = g_build_filename(class->output, name, NULL);
    bool good = g_file_set_contents(path, text, length, &error);
    if (!good) {
        *problem = lab_words_with(T_UNWRITTEN, class->language,
                                  LAB_PLACES({"file", path}, {"value", error->message}));
        g_error_free(error);
    }
    g_free(path);
    return good;
}

char *lab_shared_sentence(const lab_results_t *r, const lab_shared_t *pair)
{
    const gint64 little = 1000000; /* 1 ms */
    char count[16], alla[16], allb[16], seconds[G_ASCII_DTOSTR_BUF_SIZE];
    GString *ports = g_string_new(NULL);
    for (guint i = 0; i < pair->ports->len && i < 8; i++)
        g_string_append_printf(ports, "%s%u", i ? ", " : "", g_array_index(pair->ports, guint16, i));
    if (pair->ports->len > 8)
        g_string_append(ports, ", ...");
    g_snprintf(count, sizeof count, "%u", pair->count);
    g_snprintf(alla, sizeof alla, "%u", r->prints[pair->a]);
    g_snprintf(allb, sizeof allb, "%u", r->prints[pair->b]);
    g_ascii_formatd(seconds, sizeof seconds, "%.3f", (double)pair->least / 1e9);
    bool even = pair->most - pair->least < little, same = even && ABS(pair->least) < little;
    char *times = lab_words_with(same   ? T_SAME_TIMES
                                 : even ? T_SHIFTED
                                        : T_OTHER_TIMES,
                                 r->class->language, LAB_PLACES({"value", seconds}));
    char *text =
        lab_words_with(T_SHARED, r->class->language,
                       LAB_PLACES({"a", lab_value_string(g_ptr_array_index(r->students, pair->a), "student")},
                                  {"b", lab_value_string(g_ptr_array_index(r->students, pair->b), "student")},
                                  {"count", count}, {"ports", ports->str}, {"alla", alla}, {"allb", allb},
                                  {"times", times}));
    g_string_free(ports, TRUE);
    g_free(times);
    return text;
}

/* Page loads: which exchanges belong to a page, and what shows it.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define NAVIGATE(path)     ">'GET " path " HTTP/1.1\nHost: h\nSec-Fetch-Dest: document\n\n' "
#define FETCH(path, lines) ">'GET " path " HTTP/1.1\nHost: h\n" lines "\n' "
#define REFERER(path)      "Referer: http://h" path "\n"
#define HTML               "<'HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 4\n\nbody' "
#define OTHER              "<'HTTP/1.1 200 OK\nContent-Type: image/png\nContent-Length: 3\n\npng' "
#define MOVED(to)          "<'HTTP/1.1 302 Found\nLocation: " to "\nContent-Length: 0\n\n' "
#define UNCHANGED          "<'HTTP/1.1 304 Not Modified\n\n' "

typedef struct {
    const char *sentence, *words, *expected;
} row_t;

/* clang-format off */
static const row_t rows[] = {
    {"a page is a page load", NAVIGATE("/a") HTML, "h/a: 1 itself, 4 bytes; "},
    {"what names the page in Referer belongs to it", NAVIGATE("/a") HTML FETCH("/i", REFERER("/a")) OTHER, "h/a: 1 itself, 2 referer, 7 bytes; "},
    {"what a style sheet of the page fetched belongs to the page", NAVIGATE("/a") HTML FETCH("/s", REFERER("/a")) OTHER FETCH("/i", REFERER("/s")) OTHER,
     "h/a: 1 itself, 2 referer, 3 referer, 10 bytes; "},
    {"the browser's icon belongs to the newest page", NAVIGATE("/a") HTML FETCH("/favicon.ico", REFERER("/else")) OTHER, "h/a: 1 itself, 2 icon, 7 bytes; "},
    {"without Referer what comes soon belongs to the page", FETCH("/a", "") HTML FETCH("/i", "") OTHER, "h/a: 1 itself, 2 order, 7 bytes; "},
    {"without Referer what comes later is of no page", FETCH("/a", "") HTML ">A.,.@9 " FETCH("/i", "") OTHER, "h/a: 1 itself, 4 bytes; "},
    {"a second page is a page load of its own", NAVIGATE("/a") HTML NAVIGATE("/b") HTML, "h/a: 1 itself, 4 bytes; h/b: 2 itself, 4 bytes; "},
    {"a page that was taken for an object of the one before is one of its own", FETCH("/a", "") HTML FETCH("/b", "") HTML,
     "h/a: 1 itself, 4 bytes; h/b: 2 itself, 4 bytes; "},
    {"the same page again is a page load of its own", FETCH("/a", "") HTML FETCH("/a", "") HTML, "h/a: 1 itself, 4 bytes; h/a: 2 itself, 4 bytes; "},
    {"a page that has not changed is a page load", FETCH("/a", "") HTML FETCH("/a", "") UNCHANGED, "h/a: 1 itself, 4 bytes; h/a: 2 itself, 0 bytes; "},
    {"a redirect leads to its page", NAVIGATE("/old") MOVED("/new") NAVIGATE("/new") HTML, "h/old: 1 itself, 2 redirect, 4 bytes; "},
    {"a redirect may name a whole URL", NAVIGATE("/old") MOVED("http://h/new") FETCH("/new", "") HTML, "h/old: 1 itself, 2 redirect, 4 bytes; "},
    {"a browser that says what it accepts navigates", FETCH("/a", "Accept: text/html,*/*\n") HTML, "h/a: 1 itself, 4 bytes; "},
    {"a target may be a whole URL", ">'GET http://h/a#part HTTP/1.1\nHost: h\nAccept: text/html\n\n' " HTML, "h/a: 1 itself, 4 bytes; "},
    {"a response may come before the head of its request has ended", FETCH("/z", "") HTML ">'GET /a HTTP/1.1\nHost: h\n' " HTML ">'\n' ",
     "h/z: 1 itself, 4 bytes; h/a: 2 itself, 4 bytes; "},
    {"what belongs to no page is of none", FETCH("/i", "") OTHER, ""},
};
/* clang-format on */

static void describe(feed_t *f, const lab_page_t *page, GString *out)
{
    static const char *const joins[] = {"itself", "redirect", "referer", "icon", "order"};
    g_string_append_printf(out, "%s: ", page->url);
    for (guint i = 0; i < page->exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(f->engine, g_array_index(page->exchanges, uint32_t, i));
        g_assert_cmpuint(x->page, ==, page->number);
        g_string_append_printf(out, "%u %s, ", x->number, joins[x->page_join]);
    }
    g_string_append_printf(out, "%" G_GUINT64_FORMAT " bytes; ", page->bytes);
    g_assert_cmpint(page->last_time, >=, page->begin_time);
}

/* Plays word by word, and asks for the page loads after each. */
static void play_and_ask(feed_t *f, const char *words)
{
    while (*words) {
        const char *next = words + 1;
        while (*next && !((next[0] == '<' || next[0] == '>') && next[1] == '\'' && next[-1] == ' '))
            next++;
        char *message = g_strndup(words, (size_t)(next - words));
        feed_play(f, message);
        g_free(message);
        lab_engine_pages(f->engine);
        words = next;
    }
}

/* Page loads are the same whether they are asked for once or after each word. */
static void check_row(const row_t *r, bool ask)
{
    feed_t *f = feed_new();
    GString *out = g_string_new(NULL);
    feed_open(f);
    if (ask)
        play_and_ask(f, r->words);
    else
        feed_play(f, r->words);
    for (uint32_t n = 1; n <= lab_engine_pages(f->engine); n++)
        describe(f, lab_engine_page(f->engine, n), out);
    if (g_strcmp0(out->str, r->expected) != 0)
        g_test_fail_printf("expected '%s', got '%s'", r->expected, out->str);
    g_assert_null(lab_engine_page(f->engine, 0));
    g_assert_null(lab_engine_page(f->engine, lab_engine_pages(f->engine) + 1));
    g_string_free(out, TRUE);
    feed_free(f);
}

static void page_row(gconstpointer data)
{
    check_row(data, false);
    check_row(data, true);
}

/* Two pages are requested before the first response. */
static void pipelined_pages_are_told_apart(void)
{
    static const row_t row = {"", FETCH("/z", "") HTML FETCH("/a", "") FETCH("/b", "") HTML HTML,
                              "h/z: 1 itself, 4 bytes; h/a: 2 itself, 4 bytes; h/b: 3 itself, 4 bytes; "};
    page_row(&row);
}

void add_pages_tests(void)
{
    ADD_ROWS("pages", rows, page_row);
    g_test_add_func("/pages/pipelined pages are told apart", pipelined_pages_are_told_apart);
}

/* The resource that a URL names: the examples of RFC 3986 5.4, equal spellings of 6.2, and request targets of
 * RFC 9112 3.2.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "url.h"

#include <glib.h>

#include "units.h"

typedef struct {
    const char *reference, *expected; /* NULL = no resource */
} row_t;

/* RFC 3986 5.4.1 and 5.4.2, base http://a/b/c/d;p?q, without scheme and fragment. */
static const row_t examples[] = {
    {"g:h", NULL},
    {"g", "a/b/c/g"},
    {"./g", "a/b/c/g"},
    {"g/", "a/b/c/g/"},
    {"/g", "a/g"},
    {"//g", "g/"},
    {"?y", "a/b/c/d;p?y"},
    {"g?y", "a/b/c/g?y"},
    {"#s", "a/b/c/d;p?q"},
    {"g#s", "a/b/c/g"},
    {"g?y#s", "a/b/c/g?y"},
    {";x", "a/b/c/;x"},
    {"g;x", "a/b/c/g;x"},
    {"g;x?y#s", "a/b/c/g;x?y"},
    {"", "a/b/c/d;p?q"},
    {".", "a/b/c/"},
    {"./", "a/b/c/"},
    {"..", "a/b/"},
    {"../", "a/b/"},
    {"../g", "a/b/g"},
    {"../..", "a/"},
    {"../../", "a/"},
    {"../../g", "a/g"},
    {"../../../g", "a/g"},
    {"../../../../g", "a/g"},
    {"/./g", "a/g"},
    {"/../g", "a/g"},
    {"g.", "a/b/c/g."},
    {".g", "a/b/c/.g"},
    {"g..", "a/b/c/g.."},
    {"..g", "a/b/c/..g"},
    {"./../g", "a/b/g"},
    {"./g/.", "a/b/c/g/"},
    {"g/./h", "a/b/c/g/h"},
    {"g/../h", "a/b/c/h"},
    {"g;x=1/./y", "a/b/c/g;x=1/y"},
    {"g;x=1/../y", "a/b/c/y"},
    {"g?y/./x", "a/b/c/g?y/./x"},
    {"g?y/../x", "a/b/c/g?y/../x"},
    {"g#s/../x", "a/b/c/g"},
    /* no host is lost or made up */
    {"http://other", "other/"},
    {"HTTP://Other:80/X?Y#Z", "other/X?Y"},
    {"https://other:443/", "other/"},
    {"http://other:8080", "other:8080/"},
    {"http://[fd00::1]:80/", "[fd00::1]/"},
    {"http://other?y=//z", "other/?y=//z"},
    {"/x?to=http://other/", "a/x?to=http://other/"},
    {"x?to=http://other/", "a/b/c/x?to=http://other/"},
    {"//", "/"},
    {"http:", NULL},
};

static void example(gconstpointer data)
{
    const row_t *r = data;
    char *resource = lab_url_resolve("a/b/c/d;p?q", r->reference);
    g_assert_cmpstr(resource, ==, r->expected);
    g_free(resource);
}

static void a_base_of_a_host_or_a_path_only(void)
{
    static const struct {
        const char *base, *reference, *expected;
    } rows[] = {{"a/", "g", "a/g"},
                {"/", "/g", "/g"},
                {"/", "g", "/g"},
                {"a/", "..", "a/"},
                {"a/", "", "a/"},
                {"a/?q/r", "g", "a/g"},
                {"/x", "?y", "/x?y"},
                /* a Host field that is none */
                {"a?bcdef/", "g", "a?bcdef/g"},
                {"a?bcdef/x", "..", "a?bcdef/"},
                {"a?b/", "?", "a?b/?"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *resource = lab_url_resolve(rows[i].base, rows[i].reference);
        g_assert_cmpstr(resource, ==, rows[i].expected);
        g_free(resource);
    }
}

static void what_a_request_names(void)
{
    static const struct {
        const char *host, *target, *expected;
    } rows[] = {{"Lab.test", "/A?b=C", "lab.test/A?b=C"},
                {"lab.test:80", "/", "lab.test/"},
                {"lab.test:8080", "/", "lab.test:8080/"},
                {"proxy", "http://lab.test/x#y", "lab.test/x"},
                {NULL, "http://lab.test/x", "lab.test/x"},
                {"lab.test", "/go?to=http://other/", "lab.test/go?to=http://other/"},
                {NULL, "/x", "/x"},
                {NULL, NULL, "/"},
                {"lab.test", NULL, "lab.test/"},
                {"lab.test", "", "lab.test/"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *resource = lab_url_of_request(rows[i].host, rows[i].target);
        g_assert_cmpstr(resource, ==, rows[i].expected);
        g_free(resource);
    }
}

void add_url_tests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        char *path = g_strdup_printf("/url/example %zu", i + 1);
        g_test_add_data_func(path, &examples[i], example);
        g_free(path);
    }
    g_test_add_func("/url/a base of a host or a path only", a_base_of_a_host_or_a_path_only);
    g_test_add_func("/url/what a request names", what_a_request_names);
}

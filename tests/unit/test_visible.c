/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal or a browser obeys is shown as an escape. The expected texts are worked out by hand from
 * RFC 3629 (UTF-8), ISO/IEC 6429 (C0 and C1), Unicode's UAX 9 (direction of text) and RFC 8259 (JSON). */
#include "text.h"

#include <string.h>

#include "units.h"

typedef struct {
    const char *sentence, *text, *expected;
} row_t;

static const row_t rows[] = {
    {"plain text stays as it is", "GET /a?b=c&d=\"e\" <f>", "GET /a?b=c&d=\"e\" <f>"},
    {"an empty text stays empty", "", ""},
    {"Chinese, accents and emoji stay as they are", "第 é 😀 ❤️", "第 é 😀 ❤️"},
    {"a backslash stays as it is", "C:\\x1b", "C:\\x1b"},
    {"ESC and BEL are escapes", "\x1b]0;title\a", "\\x1b]0;title\\x07"},
    {"line ends and tabs are escapes", "a\r\n\tb", "a\\x0d\\x0a\\x09b"},
    {"the first and the last of C0 are escapes", "\x01\x1f ", "\\x01\\x1f "},
    {"DEL is an escape, the character before it is not", "~\x7f", "~\\x7f"},
    {"C1 in UTF-8 is an escape",
     "\xc2\x80\xc2\x9b"
     "31m\xc2\x9f\u00a0",
     "\\u0080\\u009b31m\\u009f\u00a0"},
    {"C1 as a single byte is an escape",
     "\x9b"
     "31m",
     "\\x9b31m"},
    {"embedding and override of direction are escapes", "a\u202a\u202b\u202c\u202d\u202egpj.exe",
     "a\\u202a\\u202b\\u202c\\u202d\\u202egpj.exe"},
    {"isolates of direction are escapes", "\u2066\u2067\u2068\u2069", "\\u2066\\u2067\\u2068\\u2069"},
    {"marks of direction are escapes", "\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"},
    {"separators of lines and paragraphs are escapes", "\u2028\u2029", "\\u2028\\u2029"},
    {"characters without width are escapes", "a\u200bb\u200c\u200d\u2060\ufeff",
     "a\\u200bb\\u200c\\u200d\\u2060\\ufeff"},
    {"a soft hyphen is an escape", "exam\u00adple", "exam\\u00adple"},
    {"tags above U+FFFF are escapes of eight digits", "\U000e0041\U000e007f", "\\U000e0041\\U000e007f"},
    {"a byte that begins no character is an escape", "a\xff\xfe\x80z", "a\\xff\\xfe\\x80z"},
    {"the overlong form of a slash is two escapes", "\xc0\xaf", "\\xc0\\xaf"},
    {"the overlong form of ESC is three escapes", "\xe0\x80\x9b", "\\xe0\\x80\\x9b"},
    {"a surrogate in UTF-8 is three escapes", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
    {"what is above U+10FFFF is four escapes", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
    {"a character that is cut off is an escape", "\xe4\xb8", "\\xe4\\xb8"},
    {"a character that is cut off leaves the next one alone", "\xe4\xb8/", "\\xe4\\xb8/"},
    {"the last valid character stays as it is", "\U0010ffff", "\U0010ffff"},
};

static void visible_row(gconstpointer data)
{
    const row_t *r = data;
    GString *out = g_string_new("> "), *again = g_string_new(NULL);
    lab_text_visible(out, r->text);
    g_assert_true(g_str_has_prefix(out->str, "> ")); /* it appends */
    g_assert_cmpstr(out->str + 2, ==, r->expected);
    lab_text_visible(again, out->str);
    g_assert_cmpstr(again->str, ==, out->str); /* nothing is escaped twice */
    g_string_free(out, TRUE);
    g_string_free(again, TRUE);
}

static void zero_bytes_are_escapes(void)
{
    GString *out = g_string_new(NULL);
    lab_text_visible_bytes(out, "a\0b\0", 4);
    g_assert_cmpstr(out->str, ==, "a\\x00b\\x00");
    g_string_free(out, TRUE);
}

static void no_bytes_at_random_leave_what_is_obeyed(void)
{
    GRand *random = g_rand_new_with_seed(9110);
    for (unsigned run = 0; run < 20000; run++) {
        char bytes[12];
        size_t length = (size_t)g_rand_int_range(random, 0, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)g_rand_int_range(random, 0, 256);
        GString *out = g_string_new(NULL);
        lab_text_visible_bytes(out, bytes, length);
        g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
        for (const char *p = out->str; *p; p = g_utf8_next_char(p)) {
            GUnicodeType type = g_unichar_type(g_utf8_get_char(p));
            g_assert_true(type != G_UNICODE_CONTROL && type != G_UNICODE_LINE_SEPARATOR &&
                          type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_SURROGATE);
        }
        g_string_free(out, TRUE);
    }
    g_rand_free(random);
}

/* Unicode's category Cf but the signs of Arabic, Syriac, Kaithi and Egyptian, which have a shape. */
static bool has_shape(gunichar c)
{
    return (c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x70f || c == 0x890 || c == 0x891 || c == 0x8e2 ||
           c == 0x110bd || c == 0x110cd || (c >= 0x13430 && c <= 0x1343f);
}

static void every_character_that_formats_is_an_escape(void)
{
    for (gunichar c = 1; c <= 0x10ffff; c++) {
        GUnicodeType type = g_unichar_type(c);
        if (type != G_UNICODE_CONTROL && type != G_UNICODE_LINE_SEPARATOR &&
            type != G_UNICODE_PARAGRAPH_SEPARATOR && (type != G_UNICODE_FORMAT || has_shape(c)))
            continue;
        char text[7] = {0};
        g_unichar_to_utf8(c, text);
        char *visible = lab_text_visible_copy(text);
        g_assert_cmpint(visible[0], ==, '\\');
        g_free(visible);
    }
    g_assert_null(lab_text_visible_copy(NULL));
}

static void json_keeps_its_values_and_its_lines(void)
{
    GString *json = g_string_new("\u202e{\n  \"\u202e\": \"a\\u001b\x7f\xc2\x9b第😀\U000e0041\"\n}\n");
    lab_text_visible_json(json, strlen("\u202e"));
    g_assert_cmpstr(json->str, ==,
                    "\u202e{\n  \"\\u202e\": \"a\\u001b\\u007f\\u009b第😀\\udb40\\udc41\"\n}\n");
    g_string_free(json, TRUE);
}

void add_visible_tests(void)
{
    ADD_ROWS("visible", rows, visible_row);
    g_test_add_func("/visible/zero bytes are escapes", zero_bytes_are_escapes);
    g_test_add_func("/visible/no bytes at random leave what is obeyed",
                    no_bytes_at_random_leave_what_is_obeyed);
    g_test_add_func("/visible/every character that formats is an escape",
                    every_character_that_formats_is_an_escape);
    g_test_add_func("/visible/JSON keeps its values and its lines", json_keeps_its_values_and_its_lines);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http.c - see http.h. */
#include "http.h"

#include <string.h>
#include <time.h>

#include "texts.h"

void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE])
{
    time_t when = (time_t)seconds;
    struct tm parts;

    gmtime_r(&when, &parts);
    strftime(out, HTTP_DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

bool http_date_parse(const char *string, int64_t *seconds)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %e %H:%M:%S %Y"};

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct tm parts = {0};
        const char *end = strptime(string, forms[i], &parts);
        if (end && !*end) {
            *seconds = timegm(&parts);
            return true;
        }
    }
    return false;
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

bool http_list_has(const char *list, const char *token)
{
    size_t wanted = strlen(token);

    for (const char *p = list; p && *p; p += *p == ',') {
        p = skip_space(p);
        size_t length = strcspn(p, ", \t");
        if (length == wanted && !g_ascii_strncasecmp(p, token, length))
            return true;
        p += strcspn(p, ",");
    }
    return false;
}

/* The end of the entity tag at `p`, or NULL if there is none. */
static const char *etag_end(const char *p)
{
    if (*p != '"')
        return NULL;
    p = strchr(p + 1, '"');
    return p ? p + 1 : NULL;
}

bool http_etag_listed(const char *list, const char *etag, bool strong)
{
    const char *p = skip_space(list);
    size_t wanted = strlen(etag);

    if (*p == '*')
        return !*skip_space(p + 1);
    while (*p) {
        bool weak = p[0] == 'W' && p[1] == '/';
        const char *tag = p + (weak ? 2 : 0);
        const char *end = etag_end(tag);
        if (!end)
            return false;
        if (!(weak && strong) && (size_t)(end - tag) == wanted && !memcmp(tag, etag, wanted))
            return true;
        p = skip_space(end);
        if (*p && *p != ',')
            return false;
        p = skip_space(p + (*p == ','));
    }
    return false;
}

static bool changed_since(const char *date, const http_validators_t *current, bool if_unreadable)
{
    int64_t when;

    return http_date_parse(date, &when) ? current->modified > when : if_unreadable;
}

unsigned http_precondition(const http_conditions_t *conditions, const http_validators_t *current)
{
    if (conditions->if_match) {
        if (!http_etag_listed(conditions->if_match, current->etag, true))
            return 412;
    } else if (conditions->if_unmodified_since &&
               changed_since(conditions->if_unmodified_since, current, false)) {
        return 412;
    }
    if (conditions->if_none_match)
        return http_etag_listed(conditions->if_none_match, current->etag, false) ? 304 : 200;
    if (conditions->if_modified_since && !changed_since(conditions->if_modified_since, current, true))
        return 304;
    return 200;
}

bool http_digits(const char **p, uint64_t *number)
{
    if (!g_ascii_isdigit(**p))
        return false;
    char *end;
    *number = g_ascii_strtoull(*p, &end, 10);
    *p = end;
    return true;
}

/* The weight of the list member at `p`, in thousandths (RFC 9110, 12.4.2). */
static int weight(const char *p, size_t length)
{
    g_autofree char *member = g_strndup(p, length);
    const char *q = strstr(member, "q=");

    double value = q ? g_ascii_strtod(q + 2, NULL) : 1;
    if (value >= 1)
        return 1000;
    return value > 0 ? (int)(value * 1000 + 0.5) : 0; /* nan and less than nothing are nothing */
}

static bool names_language(const char *p, const char *language)
{
    return !g_ascii_strncasecmp(p, language, 2) && strchr(",;- \t", p[2]);
}

lab_lang_t http_language(const char *accept_language, lab_lang_t fallback)
{
    int best = 0;
    lab_lang_t choice = fallback;

    for (const char *p = accept_language; p && *p; p += *p == ',') {
        p = skip_space(p);
        size_t length = strcspn(p, ",");
        for (lab_lang_t lang = LAB_LANG_EN; lang < LAB_LANGS; lang++) {
            if (!names_language(p, text_language_token(lang)))
                continue;
            int q = weight(p, length);
            if (q > best) {
                best = q;
                choice = lang;
            }
        }
        p += length;
    }
    return choice;
}

/* -1: `coding` is not in the list; else its weight in thousandths. */
static int coding_weight(const char *list, const char *coding)
{
    size_t wanted = strlen(coding);

    for (const char *p = list; *p; p += *p == ',') {
        p = skip_space(p);
        size_t length = strcspn(p, ",");
        if (strcspn(p, ",; \t") == wanted && !g_ascii_strncasecmp(p, coding, wanted))
            return weight(p, length);
        p += length;
    }
    return -1;
}

bool http_accepts_gzip(const char *accept_encoding)
{
    static const char *const names[] = {"gzip", "x-gzip", "*"};

    for (size_t i = 0; accept_encoding && i < G_N_ELEMENTS(names); i++) {
        int q = coding_weight(accept_encoding, names[i]);
        if (q >= 0)
            return q > 0;
    }
    return false;
}

bool http_host_is_sound(const char *host)
{
    const char *p = host;

    if (*p == '[') {
        p += 1 + strspn(p + 1, "0123456789abcdefABCDEF:.");
        if (*p++ != ']')
            return false;
    } else {
        while (g_ascii_isalnum(*p) || (*p && strchr("-._~%!$&'()*+,;=", *p)))
            p++;
    }
    if (*p == ':')
        p += 1 + strspn(p + 1, "0123456789");
    return !*p;
}

bool http_field_is_sound(const char *name, const char *value)
{
    const char *p = name;

    while (g_ascii_isalnum(*p) || (*p && strchr("!#$%&'*+-.^_`|~", *p)))
        p++;
    if (p == name || *p)
        return false;
    for (p = value; *p; p++) {
        if (g_ascii_iscntrl(*p) && *p != '\t')
            return false;
    }
    return true;
}

bool http_target_is_sound(const char *target)
{
    for (const char *p = target; *p; p++) {
        if (*p == ' ' || g_ascii_iscntrl(*p))
            return false;
    }
    for (const char *p = target; *p && *p != '?'; p++) {
        if (*p != '%')
            continue;
        if (!g_ascii_isxdigit(p[1]) || !g_ascii_isxdigit(p[2]) || (p[1] == '0' && p[2] == '0'))
            return false;
    }
    return true;
}

const char *http_target_path(const char *target)
{
    size_t scheme = g_ascii_strncasecmp(target, "http://", 7) ? 0 : 7;

    if (!scheme)
        return target;
    const char *path = strchr(target + scheme, '/');
    return path ? path : "/";
}

bool http_number(const char *string, uint64_t low, uint64_t high, uint64_t *number)
{
    const char *p = string;

    return http_digits(&p, number) && !*p && *number >= low && *number <= high;
}

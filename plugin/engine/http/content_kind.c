/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content_kind.c - kind of a response: the first row that fits. */
#include "lab.h"

#include <string.h>

typedef struct {
    uint16_t status_from, status_to; /* 0 = any */
    const char *type;                /* beginning of Content-Type, NULL = any */
    const char *target;              /* contained in the target, NULL = any */
    const char *token;
} row_t;

static const row_t rows[] = {
    {304, 304, NULL, NULL, "not-modified"},
    {300, 399, NULL, NULL, "redirect"},
    {400, 599, NULL, NULL, "error"},
    {0, 0, NULL, "favicon", "icon"},
    {0, 0, "image/x-icon", NULL, "icon"},
    {0, 0, "image/vnd.microsoft.icon", NULL, "icon"},
    {0, 0, "text/html", NULL, "page"},
    {0, 0, "application/xhtml", NULL, "page"},
    {0, 0, "image/", NULL, "image"},
    {0, 0, "audio/", NULL, "audio"},
    {0, 0, "video/", NULL, "video"},
    {0, 0, "text/css", NULL, "style"},
    {0, 0, "text/javascript", NULL, "script"},
    {0, 0, "application/javascript", NULL, "script"},
    {0, 0, "application/x-javascript", NULL, "script"},
};

const char *lab_exchange_object(const lab_exchange_t *x)
{
    if (!x->status)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const row_t *r = &rows[i];
        bool status = !r->status_from || (x->status >= r->status_from && x->status <= r->status_to);
        bool type = !r->type ||
                    (x->content_type && g_ascii_strncasecmp(x->content_type, r->type, strlen(r->type)) == 0);
        bool target = !r->target || (x->target && strstr(x->target, r->target));
        if (status && type && target)
            return r->token;
    }
    return "other";
}

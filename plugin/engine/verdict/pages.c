/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages.c - page loads: a page, and the exchanges that belong to it by push, redirect, Referer or order.
 *
 * A browser's request for a page accepts text/html, or has Sec-Fetch-Dest: document (Fetch). Its other
 * requests name the page or style sheet that needs them in Referer (RFC 9110 10.1.3). Requests of a program
 * that sends neither belong to a page by order: they come over the page's connection soon after it. The first
 * row of `joins` that finds a page decides.
 */
#include "pages.h"

#include "events.h"
#include "exchange.h"
#include "hash.h"
#include "url.h"
#include "work.h"

#include <string.h>

#define SECOND INT64_C(1000000000)
/* Longest time between two requests that belong to a page by order. */
#define ORDER_MAX (2 * SECOND)
/* A page is loaded once no exchange of it was active for this time. Later requests of its scripts and media
 * belong to it, but do not make its loading time longer. */
#define LOADED_AFTER (5 * SECOND)

/* Browsers follow no more redirects than this (Fetch 4.4). */
#define REDIRECTS_MAX 20

struct lab_pages {
    lab_engine_t *engine;
    GPtrArray *list;      /* of lab_page_t */
    lab_map_t *resources; /* "client resource" -> number of the page that the resource was requested for */
    lab_map_t *redirects; /* "client resource" -> number of the page that was redirected to it */
    lab_map_t *hosts;     /* "client host" -> number of the newest page */
    GString *key;         /* working space of key_of() */
};

typedef struct {
    lab_pages_t *pages;
    const lab_exchange_t *x;
    const lab_endpoint_t *client;
    int64_t time;
    const char *resource; /* "host/path?query", see url.h */
    const char *referer;  /* resource of the Referer field; NULL = absent */
    const char *origin;   /* "host/" of the Origin field; NULL = absent */
    bool navigation;      /* the request asks for a page */
    bool part;            /* Sec-Fetch-Dest says that it is for a page */
} lab_page_view_t;

static void page_free(gpointer data)
{
    lab_page_t *page = data;
    g_array_unref(page->exchanges);
    g_free(page->url);
    g_free(page);
}

lab_pages_t *lab_pages_new(lab_engine_t *engine)
{
    lab_pages_t *p = g_new0(lab_pages_t, 1);
    p->engine = engine;
    p->list = g_ptr_array_new_with_free_func(page_free);
    p->resources = lab_map_new(NULL);
    p->redirects = lab_map_new(NULL);
    p->hosts = lab_map_new(NULL);
    p->key = g_string_new(NULL);
    return p;
}

void lab_pages_free(lab_pages_t *p)
{
    if (!p)
        return;
    g_ptr_array_unref(p->list);
    lab_map_free(p->resources);
    lab_map_free(p->redirects);
    lab_map_free(p->hosts);
    g_string_free(p->key, TRUE);
    g_free(p);
}

/* The value of a field of the exchange's request or response; NULL = absent. */
static const char *field(const lab_exchange_t *x, bool response, const char *name)
{
    const lab_head_t *head = lab_exchange_head(x, response);
    size_t n = strlen(name);
    for (unsigned i = 0; head && i < head->count; i++) {
        const char *line = lab_head_line(head, i);
        if (g_ascii_tolower(line[0]) == g_ascii_tolower(name[0]) && g_ascii_strncasecmp(line, name, n) == 0 &&
            line[n] == ':')
            return line + n + 1 + strspn(line + n + 1, " \t");
    }
    return NULL;
}

/* Puts the key of a resource or host with n letters into `key`: "client resource". */
static void key_of(lab_pages_t *p, const lab_endpoint_t *client, const char *resource, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    g_string_truncate(p->key, 0);
    for (unsigned i = 0; i < client->length; i++) {
        g_string_append_c(p->key, digits[client->address[i] >> 4]);
        g_string_append_c(p->key, digits[client->address[i] & 15]);
    }
    g_string_append_c(p->key, ' ');
    g_string_append_len(p->key, resource, (gssize)length);
}

static uint32_t find(lab_pages_t *p, const lab_map_t *table, const lab_endpoint_t *client,
                     const char *resource, size_t length)
{
    if (!lab_map_size(table))
        return 0;
    key_of(p, client, resource, length);
    return GPOINTER_TO_UINT(lab_map_get(table, p->key->str, p->key->len));
}

static void put(lab_pages_t *p, lab_map_t *table, const lab_endpoint_t *client, const char *resource,
                size_t length, uint32_t number)
{
    key_of(p, client, resource, length);
    lab_map_set(table, p->key->str, p->key->len, GUINT_TO_POINTER(number));
}

static lab_page_t *page_at(const lab_pages_t *p, uint32_t number)
{
    return number ? g_ptr_array_index(p->list, number - 1) : NULL;
}

/* The newest page of this client at a host with n letters; NULL = none. */
static lab_page_t *newest_at(const lab_page_view_t *v, const char *host, size_t n)
{
    return page_at(v->pages, find(v->pages, v->pages->hosts, v->client, host, n));
}

/* The newest page of this client at the request's host; NULL = none. */
static lab_page_t *newest(const lab_page_view_t *v)
{
    return newest_at(v, v->resource, strcspn(v->resource, "/"));
}

/* ---- joins: number of the page that an exchange belongs to, 0 = none by this rule ---- */

static uint32_t by_redirect(const lab_page_view_t *v)
{
    return find(v->pages, v->pages->redirects, v->client, v->resource, strlen(v->resource));
}

/* RFC 9113 8.4: a server pushes what goes with the request on whose stream it promises it. */
static uint32_t by_push(const lab_page_view_t *v)
{
    const lab_exchange_t *asked =
        v->x->http2 ? lab_engine_exchange(v->pages->engine, v->x->http2->pushed_for) : NULL;
    return asked ? asked->page : 0;
}

static uint32_t by_referer(const lab_page_view_t *v)
{
    return v->navigation || !v->referer
               ? 0
               : find(v->pages, v->pages->resources, v->client, v->referer, strlen(v->referer));
}

/* To another host, Referer holds the page's origin only: Referrer Policy, strict-origin-when-cross-origin.
 * Requests of scripts may have Origin and no Referer (Fetch 3.2). */
static uint32_t by_origin(const lab_page_view_t *v)
{
    const char *from = v->referer ? v->referer : v->origin;
    const char *slash = from && !v->navigation ? strchr(from, '/') : NULL;
    const lab_page_t *page = slash && !slash[1] ? newest_at(v, from, (size_t)(slash - from)) : NULL;
    return page ? page->number : 0;
}

static uint32_t by_icon(const lab_page_view_t *v)
{
    const lab_page_t *page = v->navigation || !strstr(v->resource, "favicon") ? NULL : newest(v);
    return page ? page->number : 0;
}

/* Requests over the page's connection. Over another connection: only requests that Sec-Fetch-Dest says are
 * for a page. */
static uint32_t by_order(const lab_page_view_t *v)
{
    const lab_page_t *page = v->navigation || v->referer ? NULL : newest(v);
    bool soon =
        page && (v->part || page->last_stream == v->x->stream) && v->time - page->active_time <= ORDER_MAX;
    return soon && strcmp(page->resource, v->resource) != 0 ? page->number : 0;
}

static const struct {
    uint32_t (*join)(const lab_page_view_t *v);
    lab_page_join_t how;
} joins[] = {{by_push, LAB_PAGE_PUSH},      {by_redirect, LAB_PAGE_REDIRECT}, {by_referer, LAB_PAGE_REFERER},
             {by_origin, LAB_PAGE_REFERER}, {by_icon, LAB_PAGE_ICON},         {by_order, LAB_PAGE_ORDER}};

/* ---- events of an exchange ---- */

/* A field of the request; NULL if its head had not been read at the event. */
static const char *asked_with(const lab_exchange_t *x, bool asked, const char *name)
{
    return asked ? field(x, false, name) : NULL;
}

/* The facts that the joins look at. `asked`: the request head had been read at the event. */
static lab_page_view_t view_of(lab_pages_t *p, const lab_exchange_t *x, const lab_endpoint_t *client,
                               int64_t time, bool asked)
{
    const char *destination = asked_with(x, asked, "Sec-Fetch-Dest");
    const char *accept = asked_with(x, asked, "Accept"), *referer = asked_with(x, asked, "Referer");
    const char *origin = asked_with(x, asked, "Origin");
    lab_page_view_t v = {.pages = p, .x = x, .client = client, .time = time};
    v.resource = asked ? lab_url_of_request(x->host, x->target) : lab_url_of_request(NULL, NULL);
    v.origin = origin && lab_url_is_absolute(origin) ? lab_url_resource(origin) : NULL;
    v.referer = referer ? lab_url_resolve(v.resource, referer) : NULL;
    v.navigation =
        destination ? strcmp(destination, "document") == 0 : accept && g_str_has_prefix(accept, "text/html");
    v.part = destination && !v.navigation;
    return v;
}

static void view_clear(lab_page_view_t *v)
{
    g_free((char *)v->resource);
    g_free((char *)v->referer);
    g_free((char *)v->origin);
}

/* No page, where this resource or host led to it. */
static void forget(lab_pages_t *p, lab_map_t *table, const lab_page_t *page, const char *resource, size_t n)
{
    if (find(p, table, &page->client, resource, n) == page->number) /* the key is that of the look-up */
        lab_map_remove(table, p->key->str, p->key->len);
}

/* The page becomes the newest at the host of this request. */
static void put_host(const lab_page_view_t *v, uint32_t number)
{
    put(v->pages, v->pages->hosts, v->client, v->resource, strcspn(v->resource, "/"), number);
}

static void add(const lab_page_view_t *v, lab_exchange_t *x, lab_page_t *page, lab_page_join_t how)
{
    if (how == LAB_PAGE_REDIRECT || how == LAB_PAGE_ITSELF)
        put_host(v, page->number);
    page->last_stream = x->stream;
    x->page_later = !page->pending && v->time - page->last_time > LOADED_AFTER;
    page->active_time = MAX(page->active_time, v->time);
    page->pending++;
    x->page = page->number;
    x->page_join = how;
    g_array_append_val(page->exchanges, x->number);
    put(v->pages, v->pages->resources, v->client, v->resource, strlen(v->resource), page->number);
}

/* Names the page by its resource. Frees `resource`. */
static void set_url(lab_page_t *page, const lab_exchange_t *x, char *resource)
{
    static const char scheme[] = "https://";
    g_free(page->url);
    page->url = x->secure ? g_strconcat(scheme, resource, NULL) : g_strdup(resource);
    page->resource = page->url + (x->secure ? sizeof scheme - 1 : 0);
    g_free(resource);
}

static void begin_page(const lab_page_view_t *v, lab_exchange_t *x)
{
    lab_page_t *page = g_new0(lab_page_t, 1);
    g_ptr_array_add(v->pages->list, page);
    page->number = v->pages->list->len;
    set_url(page, x, g_strdup(v->resource));
    page->client = *v->client;
    page->begin_time = x->request_begin ? x->request_begin : v->time;
    page->last_time = page->active_time = page->begin_time;
    page->exchanges = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    add(v, x, page, LAB_PAGE_ITSELF);
}

/* An exchange that joined a page by order is a page of its own: removes it from that page. */
static void leave_page(const lab_page_view_t *v, lab_exchange_t *x)
{
    lab_page_t *page = page_at(v->pages, x->page);
    page->pending--;
    page->left++;
    x->page = 0;
}

static void name_page(lab_page_t *page, const lab_exchange_t *x)
{
    if (x->page_join == LAB_PAGE_ITSELF)
        set_url(page, x, lab_url_of_request(x->host, x->target));
}

static void request(lab_pages_t *p, lab_exchange_t *x, const lab_endpoint_t *client)
{
    if (x->page) { /* the response came before the end of the request head */
        name_page(page_at(p, x->page), x);
        return;
    }
    lab_page_view_t v = view_of(p, x, client, x->request_begin, true);
    uint32_t number = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(joins) && !number; i++)
        if ((number = joins[i].join(&v)))
            add(&v, x, page_at(p, number), joins[i].how);
    if (number && x->page_join == LAB_PAGE_REDIRECT) { /* a redirect counts for one request */
        key_of(p, client, v.resource, strlen(v.resource));
        lab_map_remove(p->redirects, p->key->str, p->key->len);
    }
    if (!number && v.navigation)
        begin_page(&v, x);
    view_clear(&v);
}

static void remember_redirect(const lab_page_view_t *v, const lab_exchange_t *x)
{
    const char *location = field(x, true, "Location");
    if (!location || x->status / 100 != 3)
        return;
    char *resource = lab_url_resolve(v->resource, location);
    if (resource)
        put(v->pages, v->pages->redirects, v->client, resource, strlen(resource), x->page);
    g_free(resource);
}

/* A response with a page, a redirect, or 304 (not modified). */
static void judge(lab_pages_t *p, lab_exchange_t *x, const lab_endpoint_t *client, bool asked, bool html)
{
    lab_page_view_t v = view_of(p, x, client, x->response_begin, asked);
    const lab_page_t *before = page_at(p, find(p, p->resources, client, v.resource, strlen(v.resource)));
    bool revisit = x->status == 304 && before && strcmp(before->resource, v.resource) == 0;
    if (x->page && x->page_join == LAB_PAGE_ORDER && html && !v.part)
        leave_page(&v, x);
    if (!x->page && !v.part && (html || revisit)) /* another visit to a page is another page load */
        begin_page(&v, x);
    if (x->page)
        remember_redirect(&v, x);
    view_clear(&v);
}

static void reached(lab_page_t *page, const lab_exchange_t *x, int64_t time)
{
    page->active_time = MAX(page->active_time, time);
    if (!x->page_later)
        page->last_time = MAX(page->last_time, time);
}

/* A page load that got as far as this response, by nothing but redirects. */
static bool only_redirects_before(const lab_pages_t *p, const lab_page_t *page, const lab_exchange_t *last)
{
    if (page->exchanges->len > REDIRECTS_MAX + 1)
        return false;
    for (guint i = 0; i < page->exchanges->len; i++) {
        uint32_t number = g_array_index(page->exchanges, uint32_t, i);
        const lab_exchange_t *x = lab_engine_exchange(p->engine, number);
        if (x != last && x->status / 100 != 3)
            return false;
    }
    return true;
}

/* RFC 9110 8.3: what was asked for like a page is no page if the response is something else: a picture, a
 * film, Flash, a policy file, something to be saved. Only a response that says what it is can be judged. */
static bool is_no_page(const lab_exchange_t *x)
{
    const char *disposition = field(x, true, "Content-Disposition");
    if (x->status / 100 != 2)
        return false;
    if (disposition && g_ascii_strncasecmp(disposition, "attachment", strlen("attachment")) == 0)
        return true; /* RFC 6266 4.2 */
    return x->content_type && strcmp(lab_exchange_object(x), "page") != 0;
}

/* The page that was asked for does not come: no page load remains of it. */
static void take_page_back(lab_pages_t *p, lab_page_t *page)
{
    while (page->exchanges->len) {
        guint last = page->exchanges->len - 1;
        lab_exchange_t *x =
            g_ptr_array_index(p->engine->exchanges, g_array_index(page->exchanges, uint32_t, last) - 1);
        char *resource = lab_url_of_request(x->host, x->target);
        forget(p, p->resources, page, resource, strlen(resource));
        forget(p, p->redirects, page, resource, strlen(resource));
        forget(p, p->hosts, page, resource, strcspn(resource, "/"));
        g_free(resource);
        x->page = 0;
        g_array_set_size(page->exchanges, last);
    }
    if (page->number == p->list->len)
        g_ptr_array_set_size(p->list, (gint)p->list->len - 1);
}

/* The promise may come before the response by which its page was known to be one. */
static void join_by_push(lab_pages_t *p, lab_exchange_t *x, const lab_endpoint_t *client, bool asked)
{
    lab_page_view_t v = view_of(p, x, client, x->response_begin, asked);
    uint32_t number = by_push(&v);
    if (number)
        add(&v, x, page_at(p, number), LAB_PAGE_PUSH);
    view_clear(&v);
}

/* True if the response holds a page, as far as that was known at its head. */
static bool brings_page(const lab_exchange_t *x, bool asked)
{
    lab_exchange_t known = *x;
    if (!asked)
        known.method = known.target = NULL;
    return g_strcmp0(lab_exchange_object(&known), "page") == 0 && g_strcmp0(known.method, "HEAD") != 0;
}

static void response(lab_pages_t *p, lab_exchange_t *x, const lab_endpoint_t *client, bool asked)
{
    bool html = brings_page(x, asked);
    if (!x->page && x->http2 && x->http2->pushed_for)
        join_by_push(p, x, client, asked);
    if (html || x->status / 100 == 3)
        judge(p, x, client, asked, html);
    lab_page_t *page = page_at(p, x->page);
    bool asked_for = page && (x->page_join == LAB_PAGE_ITSELF || x->page_join == LAB_PAGE_REDIRECT);
    if (asked_for && is_no_page(x) && only_redirects_before(p, page, x)) {
        take_page_back(p, page);
        page = NULL;
    }
    if (page)
        reached(page, x, x->response_begin);
}

static void done(lab_pages_t *p, lab_exchange_t *x)
{
    lab_page_t *page = page_at(p, x->page);
    if (!page)
        return;
    reached(page, x, x->response_done);
    page->pending--;
    page->bytes += x->received;
}

/* Works off the log of HTTP events and empties it. */
static void work_off(lab_pages_t *p)
{
    GArray *log = p->engine->http_log;
    for (guint i = 0; i < log->len; i++) {
        const lab_http_event_t *event = &g_array_index(log, lab_http_event_t, i);
        lab_exchange_t *x = g_ptr_array_index(p->engine->exchanges, event->exchange - 1);
        const lab_endpoint_t *client = lab_exchange_client(p->engine, x);
        if (event->kind == LAB_HTTP_REQUEST_HEAD)
            request(p, x, client);
        else if (event->kind == LAB_HTTP_RESPONSE_HEAD)
            response(p, x, client, event->asked);
        else
            done(p, x);
    }
    g_array_set_size(log, 0);
}

/* The page loads up to the newest segment. */
static lab_pages_t *pages_of(const lab_engine_t *e)
{
    work_off(e->pages);
    return e->pages;
}

uint32_t lab_exchange_page(const lab_engine_t *e, const lab_exchange_t *x)
{
    pages_of(e);
    return x->page;
}

uint32_t lab_engine_pages(const lab_engine_t *e)
{
    return pages_of(e)->list->len;
}

/* Takes the exchanges that left the page out of its list. */
static void remove_left(const lab_engine_t *e, lab_page_t *page)
{
    guint stay = 0;
    for (guint i = 0; i < page->exchanges->len; i++) {
        uint32_t number = g_array_index(page->exchanges, uint32_t, i);
        lab_work();
        if (lab_engine_exchange(e, number)->page == page->number)
            g_array_index(page->exchanges, uint32_t, stay++) = number;
    }
    g_array_set_size(page->exchanges, stay);
    page->left = 0;
}

const lab_page_t *lab_engine_page(const lab_engine_t *e, uint32_t number)
{
    const lab_pages_t *p = pages_of(e);
    lab_page_t *page = number <= p->list->len ? page_at(p, number) : NULL;
    if (page && page->left)
        remove_left(e, page);
    return page;
}

const lab_exchange_t *lab_page_first(const lab_engine_t *e, const lab_exchange_t *x)
{
    const lab_page_t *page = page_at(e->pages, lab_exchange_page(e, x));
    return page ? lab_engine_exchange(e, g_array_index(page->exchanges, uint32_t, 0)) : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr_page.c - see qr_page.h. */
#include "qr_page.h"

#include <string.h>

#include "address.h"
#include "html.h"
#include "qr.h"
#include "scenario.h"

/* Whether the client named this computer as itself: others cannot use that name. */
static bool names_this_computer(const char *host)
{
    address_t address;
    g_autofree char *name = g_strdup(*host == '[' ? host + 1 : host);

    name[strcspn(name, *host == '[' ? "]" : ":")] = '\0';
    return !g_ascii_strcasecmp(name, "localhost") ||
           (address_parse(name, 0, &address) && address_is_loopback(&address));
}

static void add_socket(GPtrArray *urls, int fd, unsigned port)
{
    address_t own;

    address_of_socket(fd, &own);
    if (address_is_any(&own)) {
        g_autoptr(GPtrArray) others = address_others(address_is_any_six(&own));
        for (unsigned i = 0; i < others->len; i++)
            g_ptr_array_add(urls, address_url("http", others->pdata[i], port));
    } else if (!address_is_loopback(&own)) {
        g_ptr_array_add(urls, address_url("http", &own, port));
    }
}

static unsigned port_of(const address_t *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->six.sin6_port : address->four.sin_port);
}

/* The URLs by which others reach this server. A client that names its own computer and yet does not come from
 * there was relayed out of a network of labdump's own: nobody else reaches that. */
static GPtrArray *urls_for_others(const exchange_t *exchange)
{
    GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);
    const char *host = exchange->request->headers.value[HEADER_HOST];
    address_t here;

    if (host && *host && !names_this_computer(host)) {
        g_ptr_array_add(urls, g_strdup_printf("http://%s/", host));
        return urls;
    }
    address_of_socket(exchange->conn->fd, &here);
    for (unsigned i = 0; i < exchange->service->listen_count && address_is_loopback(&here); i++)
        add_socket(urls, exchange->service->listen_fds[i], port_of(&here));
    return urls;
}

static void append_url(GString *out, const char *tag, const char *url)
{
    g_autofree char *escaped = html_escape(url);

    g_string_append_printf(out, "<%s>" HTML_COPY_BEGIN "%s</code></%s>\n", tag, escaped, tag);
}

static void append_urls(GString *out, const GPtrArray *urls, lab_lang_t lang)
{
    g_autofree char *svg = qr_svg(urls->pdata[0]);

    g_string_append(out, svg ? svg : "");
    g_string_append(out, "<div class=\"large\">\n");
    append_url(out, "p", urls->pdata[0]);
    g_string_append_printf(out, "</div>\n<p>%s</p>\n", text(lang, T_QR_NETWORK));
    if (urls->len < 2)
        return;
    g_string_append_printf(out, "<p>%s</p>\n<ul>\n", text(lang, T_QR_ALSO));
    for (unsigned i = 1; i < urls->len; i++)
        append_url(out, "li", urls->pdata[i]);
    g_string_append(out, "</ul>\n");
}

enum MHD_Result qr_page_reply(const exchange_t *exchange)
{
    lab_lang_t lang = exchange->lang;
    g_autoptr(GPtrArray) urls = urls_for_others(exchange);
    g_autoptr(GString) body = g_string_new(NULL);

    g_string_append_printf(body, "<h1>%s</h1>\n", text(lang, T_QR_TITLE));
    if (urls->len)
        append_urls(body, urls, lang);
    else
        g_string_append_printf(body, "<p>%s</p>\n", text(lang, T_QR_ONLY_HERE));
    g_string_append_printf(body, "<p><a href=\"" SCENARIO_PREFIX "\">%s</a></p>\n", text(lang, T_LAB_BACK));
    return reply_page(exchange, 200, html_document(lang, text(lang, T_QR_TITLE), body->str));
}

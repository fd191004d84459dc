/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content.c - scenarios about what HTTP carries: many objects, parts, validators, cookies, compression. */
#include <string.h>

#include "html.h"
#include "scenario.h"
#include "variant.h"

/* Bytes of a body for ranges: each third of it is several segments. */
#define SAMPLE_SIZE 90000

static const media_type_t page_type = {".html", "text/html", true, true};
static const media_type_t sample_type = {".txt", "text/plain", true, false};

/* Replies with `bytes` as if they were a file that was last changed when the server started. Takes them over.
 */
static enum MHD_Result reply_bytes(const exchange_t *exchange, const media_type_t *type, GBytes *bytes,
                                   bool pack)
{
    variant_t *variant = variant_in_memory(type, exchange->service->started, bytes);

    if (type == &page_type) {
        variant->language = html_language_tag(exchange->lang);
        variant->negotiated = true;
        variant->policy = html_policy(g_bytes_get_data(bytes, NULL));
    }
    if (pack)
        variant_pack(variant);
    enum MHD_Result result = reply_variant(exchange, variant);
    variant_free(variant);
    return result;
}

static GBytes *bytes_of(char *html)
{
    return g_bytes_new_take(html, strlen(html));
}

enum MHD_Result scenario_not_modified(const scenario_t *scenario, const exchange_t *exchange)
{
    return reply_bytes(exchange, &page_type, bytes_of(scenario_html(scenario, exchange, NULL)), false);
}

/* Text that repeats itself and so compresses well. */
static char *long_extra(lab_lang_t lang)
{
    GString *out = g_string_new(NULL);

    for (int i = 1; i <= 40; i++)
        g_string_append_printf(out, "<p>%d. %s</p>\n", i, text(lang, T_LAB_INTRO));
    return g_string_free(out, false);
}

enum MHD_Result scenario_gzip(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autofree char *extra = long_extra(exchange->lang);

    return reply_bytes(exchange, &page_type, bytes_of(scenario_html(scenario, exchange, extra)), true);
}

enum MHD_Result scenario_sample(const scenario_t *scenario, const exchange_t *exchange)
{
    char *data = g_malloc(SAMPLE_SIZE);

    (void)scenario;
    for (unsigned i = 0; i < SAMPLE_SIZE; i++)
        data[i] = i % 50 == 49 ? '\n' : (char)('a' + i / 50 % 26);
    return reply_bytes(exchange, &sample_type, g_bytes_new_take(data, SAMPLE_SIZE), false);
}

/* The link is for browsers without scripts. A browser that resumes a download asks for a range too. */
#define PARTS_HTML                                                                                           \
    "<p><a class=\"run\" href=\"" SCENARIO_PREFIX                                                            \
    "sample.txt\" download>sample.txt</a></p>\n<ul id=\"parts\"></ul>\n<script>%s</script>\n"

static const char parts_script[] =
    "\n(async () => {\n"
    "for (const range of ['bytes=0-29999', 'bytes=30000-59999', 'bytes=-30000', 'bytes=0-9,-10']) {\n"
    "const answer = await fetch('sample.txt', {headers: {Range: range}, cache: 'no-store'});\n"
    "const line = document.createElement('li');\n"
    "line.textContent = `${range}: ${answer.status} ${answer.headers.get('Content-Range') ?? 'multipart'}, `"
    " + (await answer.blob()).size;\n"
    "document.getElementById('parts').append(line);\n}\n})();\n";

enum MHD_Result scenario_parts(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autofree char *extra = g_strdup_printf(PARTS_HTML, parts_script);
    g_autofree char *policy = html_policy_with(parts_script);
    char *html = scenario_html(scenario, exchange, extra);
    uint64_t size = strlen(html);

    return reply_send(exchange, 200, reply_new_page_with(exchange, html, policy), size);
}

enum MHD_Result scenario_objects(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autoptr(GString) images = g_string_new("<p>\n");
    enum MHD_Result result;
    unsigned count;

    if (!scenario_argument(exchange, "n", 1, 200, 24, &count, &result))
        return result;
    for (unsigned i = 1; i <= count; i++)
        g_string_append_printf(images, "<img src=\"object?i=%u\" width=\"32\" height=\"32\" alt=\"%u\">\n", i,
                               i);
    g_string_append(images, "</p>\n");
    return scenario_reply_page(scenario, exchange, images->str);
}

enum MHD_Result scenario_object(const scenario_t *scenario, const exchange_t *exchange)
{
    enum MHD_Result result;
    unsigned number;

    (void)scenario;
    if (!scenario_argument(exchange, "i", 0, 200, 0, &number, &result))
        return result;
    char *svg = g_strdup_printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">"
                                "<circle cx=\"4\" cy=\"4\" r=\"3\" fill=\"hsl(%u,60%%,45%%)\"/></svg>\n",
                                number * 15 % 360);
    size_t size = strlen(svg);
    struct MHD_Response *response = MHD_create_response_from_buffer(size, svg, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "image/svg+xml");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply_send(exchange, 200, response, size);
}

enum MHD_Result scenario_count_requests(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autofree char *number = g_strdup_printf("%u", exchange->conn->answered);
    g_autofree char *line = text_fill(exchange->lang, T_LAB_COUNT, "number", number, NULL);
    g_autofree char *extra = g_strdup_printf("<p>%s</p>\n", line);

    return scenario_reply_page(scenario, exchange, extra);
}

#define COOKIE "lab-visits"

enum MHD_Result scenario_cookies(const scenario_t *scenario, const exchange_t *exchange)
{
    const char *sent = MHD_lookup_connection_value(exchange->connection, MHD_COOKIE_KIND, COOKIE);
    uint64_t visits = 0;

    if (sent && !http_number(sent, 0, 1000000, &visits))
        visits = 0; /* the value is not one that this server set */
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, visits + 1);
    g_autofree char *line = text_fill(exchange->lang, T_LAB_VISITS, "number", number, NULL);
    g_autofree char *extra = g_strdup_printf("<p>%s</p>\n", line);
    g_autofree char *cookie =
        g_strdup_printf(COOKIE "=%s; Path=/lab; Max-Age=86400; HttpOnly; SameSite=Lax", number);
    char *html = scenario_html(scenario, exchange, extra);
    uint64_t size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    return reply_send(exchange, 200, response, size);
}

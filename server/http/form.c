/* SPDX-License-Identifier: GPL-2.0-or-later */
/* form.c - see form.h. */
#include "form.h"

#include "html.h"
#include "texts.h"

/* Bytes of a field that are stored and shown. */
#define SHOWN_MAX 2000
/* More fields are counted and not shown. */
#define FIELDS_MAX 100
/* The library's buffer for one field's name and headers. */
#define BUFFER_SIZE 4096

typedef struct {
    char *name;
    char *file; /* NULL: no file */
    char *type; /* NULL: not said */
    uint64_t size;
    GString *begin;
    GChecksum *sum;
} field_t;

struct form {
    struct MHD_PostProcessor *processor; /* NULL: no form, one field takes it all */
    GPtrArray *fields;
    uint64_t size;
    unsigned left_out;
    bool broken;
};

static void field_free(void *data)
{
    field_t *field = data;

    g_free(field->name);
    g_free(field->file);
    g_free(field->type);
    g_string_free(field->begin, true);
    g_checksum_free(field->sum);
    g_free(field);
}

static field_t *add_field(form_t *form, const char *name, const char *file, const char *type)
{
    field_t *field = g_new0(field_t, 1);

    *field = (field_t){g_strdup(name),     g_strdup(file),
                       g_strdup(type),     0,
                       g_string_new(NULL), g_checksum_new(G_CHECKSUM_SHA256)};
    g_ptr_array_add(form->fields, field);
    return field;
}

static void add_bytes(field_t *field, const char *data, size_t size)
{
    size_t room = SHOWN_MAX - field->begin->len;

    field->size += size;
    g_string_append_len(field->begin, data, (ssize_t)MIN(size, room));
    g_checksum_update(field->sum, (const guchar *)data, (ssize_t)size);
}

static enum MHD_Result take_field(void *cls, enum MHD_ValueKind kind, const char *key, const char *filename,
                                  const char *content_type, const char *transfer_encoding, const char *data,
                                  uint64_t offset, size_t size)
{
    form_t *form = cls;

    (void)kind;
    (void)transfer_encoding;
    if (!offset && form->fields->len >= FIELDS_MAX) {
        form->left_out++;
        return MHD_YES;
    }
    if (!offset || !form->fields->len)
        add_field(form, key, filename, content_type);
    if (!form->left_out)
        add_bytes(g_ptr_array_index(form->fields, form->fields->len - 1), data, size);
    return MHD_YES;
}

form_t *form_new(struct MHD_Connection *connection, const char *content_type)
{
    form_t *form = g_new0(form_t, 1);

    form->fields = g_ptr_array_new_with_free_func(field_free);
    form->processor = MHD_create_post_processor(connection, BUFFER_SIZE, take_field, form);
    if (!form->processor)
        add_field(form, "-", NULL, content_type);
    return form;
}

void form_free(form_t *form)
{
    if (!form)
        return;
    if (form->processor)
        MHD_destroy_post_processor(form->processor);
    g_ptr_array_free(form->fields, true);
    g_free(form);
}

void form_take(form_t *form, const char *data, size_t size)
{
    form->size += size;
    if (!form->processor)
        add_bytes(g_ptr_array_index(form->fields, 0), data, size);
    else if (!form->broken)
        form->broken = MHD_post_process(form->processor, data, size) != MHD_YES;
}

/* Text is shown as text, any other bytes in hexadecimal. */
static char *value_html(const field_t *field)
{
    const char *end;
    size_t length = field->begin->len;

    g_utf8_validate(field->begin->str, (ssize_t)length, &end);
    size_t sound = (size_t)(end - field->begin->str);
    /* A character may have been cut at the end of what is kept. */
    if (sound == length || (field->size > length && length - sound < 4)) {
        g_autofree char *shown = g_strndup(field->begin->str, sound);
        g_autofree char *escaped = html_escape(shown);
        return g_strdup_printf("<pre>%s%s</pre>", escaped, field->size > length ? " …" : "");
    }
    GString *out = g_string_new("<code>");
    for (size_t i = 0; i < MIN(length, 32); i++)
        g_string_append_printf(out, "%02x ", (guchar)field->begin->str[i]);
    g_string_append(out, "…</code>");
    return g_string_free(out, false);
}

static void append_field(GString *out, const field_t *field, lab_lang_t lang)
{
    g_autofree char *name = html_escape_line(field->name ? field->name : "");
    g_autofree char *value = value_html(field);

    g_string_append_printf(out, "<section class=\"card\">\n<h2>%s</h2>\n%s\n<dl>\n", name, value);
    if (field->file) {
        g_autofree char *file = html_escape_line(field->file);
        g_string_append_printf(out, "<dt>%s</dt><dd>%s</dd>\n", text(lang, T_FORM_FILE), file);
    }
    if (field->type) {
        g_autofree char *type = html_escape_line(field->type);
        g_string_append_printf(out, "<dt>Content-Type</dt><dd><code>%s</code></dd>\n", type);
    }
    g_string_append_printf(out,
                           "<dt>%s</dt><dd>%" G_GUINT64_FORMAT
                           "</dd>\n<dt>SHA-256</dt><dd><code>%s</code></dd>\n"
                           "</dl>\n</section>\n",
                           text(lang, T_FORM_BYTES), field->size, g_checksum_get_string(field->sum));
}

static void append_note(GString *out, lab_lang_t lang, text_id_t id, const char *place, uint64_t number)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
    g_autofree char *line = text_fill(lang, id, place, digits, NULL);

    g_string_append_printf(out, "<p>%s</p>\n", line);
}

char *form_html(form_t *form, lab_lang_t lang)
{
    g_autoptr(GString) out = g_string_new(NULL);

    /* The library hands out its last bytes when its processor is destroyed. The result says whether the
     * form was complete. */
    if (form->processor)
        form->broken = MHD_destroy_post_processor(form->processor) != MHD_YES || form->broken;
    form->processor = NULL;
    g_string_append_printf(out, "<h1>%s</h1>\n", text(lang, T_FORM_GOT));
    append_note(out, lang, T_FORM_SIZE, "bytes", form->size);
    if (form->broken)
        g_string_append_printf(out, "<p>%s</p>\n", text(lang, T_FORM_BROKEN));
    for (unsigned i = 0; i < form->fields->len; i++)
        append_field(out, g_ptr_array_index(form->fields, i), lang);
    if (form->left_out)
        append_note(out, lang, T_FORM_LEFT_OUT, "number", form->left_out);
    g_string_append_printf(out, "<p><a href=\"form\">%s</a> · <a href=\"/\">%s</a></p>\n",
                           text(lang, T_FORM_AGAIN), text(lang, T_ERROR_HOME));
    return html_document(lang, text(lang, T_FORM_GOT), out->str);
}

char *form_blank_html(lab_lang_t lang)
{
    g_autofree char *body = g_strdup_printf(
        "<h1>%s</h1>\n<p>%s</p>\n"
        "<form class=\"card\" method=\"post\" action=\"form\">\n<h2>%s</h2>\n"
        "<p><label>%s<br><input name=\"name\" autocomplete=\"name\"></label></p>\n"
        "<p><label>%s<br><textarea name=\"message\" rows=\"4\" cols=\"40\"></textarea></label></p>\n"
        "<p><button class=\"run\">%s</button></p>\n</form>\n"
        "<form class=\"card\" method=\"post\" action=\"form\" enctype=\"multipart/form-data\">\n<h2>%s</h2>\n"
        "<p><label>%s<br><input type=\"file\" name=\"file\"></label></p>\n"
        "<p><button class=\"run\">%s</button></p>\n</form>\n<p><a href=\"/\">%s</a></p>\n",
        text(lang, T_FORM_TITLE), text(lang, T_FORM_INTRO), text(lang, T_FORM_TEXT), text(lang, T_FORM_NAME),
        text(lang, T_FORM_MESSAGE), text(lang, T_LAB_SEND), text(lang, T_FORM_UPLOAD),
        text(lang, T_FORM_FILE), text(lang, T_LAB_SEND), text(lang, T_ERROR_HOME));

    return html_document(lang, text(lang, T_FORM_TITLE), body);
}

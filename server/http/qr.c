/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr.c - see qr.h. */
#include "qr.h"

#include "html.h"

#ifdef LAB_QR

#include <qrencode.h>
#include <stdio.h>

/* ISO 18004 wants four modules of white on each side: without them phones do not find the code. */
#define MARGIN 4

static bool is_dark(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;

    return inside && (code->data[y * code->width + x] & 1);
}

bool qr_available(void)
{
    return true;
}

/* Two rows of modules a line, white on black given as colours, so that any terminal's theme does. */
void qr_print(const char *url)
{
    static const char *const blocks[2][2] = {{"█", "▀"}, {"▄", " "}};
    QRcode *code = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_L);

    if (!code)
        return;
    for (int y = -MARGIN; y < code->width + MARGIN; y += 2) {
        fputs("\033[38;5;231;48;5;16m", stdout);
        for (int x = -MARGIN; x < code->width + MARGIN; x++)
            fputs(blocks[is_dark(code, x, y)][is_dark(code, x, y + 1)], stdout);
        puts("\033[0m");
    }
    QRcode_free(code);
}

/* Each dark module is a square of 1 by 1. */
static void append_modules(GString *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            if (is_dark(code, x, y))
                g_string_append_printf(out, "M%d %dh1v1h-1z", x, y);
        }
    }
}

char *qr_svg(const char *url)
{
    g_autofree char *label = html_escape(url);
    QRcode *code = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_M);

    if (!code)
        return NULL;
    int side = code->width + 2 * MARGIN;
    GString *out = g_string_new(NULL);
    g_string_append_printf(out,
                           "<svg class=\"qr\" role=\"img\" aria-label=\"%s\" viewBox=\"%d %d %d %d\">"
                           "<path fill=\"#fff\" d=\"M%d %dh%dv%dh-%dz\"/><path d=\"",
                           label, -MARGIN, -MARGIN, side, side, -MARGIN, -MARGIN, side, side, side);
    append_modules(out, code);
    g_string_append(out, "\"/></svg>\n");
    QRcode_free(code);
    return g_string_free(out, false);
}

#else

bool qr_available(void)
{
    return false;
}

void qr_print(const char *url)
{
    (void)url;
}

char *qr_svg(const char *url)
{
    (void)url;
    return NULL;
}

#endif

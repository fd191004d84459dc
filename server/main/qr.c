/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr.c - see qr.h. */
#include "qr.h"

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

#else

bool qr_available(void)
{
    return false;
}

void qr_print(const char *url)
{
    (void)url;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr_page.h - the page /lab/qr: the address of this server, large enough for a projector. */
#ifndef LABSERVER_QR_PAGE_H
#define LABSERVER_QR_PAGE_H

#include "reply.h"

/* Behind /lab/; no scenario has this name. */
#define QR_PAGE_NAME "qr"

enum MHD_Result qr_page_reply(const exchange_t *exchange);

#endif

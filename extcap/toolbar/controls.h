/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two pipes between Wireshark's toolbar and an extcap, see "Control Protocol" in README.extcap.
 *
 * Wireshark opens its end of the pipe for messages to us in its main thread, and waits until we have opened
 * ours. So controls_open() comes before anything that may fail, and a start that fails waits with
 * controls_await(). */
#ifndef LABDUMP_CONTROLS_H
#define LABDUMP_CONTROLS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lab_controls lab_controls_t;

enum {
    CONTROL_INITIALIZED = 0,
    CONTROL_SET = 1,
    CONTROL_ADD = 2,
    CONTROL_ENABLE = 4,
    CONTROL_DISABLE = 5,
    CONTROL_STATUS = 6,
};

/* NULL if there are no pipes: Wireshark's tshark opens none. */
lab_controls_t *controls_open(const char *in, const char *out);

/* received(): a message; the payload ends with a null byte that does not count. Called from the main loop. */
void controls_listen(lab_controls_t *controls,
                     void (*received)(unsigned number, unsigned command, const char *payload, void *data),
                     void *data);

/* Never waits: what Wireshark does not read is lost. Text longer than 4000 bytes is cut. NULL is fine. */
void controls_send(lab_controls_t *controls, unsigned number, unsigned command, const char *payload,
                   size_t length);

/* Waits until Wireshark has opened its end, 5 seconds at most, and no longer than until stop_fd becomes
 * readable. NULL is fine. */
void controls_await(lab_controls_t *controls, int stop_fd);

/* NULL is fine. */
void controls_close(lab_controls_t *controls);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_window.h - Statistics > Lab > Report in Wireshark. */
#ifndef LAB_REPORT_WINDOW_H
#define LAB_REPORT_WINDOW_H

/* Registers the menu entry. It shows the report on what the display filter shows, as text. tshark has no
 * menus: there it does nothing. */
void lab_report_window_register(void);

#endif

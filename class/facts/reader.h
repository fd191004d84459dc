/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.h - tshark with the plugin over one capture: one run, which writes report, table of segments and
 * page. */
#ifndef LABCLASS_READER_H
#define LABCLASS_READER_H

#include <signal.h>

#include "facts.h"

typedef struct {
    const char *tshark; /* a command without arguments; it has the plugin */
    const char *folder; /* where tshark may write; the caller removes it */
    lab_lang_t language;
    bool page;       /* the HTML report is wanted */
    bool bodies;     /* the text of responses is wanted */
    bool hex_bodies; /* this tshark writes http.file_data as hexadecimal digits: Wireshark 4.2 and later */
    char *filter;    /* "connection=3;" or "page=2;" before a display filter; NULL = all */
} lab_reader_t;

/* What came of it. Free with lab_reading_clear(). */
typedef struct {
    lab_facts_t *facts; /* NULL: the capture cannot be read, `problem` says why */
    char *page;         /* the HTML report; NULL = not wanted */
    char *problem;      /* also of a capture that could be read as far as it goes */
} lab_reading_t;

/* `number` names the files in the folder: no two runs at once may have the same. `capture` is opened here, if
 * it is a regular file and no symbolic link. */
lab_reading_t lab_read_capture(const lab_reader_t *reader, const char *capture, guint number);
void lab_reading_clear(lab_reading_t *reading);

/* Whether tshark runs as another user than we: it is wrapped like that for root. */
bool lab_tshark_is_other(void);
/* SIGINT, SIGTERM and SIGHUP. A caller may block them: tshark gets them all the same. */
sigset_t lab_ending_signals(void);
/* Removes the folder and the files in it. */
void lab_remove_folder(const char *folder);

/* Why a file or folder cannot be read: of errno. Free with g_free(). */
char *lab_why_unread(int error, lab_lang_t language);
/* Opens a regular file that is no symbolic link; -1: *problem says why. */
int lab_open_regular(const char *name, lab_lang_t language, char **problem);
/* The contents of such a file, at most `most` bytes; NULL: *problem says why. */
char *lab_read_regular(const char *name, gsize most, gsize *length, lab_lang_t language, char **problem);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lab_notes {
    FILE *file;
    char *line; /* of getline() */
    size_t room;
    uint32_t frames;
    char *section;
    uint32_t frame; /* of `text`, which was read ahead; 0 = none */
    const char *text;
};

/* Takes "\n" and "\\" in place. */
static void take_escapes(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\\' && from[1])
            from++, *to++ = *from == 'n' ? '\n' : *from;
        else
            *to++ = *from;
    }
    *to = '\0';
}

/* The next line: its text, and what stands before the tab in notes->line. NULL = the end, or no such line. */
static const char *next_line(lab_notes_t *notes)
{
    ssize_t length = getline(&notes->line, &notes->room, notes->file);
    if (length <= 0)
        return NULL;
    if (notes->line[length - 1] == '\n')
        notes->line[length - 1] = '\0';
    char *tab = strchr(notes->line, '\t');
    if (!tab)
        return NULL;
    *tab = '\0';
    take_escapes(tab + 1);
    return tab + 1;
}

/* The text of a line that must have this name. */
static const char *named_line(lab_notes_t *notes, const char *name)
{
    const char *text = next_line(notes);
    return text && strcmp(notes->line, name) == 0 ? text : NULL;
}

static void read_ahead(lab_notes_t *notes)
{
    notes->text = next_line(notes);
    notes->frame = notes->text ? (uint32_t)g_ascii_strtoull(notes->line, NULL, 10) : 0;
}

lab_notes_t *lab_notes_open(const char *path)
{
    lab_notes_t *notes = g_new0(lab_notes_t, 1);
    errno = 0;
    notes->file = fopen(path, "rb");
    const char *frames = notes->file ? named_line(notes, "frames") : NULL;
    notes->frames = frames ? (uint32_t)g_ascii_strtoull(frames, NULL, 10) : 0;
    notes->section = frames ? g_strdup(named_line(notes, "section")) : NULL;
    if (notes->section) {
        read_ahead(notes);
        return notes;
    }
    int why = errno;
    lab_notes_close(notes);
    errno = why;
    return NULL;
}

void lab_notes_close(lab_notes_t *notes)
{
    if (!notes)
        return;
    if (notes->file)
        fclose(notes->file);
    free(notes->line);
    g_free(notes->section);
    g_free(notes);
}

uint32_t lab_notes_frames(const lab_notes_t *notes)
{
    return notes->frames;
}

const char *lab_notes_section(const lab_notes_t *notes)
{
    return notes->section;
}

const char *lab_notes_of(lab_notes_t *notes, uint32_t frame)
{
    while (notes->frame && notes->frame < frame)
        read_ahead(notes);
    return notes->frame == frame ? notes->text : NULL;
}

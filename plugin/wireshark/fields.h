/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.h - the display-filter fields lab.* and how a frame's record fills them. */
#ifndef LAB_FIELDS_H
#define LAB_FIELDS_H

#include "compat.h"
#include "lab.h"

/* Registers every field of the table for protocol `proto`, and the expert infos of the anomalies. */
void lab_fields_register(int proto);
/* Gives the fields their names in this language. */
void lab_fields_language(lab_lang_t lang);

/* Adds what is known of one segment of the frame to the tree. revisit: the whole capture was read before, so
 * that what never came may be said to be missing. */
void lab_fields_fill(const lab_engine_t *engine, const lab_annotation_t *record, tvbuff_t *tvb,
                     packet_info *pinfo, proto_tree *tree, lab_lang_t lang, bool revisit);
/* Tells Expert Information of the frame's anomalies; works without a tree. */
void lab_fields_expert(const lab_engine_t *engine, const lab_annotation_t *record, packet_info *pinfo,
                       proto_item *item, lab_lang_t lang);
/* Is the note asked for: a column, a filter, or a tree that somebody sees? */
bool lab_fields_note_wanted(proto_tree *tree);

#endif

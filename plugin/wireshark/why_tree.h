/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why_tree.h - the short explanations (words/why.h) under a frame in the tree, folded. */
#ifndef LAB_WHY_TREE_H
#define LAB_WHY_TREE_H

#include "compat.h"
#include "lab.h"

#include <epan/packet.h>

void lab_why_register(void);
/* Adds those that apply to the frame; nothing where nobody sees the tree. */
void lab_why_fill(const lab_engine_t *engine, const lab_annotation_t *annotation, tvbuff_t *tvb,
                  packet_info *pinfo, proto_tree *tree, lab_lang_t lang);

#endif

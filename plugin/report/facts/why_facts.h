/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why_facts.h - which of the short explanations (words/why.h) apply to a frame. */
#ifndef LAB_WHY_FACTS_H
#define LAB_WHY_FACTS_H

#include "lab.h"
#include "why.h"

/* Set of rows of the table: bit n is row n. */
uint64_t lab_why_of(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame);

#endif

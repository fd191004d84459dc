/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packet-lab.h - what the parts of the plugin share: the engine of the file that is open now. */
#ifndef LAB_PACKET_LAB_H
#define LAB_PACKET_LAB_H

#include "lab.h"

/* NULL before the first frame. */
lab_engine_t *lab_current_engine(void);
/* Highest frame number seen in the file. */
uint32_t lab_current_frames(void);
/* Number of frames that the engine has seen. With `tshark -2 -R` it is higher than that of the frames that
 * pass: these share numbers with those that do not. */
uint32_t lab_current_fed(void);
/* The preference lab.language, or the environment's. */
lab_lang_t lab_current_language(void);

/* statistics.c: -z lab,... and Statistics > Lab. */
void lab_statistics_register(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"
int lab_command_quiz(const lab_options_t *o)
{
    (void)o;
    return 2;
}
int lab_command_explain(const lab_options_t *o)
{
    (void)o;
    return 2;
}

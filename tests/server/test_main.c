/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "units.h"

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_http_tests();
    add_fair_tests();
    add_intake_tests();
    add_config_tests();
    add_range_tests();
    add_request_tests();
    add_text_tests();
    return g_test_run();
}

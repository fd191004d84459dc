/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labdump: an extcap(4) for Wireshark that starts the lab's web server and captures its traffic. */
#include <stdio.h>
#include <string.h>

#include "consent.h"
#include "options.h"
#include "recorder.h"
#include "sentences.h"
#include "session.h"

static int complain(lab_text_id_t id)
{
    fprintf(stderr, "%s\n", text(id));
    return LAB_USAGE;
}

static int check_interface(const lab_options_t *o)
{
    if (!o->interface)
        return complain(T_E_NO_INTERFACE);
    if (strcmp(o->interface, LAB_INTERFACE) == 0)
        return 0;
    char *words = text_with(T_E_INTERFACE, LAB_PLACES(LAB_WORDS("interface", o->interface)));
    fprintf(stderr, "%s\n", words);
    g_free(words);
    return LAB_USAGE;
}

/* Wireshark asks whether a capture filter is valid. No output means that it is. */
static int answer_filter(const lab_options_t *o)
{
    char *why = recorder_check_filter(o->settings.filter, 1);
    if (why)
        puts(why);
    g_free(why);
    return 0;
}

static int answer(const lab_options_t *o)
{
    switch (o->verb) {
    case VERB_DLTS:
        sentences_dlts();
        return 0;
    case VERB_CONFIG:
        if (o->reload)
            sentences_reload(o->reload);
        else
            sentences_config();
        return 0;
    case VERB_CAPTURE:
        return o->settings.fifo ? session_run(&o->settings) : complain(T_E_FIFO_MISSING);
    default:
        return o->settings.filter ? answer_filter(o) : complain(T_E_NO_VERB);
    }
}

static int allow(const char *line)
{
    GError *error = NULL;
    if (consent_allow(line, &error))
        return 0;
    fprintf(stderr, "%s\n", error->message);
    int status = error->code;
    g_error_free(error);
    return status;
}

static int run(const lab_options_t *o)
{
    switch (o->verb) {
    case VERB_HELP:
        sentences_usage();
        return 0;
    case VERB_VERSION:
        puts("labdump " LAB_VERSION);
        return 0;
    case VERB_INTERFACES:
        sentences_interfaces();
        return 0;
    case VERB_ALLOW:
        return allow(o->allow);
    case VERB_CLEANUP: /* nothing is left: the keeper has killed everything */
        return 0;
    case VERB_NONE:
        if (!o->interface && !o->settings.filter)
            return complain(T_E_NO_VERB);
        break;
    default:
        break;
    }
    int status = check_interface(o);
    return status ? status : answer(o);
}

int main(int argc, char **argv)
{
    lab_options_t options;
    GError *error = NULL;

    texts_use(lab_language_of_environment());
    if (options_parse(&options, argc, argv, &error))
        return run(&options);
    if (options.verb == VERB_CAPTURE)
        session_refuse(&options.settings);
    fprintf(stderr, "%s\n", error->message);
    int status = error->code;
    g_error_free(error);
    return status;
}

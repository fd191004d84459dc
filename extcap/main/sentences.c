/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentences.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "toolbar.h"

void sentences_interfaces(void)
{
    printf("extcap {version=%s}{display=%s}\n", LAB_VERSION, text(T_DISPLAY));
    printf("interface {value=%s}{display=%s}\n", LAB_INTERFACE, text(T_DISPLAY));
    toolbar_sentences();
}

void sentences_dlts(void)
{
    printf("dlt {number=1}{name=EN10MB}{display=%s}\n", text(T_DLT));
}

static void value_sentence(int arg, const char *value, const char *display, bool is_default)
{
    printf("value {arg=%d}{value=%s}{display=%s}%s\n", arg, value, display,
           is_default ? "{default=true}" : "");
}

static void device_sentence(int arg, const char *device)
{
    char *display = text_with(T_NETWORK_DEVICE, LAB_PLACES(LAB_WORDS("device", device)));
    value_sentence(arg, device, display, false);
    g_free(display);
}

/* if_nameindex() needs no rights and lists network devices only, unlike pcap_findalldevs(). */
static void network_values(int arg)
{
    value_sentence(arg, "auto", text(T_NETWORK_AUTO), true);
    value_sentence(arg, "own", text(T_NETWORK_OWN), false);
    value_sentence(arg, "loopback", text(T_NETWORK_LOOPBACK), false);

    struct if_nameindex *devices = if_nameindex();
    for (struct if_nameindex *d = devices; d && d->if_name; d++)
        if (strcmp(d->if_name, "lo") != 0)
            device_sentence(arg, d->if_name);
    if (devices)
        if_freenameindex(devices);
}

static void language_values(int arg)
{
    value_sentence(arg, "auto", text(T_LANGUAGE_AUTO), true);
    value_sentence(arg, "en", "English", false);
    value_sentence(arg, "zh", "中文", false);
}

static const struct {
    const char *option;
    void (*print)(int arg);
} values[] = {
    {"network", network_values},
    {"language", language_values},
};

static void print_values(const char *option, int arg)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].option, option) == 0)
            values[i].print(arg);
}

static void arg_sentence(const lab_option_row_t *row, int arg)
{
    const lab_dialog_row_t *d = &row->dialog;

    printf("arg {number=%d}{call=--%s}{display=%s}{type=%s}{default=%s}{tooltip=%s}{group=%s}%s", arg,
           row->name, text(d->display), d->type, d->default_value, text(d->tooltip), text(d->group), d->more);
    if (strstr(d->more, "reload=true"))
        printf("{placeholder=%s}", text(T_RESCAN));
    else if (d->has_placeholder)
        printf("{placeholder=%s}", text(d->placeholder));
    putchar('\n');
}

void sentences_config(void)
{
    size_t count;
    const lab_option_row_t *rows = option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].dialog.type)
            continue;
        arg_sentence(&rows[i], (int)i);
        print_values(rows[i].name, (int)i);
    }
}

void sentences_reload(const char *option)
{
    size_t count;
    const lab_option_row_t *rows = option_rows(&count);
    const char *bare = option + strspn(option, "-");
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, bare) == 0)
            print_values(bare, (int)i);
}

static void usage_row(const lab_option_row_t *row)
{
    const lab_dialog_row_t *d = &row->dialog;
    if (d->tooltip == T_DISPLAY)
        return;
    printf("  --%-14s %s", row->name, text(d->tooltip));
    if (*d->default_value)
        printf(" [%s: %s]", text(T_DEFAULT), d->default_value);
    putchar('\n');
}

void sentences_usage(void)
{
    size_t count;
    const lab_option_row_t *rows = option_rows(&count);
    char *head = text_with(T_USAGE_HEAD, LAB_PLACES(LAB_WORDS("version", LAB_VERSION)));

    fputs(head, stdout);
    g_free(head);
    fputs(text(T_USAGE_OPTIONS), stdout);
    for (size_t i = 0; i < count; i++)
        usage_row(&rows[i]);
    fputs(text(T_USAGE_PROTOCOL), stdout);
    for (size_t i = 0; i < count; i++)
        if (rows[i].dialog.tooltip == T_DISPLAY)
            printf("  --%s\n", rows[i].name);
    fputs(text(T_USAGE_SEE), stdout);
}

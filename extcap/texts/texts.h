/* The sentences that a person reads, in English and Chinese, from one table. */
#ifndef LABDUMP_TEXTS_H
#define LABDUMP_TEXTS_H

#include <glib.h>
#include <stdbool.h>

typedef enum { LANGUAGE_AUTO, LANGUAGE_EN, LANGUAGE_ZH } lab_language_t;

typedef enum {
    T_DISPLAY,
    T_DLT,
    /* the dialog: groups, options and their tooltips */
    T_GROUP_SERVER,
    T_GROUP_CAPTURE,
    T_GROUP_SCRIPT,
    T_PORT,
    T_PORT_TIP,
    T_ROOT,
    T_ROOT_TIP,
    T_ROOT_EMPTY,
    T_CONFIG,
    T_CONFIG_TIP,
    T_SERVER,
    T_SERVER_TIP,
    T_SERVER_EMPTY,
    T_NETWORK,
    T_NETWORK_TIP,
    T_NETWORK_AUTO,
    T_NETWORK_OWN,
    T_NETWORK_LOOPBACK,
    T_NETWORK_DEVICE,
    T_DNS,
    T_DNS_TIP,
    T_LANGUAGE,
    T_LANGUAGE_TIP,
    T_LANGUAGE_AUTO,
    T_CLIENT,
    T_CLIENT_TIP,
    T_CLIENT_LOG,
    T_CLIENT_LOG_TIP,
    T_LINGER,
    T_LINGER_TIP,
    T_RESCAN,
    T_DEFAULT,
    /* the capture file's own words */
    T_COMMENT,
    T_ABOUT_OWN,
    T_ABOUT_LOOPBACK,
    T_ABOUT_DEVICE,
    /* --help */
    T_USAGE_HEAD,
    T_USAGE_OPTIONS,
    T_USAGE_PROTOCOL,
    T_USAGE_SEE,
    /* what went wrong and what to do about it */
    T_E_NO_VERB,
    T_E_NEEDS_VALUE,
    T_E_NO_INTERFACE,
    T_E_INTERFACE,
    T_E_FIFO_MISSING,
    T_E_PORT,
    T_E_LINGER,
    T_E_LANGUAGE,
    T_E_ROOT,
    T_E_CONFIG,
    T_E_DEVICE,
    T_E_FILTER,
    T_E_SERVER_GIVEN,
    T_E_SERVER_NOWHERE,
    T_E_PORT_IN_USE,
    T_E_PORT_RIGHTS,
    T_E_PORT_OTHER,
    T_E_LOG,
    T_E_FIFO,
    T_E_FIFO_READER,
    T_E_CAPTURE_RIGHTS,
    T_E_CAPTURE,
    T_E_CAPTURE_LOST,
    T_E_NAMESPACE,
    T_E_NAMESPACE_AUTO,
    T_E_LINK,
    T_E_HELPER,
    T_E_SERVER_START,
    T_E_SERVER_DIED,
    T_E_SERVER_SILENT,
    T_E_SERVER_PORT,
    T_E_SERVER_SAID,
    T_E_CLIENT_START,
    T_E_CLIENT,
    T_E_CLIENT_SEE,
    T_STATUS_EXIT,
    T_STATUS_SIGNAL,
    T_COUNT
} lab_text_id_t;

/* Chooses the language of everything that follows; LANGUAGE_AUTO asks LC_ALL, LC_MESSAGES and LANG, in that
 * order. */
void texts_use(lab_language_t language);

/* LANGUAGE_EN or LANGUAGE_ZH, whichever is in use. */
lab_language_t texts_language(void);

/* The text in the language in use; owned by the table. */
const char *text(lab_text_id_t id);

/* The text in a given language, for whoever checks the table. */
const char *text_in(lab_text_id_t id, lab_language_t language);

/* The text with its conversions filled in, all of which are %s or %d. Free it with g_free(). */
char *text_format(lab_text_id_t id, ...);
char *text_vformat(lab_text_id_t id, va_list ap);

/* What an errno means, in the language in use (English words of the C library where the table has none). */
const char *text_errno(int number);

/* Errors: the code is the exit status that they end the program with. */
enum { LAB_FAILED = 1, LAB_USAGE = 2 };
GQuark lab_error_quark(void);

/* Sets *error to the text, filled in, if error is not NULL. Always returns false, to be returned in turn. */
bool lab_fail(GError **error, int code, lab_text_id_t id, ...);

#endif

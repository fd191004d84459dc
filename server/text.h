/* Every text of labserver that a person reads, in English and Chinese, from one table (text.c). */
#ifndef LABSERVER_TEXT_H
#define LABSERVER_TEXT_H

#include <glib.h>

typedef enum { LANG_EN, LANG_ZH, LANG_COUNT } Lang;

typedef enum {
    /* command line */
    T_USAGE,
    T_EXIT_CODES,
    T_OPT_PORT,
    T_OPT_BIND,
    T_OPT_ROOT,
    T_OPT_CONFIG,
    T_OPT_KEEPALIVE_TIMEOUT,
    T_OPT_KEEPALIVE_MAX,
    T_OPT_ACCESS_LOG,
    T_OPT_NO_SCENARIOS,
    T_OPT_CLOSED_PORT,
    T_OPT_SLOW_PORT,
    T_OPT_MAX_CONNECTIONS,
    T_OPT_MAX_PER_ADDRESS,
    T_OPT_MAX_BODY,
    T_OPT_HEADER_TIMEOUT,
    T_OPT_USER,
    T_OPT_QR_CODE,
    T_OPT_INIT,
    T_OPT_NO_COMPRESSION,
    T_OPT_LANGUAGE,
    T_OPT_HELP,
    T_OPT_VERSION,
    T_BAD_OPTION,
    T_MISSING_VALUE,
    T_UNWANTED_VALUE,
    T_UNWANTED_ARGUMENT,
    T_BAD_NUMBER,
    T_SAME_PORT,
    T_BAD_LANGUAGE,
    T_NO_TLS,
    /* starting */
    T_BAD_ADDRESS,
    T_FOREIGN_ADDRESS,
    T_PORT_IN_USE,
    T_PORT_FORBIDDEN,
    T_LISTEN_FAILED,
    T_START_FAILED,
    T_NO_DEFAULT_ROOT,
    T_ROOT_UNREADABLE,
    T_ROOT_NO_FOLDER,
    T_ROOT_WITHOUT_INDEX,
    T_ROOT_TOO_LARGE,
    T_FILE_UNREADABLE,
    T_LINK_SKIPPED,
    T_PAGE_NOT_UTF8,
    T_LOG_UNWRITABLE,
    T_CONFIG_UNREADABLE,
    T_CONFIG_NOT_UTF8,
    T_CONFIG_BAD_LINE,
    T_CONFIG_NO_GROUP,
    T_CONFIG_BAD_VALUE,
    T_CONFIG_BAD_LANGUAGE,
    T_CONFIG_UNUSED_KEY,
    T_KEPT_OLD_SITE,
    T_THIS_COMPUTER,
    T_OTHER_COMPUTERS,
    T_TOO_MANY_BINDS,
    T_NO_USER,
    T_USER_FAILED,
    T_USER_CANNOT_READ,
    T_NO_QR,
    T_INIT_FAILED,
    T_INIT_NOT_EMPTY,
    T_INIT_DONE,
    /* error pages */
    T_ERROR_ASKED,
    T_ERROR_HOME,
    T_WHY_HOST_MISSING,
    T_WHY_HOST_TWICE,
    T_WHY_HOST_BAD,
    T_WHY_LENGTH_TWICE,
    T_WHY_LENGTH_AND_CHUNKED,
    T_WHY_CODING,
    T_WHY_LENGTH_BAD,
    T_WHY_HEADER_BAD,
    T_WHY_TOO_MANY_HEADERS,
    T_WHY_EXPECT,
    T_WHY_TARGET_LONG,
    T_WHY_TARGET_FORM,
    T_WHY_BODY_LARGE,
    T_WHY_PATH_ENCODING,
    T_WHY_METHOD_UNKNOWN,
    T_WHY_METHOD_NOT_ALLOWED,
    T_WHY_NOT_FOUND,
    T_WHY_NO_SCENARIO,
    T_WHY_BAD_STATUS,
    T_WHY_BAD_ARGUMENT,
    T_WHY_RANGE,
    T_WHY_PRECONDITION,
    T_WHY_TOO_MANY_PLAYS,
    T_WHY_NO_PORT,
    /* the form */
    T_FORM_TITLE,
    T_FORM_INTRO,
    T_FORM_TEXT,
    T_FORM_UPLOAD,
    T_FORM_NAME,
    T_FORM_MESSAGE,
    T_FORM_FILE,
    T_FORM_BYTES,
    T_FORM_GOT,
    T_FORM_SIZE,
    T_FORM_BROKEN,
    T_FORM_LEFT_OUT,
    T_FORM_AGAIN,
    /* scenario pages */
    T_LAB_TITLE,
    T_LAB_INTRO,
    T_LAB_WIRE,
    T_LAB_LOOK,
    T_LAB_COMMAND,
    T_LAB_SEND,
    T_LAB_COUNT,
    T_LAB_VISITS,
    T_LAB_FILTER,
    T_LAB_RUN,
    T_LAB_BACK,
    T_LAB_SLOW,
    T_LAB_REDIRECTED,
    T_LAB_STATUS,
    T_COUNT
} TextId;

/* The language that messages on the terminal are written in. */
void text_set_language(Lang lang);
Lang text_language(void);

/* The language that LC_ALL, LC_MESSAGES or LANG asks for, the first that is set: zh* is Chinese, all else
 * English. */
Lang text_environment_language(void);

/* "en" or "zh". */
const char *text_language_token(Lang lang);

/* Reads auto, en or zh; FALSE for anything else. auto gives AUTOMATIC. */
gboolean text_parse_language(const char *token, Lang automatic, Lang *lang);

/* The text itself, owned by the table. */
const char *text(Lang lang, TextId id);

/* The text with {1}, {2} ... replaced by the strings that follow, up to NULL. The caller frees it. */
char *text_fill(Lang lang, TextId id, ...) G_GNUC_NULL_TERMINATED;

/* The same in pairs: fills FORMAT, which need not come from the table. */
char *text_fill_format(const char *format, char *const values[]);

/* "labserver: " and the filled text on standard error, in the language of the terminal. */
void complain(TextId id, ...) G_GNUC_NULL_TERMINATED;

#endif

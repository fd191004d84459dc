/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of labdump that can be looked at by themselves. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "annotator.h"
#include "names.h"
#include "options.h"
#include "pcapng.h"
#include "ports.h"
#include "recorder.h"
#include "texts.h"
#include "webserver.h"

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of a text's places, "{name}", sorted and each followed by a space. */
static char *places(const char *words)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GString *found = g_string_new(NULL);
    for (const char *open = strchr(words, '{'); open; open = strchr(open + 1, '{'))
        g_ptr_array_add(names, g_strndup(open + 1, strcspn(open + 1, "}")));
    g_ptr_array_sort(names, compare_words);
    for (unsigned i = 0; i < names->len; i++)
        g_string_append_printf(found, "%s ", (char *)names->pdata[i]);
    g_ptr_array_unref(names);
    return g_string_free(found, FALSE);
}

static void every_text_exists_in_both_languages(void)
{
    for (int id = 0; id < T_COUNT; id++) {
        const char *en = text_in((lab_text_id_t)id, LAB_LANG_EN),
                   *zh = text_in((lab_text_id_t)id, LAB_LANG_ZH);
        g_assert_cmpstr(en, !=, "");
        g_assert_cmpstr(zh, !=, en);
        g_assert_true(g_utf8_validate(zh, -1, NULL));
        char *in_en = places(en), *in_zh = places(zh);
        g_assert_cmpstr(in_en, ==, in_zh);
        g_free(in_en);
        g_free(in_zh);
    }
}

static void places_are_filled_in(void)
{
    texts_use(LAB_LANG_ZH);
    char *words =
        text_with(T_E_FIFO_READER, LAB_PLACES(LAB_NUMBER("seconds", 30), LAB_WORDS("file", "{seconds}")));
    g_assert_cmpstr(words, ==, "labdump：没有程序读取“{seconds}”；30 秒后放弃。");
    g_free(words);
    texts_use(LAB_LANG_EN);
    words = text_with(T_STATUS_EXIT, NULL);
    g_assert_cmpstr(words, ==, "exit status {number}"); /* a place without a value shows */
    g_free(words);
}

static void errnos_are_told_in_the_language_in_use(void)
{
    texts_use(LAB_LANG_ZH);
    g_assert_cmpstr(text_errno(ENOENT), ==, "不存在");
    texts_use(LAB_LANG_EN);
    g_assert_cmpstr(text_errno(ENOENT), ==, "No such file or directory");
    g_assert_cmpstr(text_errno(EXDEV), ==, g_strerror(EXDEV)); /* no row of its own */
}

static void errors_carry_the_exit_status(void)
{
    GError *error = NULL;
    texts_use(LAB_LANG_EN);
    g_assert_false(lab_fail(&error, LAB_USAGE, T_E_PORT, LAB_PLACES(LAB_WORDS("port", "x"))));
    g_assert_cmpint(error->code, ==, 2);
    g_assert_nonnull(strstr(error->message, "\"x\""));
    g_clear_error(&error);
}

static bool parse(lab_options_t *o, const char *a, const char *b, GError **error)
{
    char *argv[] = {(char *)"labdump", (char *)a, (char *)b, NULL};
    optind = 0; /* glibc: start anew */
    return options_parse(o, b ? 3 : 2, argv, error);
}

static void options_have_defaults(void)
{
    lab_options_t o;
    g_assert_true(parse(&o, "--capture", NULL, NULL));
    g_assert_cmpint(o.verb, ==, VERB_CAPTURE);
    g_assert_cmpuint(o.settings.port, ==, 8080);
    g_assert_cmpstr(o.settings.network, ==, "auto");
    g_assert_cmpfloat(o.settings.linger, ==, 1.0);
    g_assert_false(o.settings.dns);
    g_assert_null(o.settings.client);
}

static void empty_values_count_as_none(void)
{
    static const char *const names[] = {"--port",       "--root",          "--config",
                                        "--server",     "--network",       "--client",
                                        "--client-log", "--client-linger", "--language"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        lab_options_t o;
        g_assert_true(parse(&o, names[i], "", NULL));
        g_assert_cmpuint(o.settings.port, ==, 8080);
        g_assert_cmpstr(o.settings.network, ==, "auto");
        g_assert_cmpfloat(o.settings.linger, ==, 1.0);
        g_assert_null(o.settings.root);
    }
}

static void bad_values_are_refused(void)
{
    static const char *const bad[][2] = {{"--port", "-1"},           {"--port", "65536"},
                                         {"--port", "80 "},          {"--client-linger", "-1"},
                                         {"--client-linger", "nan"}, {"--client-linger", "1s"},
                                         {"--language", "de"},       {"--port", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        lab_options_t o;
        GError *error = NULL;
        g_assert_false(parse(&o, bad[i][0], bad[i][1], &error));
        g_assert_cmpint(error->code, ==, LAB_USAGE);
        g_clear_error(&error);
    }
}

static void a_flag_may_carry_its_value(void)
{
    lab_options_t o;
    g_assert_true(parse(&o, "--dns", NULL, NULL));
    g_assert_true(o.settings.dns);
    g_assert_true(parse(&o, "--dns=false", NULL, NULL));
    g_assert_false(o.settings.dns);
}

static uint32_t word(const GByteArray *b, unsigned at)
{
    uint32_t value;
    memcpy(&value, b->data + at, sizeof value);
    return value;
}

/* Both lengths of every block agree and the blocks fill the array. */
static unsigned count_blocks(const GByteArray *b)
{
    unsigned at = 0, count = 0;
    while (at < b->len) {
        uint32_t length = word(b, at + 4);
        g_assert_cmpuint(length % 4, ==, 0);
        g_assert_cmpuint(at + length, <=, b->len);
        g_assert_cmpuint(word(b, at + length - 4), ==, length);
        at += length;
        count++;
    }
    return count;
}

static void blocks_are_well_formed(void)
{
    static const uint8_t frame[61] = {1};
    GByteArray *b = g_byte_array_new();
    lab_pcapng_head_t head = {"comment", "labdump", "lab", NULL, "tcp port 80", 1, 262144};
    pcapng_put_head(b, &head);
    g_assert_cmpuint(count_blocks(b), ==, 2);
    for (unsigned length = 57; length <= 61; length++)
        pcapng_put_packet(b, 1700000000123456789u, frame, length, 1514);
    pcapng_put_statistics(b, 1700000000123456789u, 5, 0);
    g_assert_cmpuint(count_blocks(b), ==, 8);
    g_byte_array_unref(b);
}

static void filters_are_checked(void)
{
    g_assert_null(recorder_check_filter("tcp port 80 or arp", 1));
    char *why = recorder_check_filter("tcp prot 80", 1);
    g_assert_nonnull(why);
    g_free(why);
}

static void the_server_says_its_port(void)
{
    g_assert_cmpuint(webserver_ready_port("labserver: listening on port 8080"), ==, 8080);
    g_assert_cmpuint(webserver_ready_port("labserver：正在监听端口 8080"), ==, 8080);
    g_assert_cmpuint(webserver_ready_port("labserver: listening on port 0"), ==, 0);
    g_assert_cmpuint(webserver_ready_port("labserver: listening on port 70000"), ==, 0);
    g_assert_cmpuint(webserver_ready_port("http://127.0.0.1:8080/"), ==, 0);
    g_assert_cmpuint(webserver_ready_port(""), ==, 0);
}

static void the_server_is_told_what_was_asked(void)
{
    lab_settings_t settings = {.root = "/r", .language = "zh"};
    lab_ports_t ports = {.server = 80, .closed = 81, .slow = 82};
    char **command = webserver_command("/s", &settings, "10.77.0.1", &ports),
         *line = g_strjoinv(" ", command);
    g_assert_cmpstr(line, ==,
                    "/s --port 80 --closed-port 81 --slow-port 82 --bind 10.77.0.1 --root /r --language zh");
    g_strfreev(command);
    g_free(line);
}

static bool refused(unsigned port)
{
    struct sockaddr_in there = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool result = connect(fd, (struct sockaddr *)&there, sizeof there) != 0;
    close(fd);
    return result;
}

static void ports_are_found(void)
{
    GError *error = NULL;
    unsigned port = 0, closed = 0, again;
    int fd = ports_listen(&port, &error), hold;
    g_assert_no_error(error);
    g_assert_cmpuint(port, >, 0);
    g_assert_false(refused(port));

    hold = ports_keep_closed(port + 1, &closed);
    g_assert_cmpint(hold, >=, 0);
    g_assert_cmpuint(closed, !=, port);
    g_assert_true(refused(closed));

    again = port;
    g_assert_cmpint(ports_listen(&again, &error), ==, -1);
    g_assert_cmpint(error->code, ==, LAB_FAILED);
    g_clear_error(&error);
    close(hold);
    close(fd);
}

/* RFC 1035 4.1: identifier, flags with RD, one question: "www.Lab.test", type, class IN. */
static size_t question(uint8_t *out, uint8_t type)
{
    static const uint8_t words[] = {0x12, 0x34, 0x01, 0,   0,   1, 0,   0,   0,   0,   0, 0, 3, 'w', 'w',
                                    'w',  3,    'L',  'a', 'b', 4, 't', 'e', 's', 't', 0, 0, 1, 0,   1};
    memcpy(out, words, sizeof words);
    out[sizeof words - 3] = type;
    return sizeof words;
}

static void a_name_below_the_servers_gets_its_address(void)
{
    uint8_t query[64], answer[LAB_DNS_ROOM];
    static const uint8_t record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 77, 0, 1};
    size_t length = question(query, 1);
    g_assert_cmpuint(names_answer("lab.test", "10.77.0.1", query, length, answer), ==,
                     length + sizeof record);
    static const uint8_t head[] = {0x12, 0x34, 0x85, 0, 0, 1,
                                   0,    1,    0,    0, 0, 0}; /* QR, AA, RD; no error; one answer */
    g_assert_cmpmem(answer, sizeof head, head, sizeof head);
    g_assert_cmpmem(answer + 12, length - 12, query + 12, length - 12);
    g_assert_cmpmem(answer + length, sizeof record, record, sizeof record);
}

static void other_questions_get_no_address(void)
{
    uint8_t query[64], answer[LAB_DNS_ROOM];
    size_t length = question(query, 28); /* AAAA: the name exists, the record does not */
    g_assert_cmpuint(names_answer("lab.test", "10.77.0.1", query, length, answer), ==, length);
    g_assert_cmpuint(answer[3], ==, 0);
    g_assert_cmpuint(answer[7], ==, 0);
    question(query, 1);
    g_assert_cmpuint(names_answer("ab.test", "10.77.0.1", query, length, answer), ==, length);
    g_assert_cmpuint(answer[3], ==, 3); /* NXDOMAIN: "Lab.test" is not below "ab.test" */
    query[2] = 0x28;                    /* an update: not implemented */
    names_answer("lab.test", "10.77.0.1", query, length, answer);
    g_assert_cmpuint(answer[3], ==, 4);
}

static void damaged_questions_get_no_answer(void)
{
    uint8_t query[64], answer[LAB_DNS_ROOM];
    size_t length = question(query, 1);
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t *copy = g_memdup2(query, cut ? cut : 1); /* so that a sanitizer notices */
        g_assert_cmpuint(names_answer("lab.test", "10.77.0.1", copy, cut, answer), ==, 0);
        g_free(copy);
    }
    query[12] = 0xC0; /* a pointer */
    g_assert_cmpuint(names_answer("lab.test", "10.77.0.1", query, length, answer), ==, 0);
    question(query, 1);
    query[2] |= 0x80; /* an answer */
    g_assert_cmpuint(names_answer("lab.test", "10.77.0.1", query, length, answer), ==, 0);
}

static void what_tshark_says_becomes_a_comment(void)
{
    static const struct {
        const char *line, *comment;
    } rows[] = {
        {"3\tA note\tsyn\x1f"
         "retransmission\tSYN-SENT\tLISTEN",
         "Lab: A note [syn, retransmission; client SYN-SENT, server LISTEN]"},
        {"4\tA look-up\t\t\t", "Lab: A look-up"},
        {"5\t\t\t\t", NULL},
        {"6\tOuter\x1fInner\ta\tb\tc", "Lab: Outer\nInner"},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *comment = annotator_comment(rows[i].line);
        g_assert_cmpstr(comment, ==, rows[i].comment);
        g_free(comment);
    }
}

static void who_listens_is_seen(void)
{
    unsigned port = 0;
    int fd = ports_listen(&port, NULL);
    g_assert_cmpint(ports_state(port), ==, PORT_LOOPBACK);
    close(fd);
    g_assert_cmpint(ports_state(port), ==, PORT_CLOSED);
    fd = ports_socket("0.0.0.0", SOCK_STREAM, port);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ports_state(port), ==, PORT_OPEN);
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/texts/both-languages", every_text_exists_in_both_languages);
    g_test_add_func("/texts/places", places_are_filled_in);
    g_test_add_func("/texts/errnos", errnos_are_told_in_the_language_in_use);
    g_test_add_func("/texts/errors", errors_carry_the_exit_status);
    g_test_add_func("/options/defaults", options_have_defaults);
    g_test_add_func("/options/empty", empty_values_count_as_none);
    g_test_add_func("/options/bad", bad_values_are_refused);
    g_test_add_func("/options/flag", a_flag_may_carry_its_value);
    g_test_add_func("/pcapng/blocks", blocks_are_well_formed);
    g_test_add_func("/recorder/filter", filters_are_checked);
    g_test_add_func("/webserver/ready", the_server_says_its_port);
    g_test_add_func("/webserver/command", the_server_is_told_what_was_asked);
    g_test_add_func("/ports", ports_are_found);
    g_test_add_func("/names/address", a_name_below_the_servers_gets_its_address);
    g_test_add_func("/names/other", other_questions_get_no_address);
    g_test_add_func("/names/damaged", damaged_questions_get_no_answer);
    g_test_add_func("/annotator/comment", what_tshark_says_becomes_a_comment);
    g_test_add_func("/ports/state", who_listens_is_seen);
    return g_test_run();
}

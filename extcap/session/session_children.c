#include "session_private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "texts.h"
#include "webserver.h"

enum { READY_SECONDS = 10, KEEP_OF_ERRORS = 500, LINE_LIMIT = 4096 };

static char *status_words(int status)
{
    if (WIFSIGNALED(status))
        return text_format(T_STATUS_SIGNAL, WTERMSIG(status));
    return text_format(T_STATUS_EXIT, WEXITSTATUS(status));
}

static bool drain(lab_child_output_t *l)
{
    char part[4096];
    ssize_t n;
    while ((n = read(l->fd, part, sizeof part)) > 0)
        g_string_append_len(l->heard, part, n);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void keep_last(GString *words, size_t most)
{
    if (words->len > most)
        g_string_erase(words, 0, (gssize)(words->len - most));
}

/* What the server wrote to standard error, as the end of a message of ours; to be freed. */
static char *server_words(lab_session_t *s)
{
    drain(&s->errors);
    keep_last(s->errors.heard, KEEP_OF_ERRORS);
    char *valid = g_utf8_make_valid(s->errors.heard->str, (gssize)s->errors.heard->len);
    g_strchomp(valid);
    char *words = *valid ? text_format(T_E_SERVER_SAID, valid) : g_strdup("");
    g_free(valid);
    return words;
}

static void fail_with(lab_session_t *s, lab_text_id_t id, ...)
{
    va_list ap;
    va_start(ap, id);
    char *words = text_vformat(id, ap);
    va_end(ap);
    session_fail(s, g_error_new_literal(lab_error_quark(), LAB_FAILED, words));
    g_free(words);
}

static int socket_for_relay(void *data)
{
    return keeper_socket(data);
}

static void start_client(lab_session_t *s)
{
    if (!s->plan.argv[ROLE_CLIENT])
        return;
    int number = keeper_run(&s->keeper, ROLE_CLIENT);
    if (number != 0)
        fail_with(s, T_E_CLIENT_START, text_errno(number));
    else
        s->alive[ROLE_CLIENT] = true;
}

static void on_ready(lab_session_t *s, unsigned port)
{
    g_source_remove(s->ready_timeout);
    s->ready_timeout = 0;
    if (port != s->ports.server) {
        fail_with(s, T_E_SERVER_PORT, s->server_path, (int)port, (int)s->ports.server);
        return;
    }
    if (s->network.kind == NETWORK_OWN) {
        s->relay = relay_start(s->listener, NETNS_SERVER, s->ports.server, socket_for_relay, &s->keeper);
        s->listener = -1;
    }
    writer_hold(s->writer, false);
    start_client(s);
}

static void hear_lines(lab_session_t *s, GString *heard)
{
    char *end;
    while ((end = strchr(heard->str, '\n'))) {
        *end = '\0';
        unsigned port = s->ready_timeout ? webserver_ready_port(heard->str) : 0;
        g_string_erase(heard, 0, end - heard->str + 1);
        if (port)
            on_ready(s, port);
    }
    keep_last(heard, LINE_LIMIT);
}

static gboolean on_output(int fd, GIOCondition condition, void *data)
{
    lab_session_t *s = data;
    (void)fd, (void)condition;
    bool open = drain(&s->output);
    hear_lines(s, s->output.heard);
    if (!open)
        s->output.watch = 0;
    return open;
}

static gboolean on_errors(int fd, GIOCondition condition, void *data)
{
    lab_session_t *s = data;
    (void)fd, (void)condition;
    bool open = drain(&s->errors);
    keep_last(s->errors.heard, KEEP_OF_ERRORS);
    if (!open)
        s->errors.watch = 0;
    return open;
}

static gboolean on_silence(void *data)
{
    lab_session_t *s = data;
    char *words = server_words(s);
    s->ready_timeout = 0;
    fail_with(s, T_E_SERVER_SILENT, s->server_path, READY_SECONDS, words);
    g_free(words);
    return G_SOURCE_REMOVE;
}

static void server_gone(lab_session_t *s, int status)
{
    if (s->stopping)
        return;
    char *how = status_words(status), *words = server_words(s);
    fail_with(s, T_E_SERVER_DIED, s->server_path, how, words);
    g_free(how);
    g_free(words);
}

static gboolean on_linger_over(void *data)
{
    session_stop(data);
    return G_SOURCE_REMOVE;
}

static void client_gone(lab_session_t *s, int status)
{
    if (s->stopping)
        return;
    if (status != 0) {
        char *how = status_words(status);
        char *see =
            s->settings->client_log ? text_format(T_E_CLIENT_SEE, s->settings->client_log) : g_strdup("");
        lab_fail(&s->client_error, LAB_FAILED, T_E_CLIENT, how, see);
        g_free(how);
        g_free(see);
    }
    g_timeout_add((unsigned)(s->settings->linger * 1000), on_linger_over, s);
}

static gboolean on_event(int fd, GIOCondition condition, void *data)
{
    lab_session_t *s = data;
    lab_keeper_event_t event;
    (void)condition;
    if (read(fd, &event, sizeof event) != (ssize_t)sizeof event) {
        fail_with(s, T_E_HELPER, text_errno(EPIPE));
        g_main_loop_quit(s->loop);
        return G_SOURCE_REMOVE;
    }
    s->alive[event.role] = false;
    if (event.role == ROLE_SERVER)
        server_gone(s, event.status);
    else
        client_gone(s, event.status);
    session_child_gone(s);
    return G_SOURCE_CONTINUE;
}

static bool open_log(lab_session_t *s, GError **error)
{
    const char *path = s->settings->client_log ? s->settings->client_log : "/dev/null";
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return lab_fail(error, LAB_FAILED, T_E_LOG, path, text_errno(errno));
    s->plan.output[ROLE_CLIENT] = s->plan.errors[ROLE_CLIENT] = fd;
    return true;
}

static char **client_environment(const lab_session_t *s)
{
    const char *host = s->network.server_address;
    char *pairs[] = {g_strdup("LAB_URL"),
                     g_strdup_printf("http://%s:%u/", host, s->ports.server),
                     g_strdup("LAB_HOST"),
                     g_strdup(host),
                     g_strdup("LAB_PORT"),
                     g_strdup_printf("%u", s->ports.server),
                     g_strdup("LAB_CLOSED_PORT"),
                     g_strdup_printf("%u", s->ports.closed),
                     NULL};
    return g_memdup2(pairs, sizeof pairs);
}

static bool pipe_for(lab_child_output_t *l, int *write_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    l->fd = ends[0];
    l->heard = g_string_new(NULL);
    *write_end = ends[1];
    return true;
}

bool children_plan(lab_session_t *s, GError **error)
{
    const lab_settings_t *o = s->settings;
    s->plan.own_network = s->network.kind == NETWORK_OWN;
    s->plan.argv[ROLE_SERVER] = webserver_command(s->server_path, o, s->network.bind, &s->ports);
    if (!pipe_for(&s->output, &s->plan.output[ROLE_SERVER]) ||
        !pipe_for(&s->errors, &s->plan.errors[ROLE_SERVER]))
        return lab_fail(error, LAB_FAILED, T_E_SERVER_START, s->server_path, text_errno(errno));
    if (!o->client)
        return true;
    char *const shell[] = {g_strdup("/bin/sh"), g_strdup("-c"), g_strdup(o->client), NULL};
    s->plan.argv[ROLE_CLIENT] = g_memdup2(shell, sizeof shell);
    s->plan.environment = client_environment(s);
    return open_log(s, error);
}

bool children_start(lab_session_t *s, GError **error)
{
    g_unix_fd_add(s->keeper.events, G_IO_IN | G_IO_HUP, on_event, s);
    s->output.watch = g_unix_fd_add(s->output.fd, G_IO_IN | G_IO_HUP, on_output, s);
    s->errors.watch = g_unix_fd_add(s->errors.fd, G_IO_IN | G_IO_HUP, on_errors, s);
    /* Held until now so that nobody else took the port; on loopback the server takes it over. */
    if (s->network.kind != NETWORK_OWN) {
        close(s->listener);
        s->listener = -1;
    }
    int number = keeper_run(&s->keeper, ROLE_SERVER);
    if (number != 0)
        return lab_fail(error, LAB_FAILED, T_E_SERVER_START, s->server_path, text_errno(number));
    s->alive[ROLE_SERVER] = true;
    s->ready_timeout = g_timeout_add_seconds(READY_SECONDS, on_silence, s);
    return true;
}

static void listener_clear(lab_child_output_t *l)
{
    if (l->watch)
        g_source_remove(l->watch);
    if (l->heard) {
        close(l->fd);
        g_string_free(l->heard, TRUE);
    }
}

void children_clear(lab_session_t *s)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        g_strfreev(s->plan.argv[role]);
    g_strfreev(s->plan.environment);
    listener_clear(&s->output);
    listener_clear(&s->errors);
    g_free(s->server_path);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "children.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "annotator.h"
#include "texts.h"
#include "webserver.h"

enum {
    READY_SECONDS = 10,
    COMMAND_SECONDS = 60, /* for a server command to listen; a Java program may need many of them */
    LOOPBACK_SECONDS = 2, /* for one that listens on 127.0.0.1 alone to listen elsewhere */
    LOOK_MILLISECONDS = 50,
    KEEP_OF_ERRORS = 500,
    LINE_LIMIT = 4096,
};

static char *status_words(int status)
{
    if (WIFSIGNALED(status))
        return text_with(T_STATUS_SIGNAL, LAB_PLACES(LAB_NUMBER("number", WTERMSIG(status))));
    return text_with(T_STATUS_EXIT, LAB_PLACES(LAB_NUMBER("number", WEXITSTATUS(status))));
}

static bool drain(lab_child_output_t *output)
{
    char part[4096];
    ssize_t n;
    while ((n = read(output->fd, part, sizeof part)) > 0)
        g_string_append_len(output->heard, part, n);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void keep_last(GString *words, size_t most)
{
    if (words->len > most)
        g_string_erase(words, 0, (gssize)(words->len - most));
}

/* The lines of another program, what a terminal obeys in them as escapes; without blanks at the end. */
static char *visible_lines(const GString *heard)
{
    GString *out = g_string_new(NULL);
    for (const char *line = heard->str, *end = line + heard->len; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((newline ? newline : end) - line);
        lab_text_visible_bytes(out, line, length && line[length - 1] == '\r' ? length - 1 : length);
        if (newline)
            g_string_append_c(out, '\n');
        line += length + (newline != NULL);
    }
    return g_strchomp(g_string_free(out, FALSE));
}

/* The last of a server command's output, to be freed. */
static GString *log_end(const lab_children_t *c)
{
    GString *words = g_string_sized_new(KEEP_OF_ERRORS);
    int fd = open(c->log, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        char part[KEEP_OF_ERRORS];
        ssize_t n = pread(fd, part, sizeof part, MAX(st.st_size - KEEP_OF_ERRORS, 0));
        g_string_append_len(words, part, MAX(n, 0));
    }
    if (fd >= 0)
        close(fd);
    return words;
}

/* What the server wrote to standard error, as the end of a message of ours; to be freed. */
static char *server_words(lab_children_t *c)
{
    if (!c->log) {
        drain(&c->errors);
        keep_last(c->errors.heard, KEEP_OF_ERRORS);
    }
    GString *heard = c->log ? log_end(c) : g_string_new(c->errors.heard->str);
    char *lines = visible_lines(heard);
    char *said = *lines ? text_with(T_E_SERVER_SAID, LAB_PLACES(LAB_LINES("words", lines))) : g_strdup("");
    char *see = c->log ? text_with(T_E_SERVER_LOG, LAB_PLACES(LAB_WORDS("file", c->log))) : g_strdup("");
    char *words = g_strconcat(said, see, NULL);
    g_string_free(heard, TRUE);
    g_free(lines);
    g_free(said);
    g_free(see);
    return words;
}

static void fail_with(lab_children_t *c, lab_text_id_t id, const lab_place_t *places)
{
    c->events->failed(c->data, lab_error(LAB_FAILED, id, places));
}

static void start_client(lab_children_t *c)
{
    if (!c->plan.argv[ROLE_CLIENT])
        return;
    int number = keeper_run(&c->keeper, ROLE_CLIENT);
    if (number != 0)
        fail_with(c, T_E_CLIENT_START, LAB_PLACES(LAB_WORDS("why", text_errno(number))));
    else
        c->alive[ROLE_CLIENT] = true;
}

static void tell_ready(lab_children_t *c)
{
    c->ready = true;
    c->events->ready(c->data);
    start_client(c);
}

static void on_ready(lab_children_t *c, unsigned port)
{
    g_source_remove(c->ready_timeout);
    c->ready_timeout = 0;
    if (port != c->server_port) {
        fail_with(c, T_E_SERVER_PORT,
                  LAB_PLACES(LAB_WORDS("path", c->server_path), LAB_NUMBER("port", port),
                             LAB_NUMBER("wanted", c->server_port)));
        return;
    }
    tell_ready(c);
}

static void hear_lines(lab_children_t *c, GString *heard)
{
    char *end;
    while ((end = strchr(heard->str, '\n'))) {
        *end = '\0';
        unsigned port = c->ready_timeout ? webserver_ready_port(heard->str) : 0;
        g_string_erase(heard, 0, end - heard->str + 1);
        if (port)
            on_ready(c, port);
    }
    keep_last(heard, LINE_LIMIT);
}

static gboolean on_output(int fd, GIOCondition condition, void *data)
{
    lab_children_t *c = data;
    (void)fd, (void)condition;
    bool open = drain(&c->output);
    hear_lines(c, c->output.heard);
    if (!open)
        c->output.watch = 0;
    return open;
}

static gboolean on_errors(int fd, GIOCondition condition, void *data)
{
    lab_children_t *c = data;
    (void)fd, (void)condition;
    bool open = drain(&c->errors);
    keep_last(c->errors.heard, KEEP_OF_ERRORS);
    if (!open)
        c->errors.watch = 0;
    return open;
}

static void fail_silent(lab_children_t *c, lab_text_id_t id, int seconds)
{
    char *words = server_words(c);
    fail_with(c, id,
              LAB_PLACES(LAB_WORDS("path", c->server_path), LAB_NUMBER("seconds", seconds),
                         LAB_NUMBER("port", c->server_port), LAB_LINES("said", words)));
    g_free(words);
}

static gboolean on_silence(void *data)
{
    lab_children_t *c = data;
    c->ready_timeout = 0;
    fail_silent(c, T_E_SERVER_SILENT, READY_SECONDS);
    return G_SOURCE_REMOVE;
}

/* The server ended by itself, which is always an error. */
static GError *server_error(lab_children_t *c, int status)
{
    char *how = status_words(status), *said = server_words(c);
    GError *error = lab_error(
        LAB_FAILED, T_E_SERVER_DIED,
        LAB_PLACES(LAB_WORDS("path", c->server_path), LAB_WORDS("how", how), LAB_LINES("said", said)));
    g_free(how);
    g_free(said);
    return error;
}

/* A command that went into the background is gone once it listens no more and no process of it is left. */
static void background_ended(lab_children_t *c)
{
    c->alive[ROLE_SERVER] = c->background = false;
    c->events->ended(c->data, ROLE_SERVER, c->stopping ? NULL : server_error(c, c->status));
}

/* Whether the port is one that the client can reach. One that only loopback reaches will hardly get better,
 * so that is waited for less. */
static bool is_reached(lab_children_t *c, lab_port_state_t state)
{
    if (state == PORT_LOOPBACK && !c->loopback_counts)
        c->look_deadline = MIN(c->look_deadline, g_get_monotonic_time() + LOOPBACK_SECONDS * G_USEC_PER_SEC);
    return state == PORT_OPEN || (state == PORT_LOOPBACK && c->loopback_counts);
}

static void await_port(lab_children_t *c, lab_port_state_t state)
{
    if (is_reached(c, state))
        tell_ready(c);
    else if (g_get_monotonic_time() > c->look_deadline)
        fail_silent(c, state == PORT_LOOPBACK ? T_E_COMMAND_LOOPBACK : T_E_COMMAND_SILENT, COMMAND_SECONDS);
}

/* Looks whether the server command listens; what it prints may be anything. While it is in the background,
 * this goes on: no signal tells its end. */
static gboolean on_look(void *data)
{
    lab_children_t *c = data;
    int left;
    lab_port_state_t state = keeper_look(&c->keeper, c->server_port, &left);
    c->look_timer = 0;
    /* While it is to serve, processes that are left may be the client's. */
    if (c->background && state == PORT_CLOSED && (left == 0 || (c->ready && !c->stopping))) {
        background_ended(c);
        return G_SOURCE_REMOVE;
    }
    if (!c->ready && !c->stopping)
        await_port(c, state);
    if (c->background || (!c->ready && !c->stopping))
        c->look_timer = g_timeout_add(LOOK_MILLISECONDS, on_look, c);
    return G_SOURCE_REMOVE;
}

/* The server command has ended with success: it may have gone into the background, as nginx does. */
static bool went_to_background(lab_children_t *c, int status)
{
    int left;
    if (!c->log || status != 0)
        return false;
    if (keeper_look(&c->keeper, c->server_port, &left) == PORT_CLOSED && left == 0)
        return false;
    c->background = true;
    c->status = status;
    if (!c->look_timer)
        c->look_timer = g_timeout_add(LOOK_MILLISECONDS, on_look, c);
    return true;
}

static GError *client_error(const lab_children_t *c, int status)
{
    const char *log = c->settings->client_log;
    if (status == 0)
        return NULL;
    char *how = status_words(status);
    char *see = log ? text_with(T_E_CLIENT_SEE, LAB_PLACES(LAB_WORDS("file", log))) : g_strdup("");
    GError *error =
        lab_error(LAB_FAILED, T_E_CLIENT, LAB_PLACES(LAB_WORDS("how", how), LAB_WORDS("see", see)));
    g_free(how);
    g_free(see);
    return error;
}

/* The children are gone with their keeper. */
static void keeper_gone(lab_children_t *c)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        c->alive[role] = false;
    fail_with(c, T_E_HELPER, LAB_PLACES(LAB_WORDS("why", text_errno(EPIPE))));
}

/* tshark ends by itself only if it cannot do its work: above all if it has no plugin Lab. */
static void annotator_ended(lab_children_t *c)
{
    drain(&c->annotator_errors);
    keep_last(c->annotator_errors.heard, KEEP_OF_ERRORS);
    char *said = visible_lines(c->annotator_errors.heard);
    if (!c->stopping)
        fail_with(c, T_E_ANNOTATOR, LAB_PLACES(LAB_LINES("said", said)));
    g_free(said);
}

static gboolean on_event(int fd, GIOCondition condition, void *data)
{
    lab_children_t *c = data;
    lab_keeper_event_t event;
    GError *error = NULL;
    (void)condition;
    if (read(fd, &event, sizeof event) != (ssize_t)sizeof event) {
        keeper_gone(c);
        return G_SOURCE_REMOVE;
    }
    if (event.role == ROLE_SERVER && went_to_background(c, event.status))
        return G_SOURCE_CONTINUE;
    c->alive[event.role] = false;
    if (event.role == ROLE_ANNOTATOR) {
        annotator_ended(c);
        return G_SOURCE_CONTINUE;
    }
    if (!c->stopping)
        error = event.role == ROLE_SERVER ? server_error(c, event.status) : client_error(c, event.status);
    c->events->ended(c->data, event.role, error);
    return G_SOURCE_CONTINUE;
}

static bool open_log(lab_children_t *c, lab_role_t role, const char *path, GError **error)
{
    /* A fifo that nobody reads is refused: opening it would wait, and no signal would end that. */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd >= 0)
        fcntl(fd, F_SETFL, O_WRONLY);
    if (fd < 0)
        return lab_fail(error, LAB_FAILED, role == ROLE_CLIENT ? T_E_LOG : T_E_COMMAND_LOG,
                        LAB_PLACES(LAB_WORDS("file", path), LAB_WORDS("why", text_errno(errno))));
    c->plan.output[role] = c->plan.errors[role] = fd;
    return true;
}

static char **shell(const char *command)
{
    char *const words[] = {g_strdup("/bin/sh"), g_strdup("-c"), g_strdup(command), NULL};
    return g_memdup2(words, sizeof words);
}

/* In the folder for what programs keep, private to the user. One for each port: captures may run side by
 * side. NULL and errno if that folder cannot be made. */
static char *own_log(unsigned port)
{
    char *folder = g_build_filename(g_get_user_state_dir(), "lab", NULL), *path = NULL;
    if (g_mkdir_with_parents(folder, 0700) == 0)
        path = g_strdup_printf("%s/server-%u.log", folder, port);
    g_free(folder);
    return path;
}

static bool plan_command(lab_children_t *c, const lab_settings_t *settings, const lab_network_t *network,
                         GError **error)
{
    char *pairs[] = {g_strdup("LAB_PORT"), g_strdup_printf("%u", c->server_port), g_strdup("LAB_ADDRESS"),
                     g_strdup(network->bind ? network->bind : "0.0.0.0"), NULL};
    c->plan.argv[ROLE_SERVER] = shell(settings->server_command);
    c->plan.environment[ROLE_SERVER] = g_memdup2(pairs, sizeof pairs);
    c->loopback_counts = network->kind == NETWORK_LOOPBACK;
    c->log = settings->server_log ? g_strdup(settings->server_log) : own_log(c->server_port);
    if (!c->log)
        return lab_fail(
            error, LAB_FAILED, T_E_COMMAND_LOG,
            LAB_PLACES(LAB_WORDS("file", g_get_user_state_dir()), LAB_WORDS("why", text_errno(errno))));
    return open_log(c, ROLE_SERVER, c->log, error);
}

static char **client_environment(const char *host, const lab_ports_t *ports)
{
    char *pairs[] = {g_strdup("LAB_URL"),
                     g_strdup_printf("http://%s:%u/", host, ports->server),
                     g_strdup("LAB_HOST"),
                     g_strdup(host),
                     g_strdup("LAB_PORT"),
                     g_strdup_printf("%u", ports->server),
                     g_strdup("LAB_CLOSED_PORT"),
                     g_strdup_printf("%u", ports->closed),
                     ports->tls ? g_strdup("LAB_TLS_URL") : NULL,
                     ports->tls ? g_strdup_printf("https://%s:%u/", host, ports->tls) : NULL,
                     NULL};
    return g_memdup2(pairs, sizeof pairs);
}

/* What takes the place of it if the client can look names up. */
static char **named_environment(const char *name, const lab_ports_t *ports)
{
    char *pairs[] = {g_strdup("LAB_URL"), g_strdup_printf("http://%s:%u/", name, ports->server),
                     g_strdup("LAB_NAME"), g_strdup(name), NULL};
    return g_memdup2(pairs, sizeof pairs);
}

static bool pipe_for(lab_child_output_t *output, int *write_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    output->fd = ends[0];
    output->heard = g_string_new(NULL);
    *write_end = ends[1];
    return true;
}

static bool cannot_start(const lab_children_t *c, int number, GError **error)
{
    return lab_fail(error, LAB_FAILED, T_E_SERVER_START,
                    LAB_PLACES(LAB_WORDS("path", c->server_path), LAB_WORDS("why", text_errno(number))));
}

static bool plan_labserver(lab_children_t *c, const lab_settings_t *settings, const lab_network_t *network,
                           const lab_ports_t *ports, GError **error)
{
    c->plan.argv[ROLE_SERVER] = webserver_command(c->server_path, settings, network->bind, ports);
    return (pipe_for(&c->output, &c->plan.output[ROLE_SERVER]) &&
            pipe_for(&c->errors, &c->plan.errors[ROLE_SERVER])) ||
           cannot_start(c, errno, error);
}

/* tshark, which says what Lab says of each packet. Its standard error is read as the server's is. */
static bool plan_annotator(lab_children_t *c, GError **error)
{
    int in[2], out[2], none;
    char *tshark = g_find_program_in_path("tshark");
    if (!tshark)
        return lab_fail(error, LAB_FAILED, T_E_NO_TSHARK, NULL);
    c->plan.argv[ROLE_ANNOTATOR] = annotator_command(tshark, c->settings->language, c->server_port);
    g_free(tshark);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || !pipe_for(&c->annotator_errors, &none))
        return cannot_start(c, errno, error);
    c->plan.input[ROLE_ANNOTATOR] = in[0];
    c->plan.output[ROLE_ANNOTATOR] = out[1];
    c->plan.errors[ROLE_ANNOTATOR] = none;
    c->annotator[0] = in[1];
    c->annotator[1] = out[0];
    return true;
}

static bool plan_client(lab_children_t *c, const lab_network_t *network, const lab_ports_t *ports,
                        GError **error)
{
    const lab_settings_t *settings = c->settings;
    c->plan.argv[ROLE_CLIENT] = shell(settings->client);
    c->plan.environment[ROLE_CLIENT] = client_environment(network->server_address, ports);
    if (network->kind == NETWORK_OWN)
        c->plan.named_environment = named_environment(settings->name, ports);
    return open_log(c, ROLE_CLIENT, settings->client_log ? settings->client_log : "/dev/null", error);
}

bool children_plan(lab_children_t *c, const lab_settings_t *settings, const lab_network_t *network,
                   const lab_ports_t *ports, char *server_path, int keys, GError **error)
{
    bool fine = true;
    c->settings = settings;
    c->server_path = server_path;
    c->server_port = ports->server;
    c->plan.own_network = network->kind == NETWORK_OWN;
    c->plan.keys = MAX(keys, 0);
    if (settings->server_command)
        fine = plan_command(c, settings, network, error);
    else if (!settings->running)
        fine = plan_labserver(c, settings, network, ports, error);
    fine = fine && (!settings->annotate || plan_annotator(c, error));
    return fine && (!settings->client || plan_client(c, network, ports, error));
}

bool children_keep(lab_children_t *c, GError **error)
{
    int number = keeper_start(&c->keeper, &c->plan);
    for (int role = 0; role < ROLE_COUNT; role++) { /* only the keeper needs them from now on */
        if (!c->plan.argv[role])
            continue;
        close(c->plan.output[role]);
        if (c->plan.input[role])
            close(c->plan.input[role]);
        if (c->plan.errors[role] != c->plan.output[role])
            close(c->plan.errors[role]);
    }
    return number == 0 ||
           lab_fail(error, LAB_FAILED, T_E_HELPER, LAB_PLACES(LAB_WORDS("why", text_errno(number))));
}

/* How it is known that the server listens: labserver says so; for a command, its port is looked at. */
static void await_server(lab_children_t *c)
{
    if (c->log) {
        c->look_deadline = g_get_monotonic_time() + COMMAND_SECONDS * G_USEC_PER_SEC;
        c->look_timer = g_timeout_add(LOOK_MILLISECONDS, on_look, c);
        return;
    }
    c->output.watch = g_unix_fd_add(c->output.fd, G_IO_IN | G_IO_HUP, on_output, c);
    c->errors.watch = g_unix_fd_add(c->errors.fd, G_IO_IN | G_IO_HUP, on_errors, c);
    c->ready_timeout = g_timeout_add_seconds(READY_SECONDS, on_silence, c);
}

bool children_start(lab_children_t *c, const lab_children_events_t *events, void *data, GError **error)
{
    c->events = events;
    c->data = data;
    g_unix_fd_add(c->keeper.events, G_IO_IN | G_IO_HUP, on_event, c);
    if (c->plan.argv[ROLE_ANNOTATOR]) {
        int failed = keeper_run(&c->keeper, ROLE_ANNOTATOR);
        if (failed)
            return lab_fail(error, LAB_FAILED, T_E_ANNOTATOR,
                            LAB_PLACES(LAB_LINES("said", text_errno(failed))));
        c->alive[ROLE_ANNOTATOR] = true;
    }
    if (!c->plan.argv[ROLE_SERVER]) {
        tell_ready(c);
        return true;
    }
    int number = keeper_run(&c->keeper, ROLE_SERVER);
    if (number != 0)
        return cannot_start(c, number, error);
    c->alive[ROLE_SERVER] = true;
    await_server(c);
    return true;
}

void children_stop(lab_children_t *c)
{
    c->stopping = true;
    for (int role = ROLE_CLIENT; role >= ROLE_SERVER; role--)
        if (c->alive[role])
            keeper_terminate(&c->keeper, (lab_role_t)role);
}

bool children_alive(const lab_children_t *c)
{
    return c->alive[ROLE_SERVER] || c->alive[ROLE_CLIENT];
}

static void output_clear(lab_child_output_t *output)
{
    if (output->watch)
        g_source_remove(output->watch);
    if (output->heard) {
        close(output->fd);
        g_string_free(output->heard, TRUE);
    }
}

void children_clear(lab_children_t *c)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        g_strfreev(c->plan.argv[role]);
        g_strfreev(c->plan.environment[role]);
    }
    g_strfreev(c->plan.named_environment);
    if (c->look_timer)
        g_source_remove(c->look_timer);
    g_free(c->log);
    output_clear(&c->output);
    output_clear(&c->errors);
    output_clear(&c->annotator_errors);
    g_free(c->server_path);
}

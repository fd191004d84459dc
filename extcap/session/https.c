/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "https.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "netns.h"
#include "ports.h"
#include "texts.h"

/* As labserver's own; where somebody has them, any other. */
enum { TLS_PORT = 8443, TLS_SCENARIOS_PORT = 8444 };

static void forget(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void choose_ports(lab_https_t *https, const lab_network_t *network, lab_ports_t *ports)
{
    int (*keep)(unsigned, unsigned *) = network->kind == NETWORK_OWN ? ports_keep_open : ports_keep_closed;

    https->holds[0] = keep(TLS_PORT, &ports->tls);
    https->holds[1] = keep(TLS_SCENARIOS_PORT, &ports->tls_scenarios);
    if (network->kind == NETWORK_OWN)
        return;
    for (int i = 0; i < 2; i++) /* the server binds it itself */
        forget(&https->holds[i]);
}

static bool make_pipe(lab_https_t *https, GError **error)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return lab_fail(error, LAB_FAILED, T_E_HELPER, LAB_PLACES(LAB_WORDS("why", text_errno(errno))));
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    https->keys = ends[0];
    https->keys_in = ends[1];
    return true;
}

bool https_choose(lab_https_t *https, const lab_settings_t *settings, const lab_network_t *network,
                  lab_ports_t *ports, GError **error)
{
    *https = (lab_https_t){.holds = {-1, -1}, .keys = -1, .keys_in = -1};
    if (!settings->tls || settings->running)
        return true;
    if (!settings->server_command)
        choose_ports(https, network, ports);
    return settings->no_keys || make_pipe(https, error);
}

void https_started(lab_https_t *https)
{
    forget(&https->keys_in);
}

void https_relay(lab_https_t *https, const lab_ports_t *ports, int (*make_socket)(void *), void *data)
{
    const unsigned to[2] = {ports->tls, ports->tls_scenarios};

    for (int i = 0; i < 2; i++) {
        if (https->holds[i] >= 0)
            https->relays[i] = relay_start(https->holds[i], NETNS_SERVER, to[i], make_socket, data);
        https->holds[i] = -1;
    }
}

lab_secrets_t *https_secrets(lab_https_t *https, lab_writer_t *writer, int link_type,
                             const lab_ports_t *ports)
{
    const unsigned own[SECRETS_PORTS] = {ports->server, ports->tls, ports->tls_scenarios};
    int fd = https->keys;

    https->keys = -1;
    return fd < 0 ? NULL : secrets_new(fd, writer, link_type, own);
}

void https_end(lab_https_t *https)
{
    for (int i = 0; i < 2; i++) {
        relay_stop(https->relays[i]);
        forget(&https->holds[i]);
    }
    forget(&https->keys);
    forget(&https->keys_in);
}

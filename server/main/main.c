/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - starts the server and waits for a signal to end it. */
#include <signal.h>

#include "server.h"
#include "starter.h"

/* Blocked in every thread, so that only wait_for_end() sees them. */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* a client that has gone must not end the server */
}

/* SIGHUP, as log rotation sends it, opens the log again. */
static void wait_for_end(const sigset_t *signals, const server_t *server)
{
    int number;

    while (!sigwait(signals, &number) && number == SIGHUP)
        accesslog_reopen(server->service.log);
}

int main(int argc, char **argv)
{
    options_t options;
    server_t server;
    sigset_t signals;

    switch (options_parse(argc, argv, &options)) {
    case OPTIONS_SHOWN:
        return 0;
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_RUN:
        break;
    }
    if (options.init)
        return starter_write(options.init);
    block_signals(&signals);
    int code = server_start(&server, &options);
    if (code)
        return code;
    wait_for_end(&signals, &server);
    server_stop(&server);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network of its own: two network namespaces, the client's and the server's, whose frames pass through
 * labdump. */
#ifndef LABDUMP_NETNS_H
#define LABDUMP_NETNS_H

#define NETNS_SERVER "10.77.0.1"
#define NETNS_CLIENT "10.77.0.2"

typedef enum { NETNS_OK, NETNS_NAMESPACE, NETNS_LINK } lab_netns_step_t;

typedef struct {
    int server_ns;
    int client_ns;
    int wire[2]; /* client's end, server's end */
    /* Why it failed. For NETNS_LINK, `error` is the errno of the TAP device and veth_error that of the veth
     * pair; `error` is 0 if the devices were made but could not be set up. */
    lab_netns_step_t step;
    int error;
    int veth_error;
} lab_netns_t;

/* Builds it and leaves the caller, which must have one thread only, in the client's namespace. Makes a user
 * namespace if the rights are missing. Returns NETNS_OK, or the step that failed, with the errors filled in.
 */
lab_netns_step_t netns_build(lab_netns_t *net);

#endif

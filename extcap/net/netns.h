/* A network of its own: two network namespaces, a client's and a server's, joined by a wire that passes
 * through us. */
#ifndef LABDUMP_NETNS_H
#define LABDUMP_NETNS_H

#define NETNS_SERVER "10.77.0.1"
#define NETNS_CLIENT "10.77.0.2"

typedef enum { NETNS_OK, NETNS_NAMESPACE, NETNS_LINK } lab_netns_step_t;

typedef struct {
    int server_ns;
    int client_ns;
    int wire[2]; /* client's end, server's end */
    /* Why it failed: an errno each; both kinds of link have one. */
    lab_netns_step_t step;
    int number;
    int number_veth;
} lab_netns_t;

/*
 * Builds it and leaves the caller, which must have one thread only, in the client's namespace. Makes a user
 * namespace where the rights are missing. Returns NETNS_OK, or what could not be done, with the numbers
 * filled in.
 */
lab_netns_step_t netns_build(lab_netns_t *net);

#endif

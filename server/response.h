/* What all responses share. */
#ifndef LABSERVER_RESPONSE_H
#define LABSERVER_RESPONSE_H

#include <microhttpd.h>

/* Adds the Server header. */
void response_identify(struct MHD_Response *response);

#endif

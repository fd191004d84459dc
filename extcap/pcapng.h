/* pcapng blocks, appended to a byte array. The format: IETF draft-ietf-opsawg-pcapng. */
#ifndef LABDUMP_PCAPNG_H
#define LABDUMP_PCAPNG_H

#include <glib.h>

/* What the head of the file says; strings may be NULL. */
struct pcapng_head {
    const char *comment;
    const char *application;
    const char *name;        /* of the interface */
    const char *description; /* of the interface */
    const char *filter;      /* capture filter, as a person wrote it */
    guint link_type;         /* LINKTYPE_ number */
    guint snap_length;       /* bytes */
};

/* A section header and one interface, with timestamps in nanoseconds. */
void pcapng_put_head(GByteArray *out, const struct pcapng_head *head);

/* One packet on that interface; nanoseconds since 1970. */
void pcapng_put_packet(GByteArray *out, guint64 nanoseconds, const guint8 *data, guint captured,
                       guint length);

/* The interface's statistics, once at the end. */
void pcapng_put_statistics(GByteArray *out, guint64 nanoseconds, guint64 received, guint64 dropped);

#endif

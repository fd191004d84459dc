/* The readable test cases of tests/cases: their model and the functions that read and write them.
 * The format is described in tests/cases/README.md.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TESTS_CASE_H
#define LAB_TESTS_CASE_H

#include <glib.h>

enum { CASE_CLIENT = 0, CASE_SERVER = 1 };

/* One end of a connection. The address is in network order; It has 16 bytes with ipv6, else 4.
 */
typedef struct {
    gboolean ipv6;
    guint8 address[16];
    guint16 port;
} CaseEnd;

/* Bytes that a side's stream holds from a relative sequence number on. */
typedef struct {
    gint64 seq;
    GBytes *bytes;
} CasePiece;

typedef struct {
    char *name; /* NULL for the first one, which lines need not name */
    CaseEnd ends[2];
    guint32 isn[2];
    gint64 next[2];        /* next relative sequence number of each side */
    GPtrArray *streams[2]; /* of CasePiece */
    void *deflater[2]; /* of libnghttp2: table of header fields of what each side sends; NULL = none yet */
} CaseConnection;

/* One line of a case: a segment or (dns) a UDP datagram, seen on the wire at time_ns (from the start of the
 * case). */
typedef struct {
    char *label;
    guint line;
    guint frame; /* frame number in the case's capture; 0 = not in the capture */
    gint64 time_ns;
    CaseConnection *connection;
    int side;
    guint8 flags;
    gint64 seq, ack;
    gboolean seq_is_raw, missing, dns;
    GByteArray *payload, *options;
    guint window, ttl, ip_id, cut, wire;
    gint64 length; /* payload bytes on the wire; -1 = the payload of the line's items */
    GByteArray *frame_bytes;
} CaseSegment;

typedef enum { CASE_TEXT, CASE_NUMBER, CASE_FRAME, CASE_STREAM, CASE_EXCHANGE, CASE_PAGE } CaseKind;

/* The list of the report that an expectation is about. */
typedef enum { CASE_CONNECTIONS, CASE_EXCHANGES, CASE_PAGES } CaseList;

/* An expectation's name in a case and the display filter field behind it. */
typedef struct {
    const char *name, *field;
    CaseKind kind;
} CaseField;

/* How the values are compared: each as a whole, or one text that is, or is not, part of the field's. */
typedef enum { CASE_EQUALS, CASE_SAYS, CASE_UNSAID } CaseTest;

/* "field has exactly these values": on a frame, or (segment NULL) of the number-th entry of a list of the
 * report. pass 0: always. */
typedef struct {
    guint line;
    int pass;
    CaseSegment *segment;
    CaseList list;
    guint number;
    char *name; /* a field's full name, or a key of the report */
    CaseKind kind;
    char **values; /* empty: the field is absent; "!value": it has no such value */
    CaseTest test;
} CaseExpectation;

typedef struct {
    char *name, *file, *rfc, *pending;
    guint line, ordinal;
    gboolean alone;
    guint link_type, vlan, snaplen;
    gint64 start_ns;
    guint ip_id[2];
    GPtrArray *connections, *segments, *expectations;
    GPtrArray *resolvers; /* of CaseConnection: from where to where DNS messages go */
} Case;

/* Reads every case of a file, appending to cases. `file` is the name that errors speak of; ordinals (which
 * give the default addresses and the time) go on from cases->len. Returns FALSE with error set to "file:line:
 * ..." . */
gboolean case_parse(const char *file, const char *text, GPtrArray *cases, GError **error);
void case_free(gpointer a_case_pointer);

/* The rows that an expectation may name; NULL when there is none of that name. */
const CaseField *case_field(const char *name);
/* All the names, separated by spaces, for an error message. Free with g_free. */
char *case_field_names(void);

/* Payload makers: each reads its own words from words[*at] on, advances *at, appends bytes. FALSE: *problem
 * says why (free it). */
gboolean case_payload_item(GPtrArray *words, guint *at, GByteArray *out, gboolean *known, char **problem);
/* Fills `out` with `length` bytes of the stream of `side` from the relative number seq on; filler where
 * nothing is defined. */
void case_stream_read(const CaseConnection *connection, int side, gint64 seq, guint length, guint8 *out);
void case_stream_write(CaseConnection *connection, int side, gint64 seq, const GByteArray *bytes);

/* Makes segment->frame_bytes: link layer, IP and TCP or UDP headers with right checksums, payload. */
void case_build_frame(Case *a_case, CaseSegment *segment);

/* Writes the case's capture (nanosecond pcap). Returns FALSE with error set. */
gboolean case_write_capture(const Case *a_case, const char *path, GError **error);
/* Appends one line of JSON that describes the case, its capture and its expectations. */
void case_describe(const Case *a_case, const char *capture, GString *out);

#endif

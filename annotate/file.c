/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct lab_source {
    gzFile file;
};

enum { LAB_PIECE = 1 << 20 };

lab_source_t *lab_source_open(const char *path)
{
    gzFile file = gzopen(path, "rb");
    if (!file)
        return NULL;
    gzbuffer(file, 1 << 17);
    lab_source_t *source = g_new0(lab_source_t, 1);
    source->file = file;
    return source;
}

void lab_source_close(lab_source_t *source)
{
    if (source)
        gzclose(source->file);
    g_free(source);
}

bool lab_source_rewind(lab_source_t *source)
{
    return gzrewind(source->file) == 0;
}

/* A length that the file claims is believed a piece at a time: a cut file costs no more memory than it has.
 */
size_t lab_source_read(lab_source_t *source, size_t count, GByteArray *out)
{
    size_t got = 0;
    while (got < count) {
        guint before = out->len;
        unsigned want = (unsigned)MIN(count - got, LAB_PIECE);
        g_byte_array_set_size(out, before + want);
        int n = gzread(source->file, out->data + before, want);
        g_byte_array_set_size(out, before + (guint)MAX(n, 0));
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

const char *lab_source_failed(lab_source_t *source)
{
    int number = 0;
    const char *words = gzerror(source->file, &number);
    if (number == Z_ERRNO)
        return g_strerror(errno);
    return number < 0 && number != Z_BUF_ERROR ? words : NULL;
}

bool lab_sink_open(lab_sink_t *sink, const char *path, const char *like)
{
    struct stat status;
    *sink = (lab_sink_t){.path = g_strdup(path), .temporary = g_strconcat(path, ".XXXXXX", NULL)};
    mode_t mode = stat(like, &status) == 0 ? status.st_mode & 0666 : 0600;
    int fd = mkstemp(sink->temporary);
    if (fd < 0 || fchmod(fd, mode) != 0 || !(sink->stream = fdopen(fd, "wb"))) {
        sink->error = errno;
        if (fd >= 0)
            close(fd);
    }
    return sink->error == 0;
}

void lab_sink_put(lab_sink_t *sink, const void *bytes, size_t count)
{
    if (!sink->error && fwrite(bytes, 1, count, sink->stream) != count)
        sink->error = errno;
    sink->written += count;
}

void lab_sink_put_array(lab_sink_t *sink, const GByteArray *bytes)
{
    lab_sink_put(sink, bytes->data, bytes->len);
}

void lab_sink_patch(lab_sink_t *sink, uint64_t offset, const void *bytes, size_t count)
{
    if (!sink->error &&
        (fseeko(sink->stream, (off_t)offset, SEEK_SET) != 0 ||
         fwrite(bytes, 1, count, sink->stream) != count || fseeko(sink->stream, 0, SEEK_END) != 0))
        sink->error = errno;
}

bool lab_sink_close(lab_sink_t *sink, bool keep)
{
    if (sink->stream && fclose(sink->stream) != 0 && !sink->error)
        sink->error = errno;
    bool good = keep && !sink->error;
    if (good && rename(sink->temporary, sink->path) != 0) {
        sink->error = errno;
        good = false;
    }
    if (!good && sink->stream)
        unlink(sink->temporary);
    g_free(sink->path);
    g_free(sink->temporary);
    sink->stream = NULL;
    return good || !keep;
}

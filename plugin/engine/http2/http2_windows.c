/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_windows.c - flow control, RFC 9113 5.2 and 6.9: what an end may send, and when it had to wait.
 *
 * It had to wait if a window was used up to the last byte, the message was not complete, and more of it came
 * after the WINDOW_UPDATE. An end that leaves a rest of its window unused may have waited, too: nothing shows
 * it. */
#include "http2_inside.h"

/* The bytes in `at` came after a time in which a window was used up. */
static void tell_waits(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream)
{
    lab_h2_side_t *side = &h2->side[end];
    lab_h2_half_t *half = &stream->half[end];
    if (half->turn != side->turns && side->waited_until > side->waited_since)
        h2->events->waited(h2->user, end, stream, side->waited_since, side->waited_until, side->waited_frame);
    half->turn = side->turns;
}

/* RFC 9113 6.9.2: a change of the initial window adjusts those of all streams, which may then be below 0. */
static int64_t stream_window(const lab_h2_t *h2, unsigned end, const lab_h2_stream_t *stream)
{
    return h2->side[end].initial + stream->half[end].granted;
}

static void stream_used(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, uint32_t length,
                        lab_position_t at)
{
    int64_t before = stream_window(h2, end, stream), after = before - length;
    lab_h2_half_t *half = &stream->half[end];
    half->granted -= length;
    if (after < 0 && before >= 0 && !h2->gaps && h2->side[end].window >= 0)
        lab_h2_tell(h2, end, LAB_H2_FAULT_WINDOW_EXCEEDED, stream, at);
    half->empty_since = after == 0 && length ? at.time : 0;
}

void lab_h2_window_used(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, uint32_t length,
                        lab_position_t at)
{
    lab_h2_side_t *side = &h2->side[end];
    if (stream && length)
        tell_waits(h2, end, stream);
    int64_t before = side->window;
    side->window -= length;
    if (side->window < 0 && before >= 0 && !h2->gaps)
        lab_h2_tell(h2, end, LAB_H2_FAULT_WINDOW_EXCEEDED, stream, at);
    if (length)
        side->empty_since = side->window == 0 ? at.time : 0;
    if (stream)
        stream_used(h2, end, stream, length, at);
}

static void grant_stream(lab_h2_t *h2, unsigned sender, lab_h2_stream_t *stream, uint32_t increment,
                         lab_position_t at)
{
    lab_h2_half_t *half = &stream->half[sender];
    if (stream_window(h2, sender, stream) == 0 && half->empty_since && !half->ended)
        h2->events->waited(h2->user, sender, stream, half->empty_since, at.time, at.frame);
    half->empty_since = 0;
    half->granted += increment;
    int64_t beyond = stream_window(h2, sender, stream) - LAB_H2_LARGEST;
    if (beyond <= 0)
        return;
    lab_h2_tell(h2, !sender, LAB_H2_FAULT_WINDOW_OVERFLOW, stream, at);
    half->granted -= beyond;
}

static void grant_connection(lab_h2_t *h2, unsigned sender, uint32_t increment, lab_position_t at)
{
    lab_h2_side_t *side = &h2->side[sender];
    if (side->window == 0 && side->empty_since) {
        side->waited_since = side->empty_since;
        side->waited_until = at.time;
        side->waited_frame = at.frame;
        side->turns++;
        h2->events->waited(h2->user, sender, NULL, side->empty_since, at.time, at.frame);
    }
    side->empty_since = 0;
    side->window += increment;
    if (side->window > LAB_H2_LARGEST)
        lab_h2_tell(h2, !sender, LAB_H2_FAULT_WINDOW_OVERFLOW, NULL, at);
    side->window = MIN(side->window, LAB_H2_LARGEST);
}

void lab_h2_window_granted(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, uint32_t increment,
                           lab_position_t at)
{
    if (!increment)
        lab_h2_tell(h2, end, LAB_H2_FAULT_ZERO_INCREMENT, stream, at);
    else if (stream)
        grant_stream(h2, !end, stream, increment, at);
    else
        grant_connection(h2, !end, increment, at);
}

int64_t lab_h2_window(const lab_h2_t *h2, unsigned end)
{
    return h2->side[end].window;
}

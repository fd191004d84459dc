# SPDX-License-Identifier: GPL-2.0-or-later
"""What the second pass may say of a frame and the first could not: docs/fields.md says "later" of it. Everything else must be the same."""
import pathlib
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import labtables as tables  # noqa: E402

# Of which fields a later frame may decide, and how: "new": absent in the first pass; "more": further values; "other": another value;
# "gone": taken back. Each field's row in plugin/wireshark/fields.def says so.
LATER = {field.name: set(field.changes) for field in tables.Sources().fields() if field.changes}
# What must be certain at once, but for these reasons. Bytes of a head that could not be read yet were data until the head was complete,
# and so were those of a TLS record, beside which the frame may carry the end of the TLS handshake.
# And the capture showed the second FIN before the first, or the handshake's last ACK before its SYN; and a RST was not obeyed: values that
# went, values that came. A RST in the handshake may turn out not to have been obeyed, a SYN to be answered by the old connection, and the first ACK
# of a capture to be a keep-alive probe, when its answer shows it. What a FIN or a RST that turned out not to count had made of frames after it
# is taken back. A SYN in a live connection is the old one's until a SYN-ACK takes it. The frame of the second FIN, captured before the first one:
# its sender had the first one already, and what that FIN acknowledges shows it.
FINS = ({"fin1"}, {"fin1-ack", "fin2"})
HANDSHAKE = ({"ack"}, {"handshake-ack"})
PROBE = ({"ack"}, {"keepalive-probe"})
SYNCHRONIZED = {"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"}
STATES = [({"CLOSED"}, SYNCHRONIZED | {"SYN-SENT", "SYN-RECEIVED"}), ({"UNKNOWN"}, {"ESTABLISHED"}), ({"SYN-SENT"}, SYNCHRONIZED),
          ({"SYN-RECEIVED"}, SYNCHRONIZED), (SYNCHRONIZED, {"SYN-RECEIVED"}),
          ({"ESTABLISHED"}, {"TIME-WAIT"}), ({"FIN-WAIT-1"}, {"LAST-ACK"})]
REASONS = {
    "lab.phase": [({"data"}, {"request", "response", "open", "idle"}), ({"tls"}, {"request", "response"}), ({"close", "late"}, {"data", "open"})],
    "lab.role": [({"data"}, {"request", "response"}), FINS, HANDSHAKE, PROBE, ({"fin1"}, {"ack"}), ({"late"}, set())],
    "lab.state.client": STATES, "lab.state.server": STATES,
    "lab.keepalive": [({"single-use"}, set())],
    "lab.close.step": [({"1"}, {"2", "3"})],
    "lab.anomaly": [({"truncated-body", "late-segment", "acked-unseen", "bad-syn-ack", "fin-unanswered"}, set())],
}


def change(before, after):
    if not before:
        return "new"
    if not after:
        return "gone"
    return "more" if Counter(before) <= Counter(after) else "other"


def contradictions(fields, one, two):
    for number, (a, b) in enumerate(zip(one, two), 1):
        for field in fields:
            if a[field] == b[field]:
                continue
            kind = change(a[field], b[field])
            known = kind in LATER.get(field, ())
            if known and field in REASONS and kind == "other":
                went, came = set(a[field]) - set(b[field]), set(b[field]) - set(a[field])
                known = any(went <= before and came <= after for before, after in REASONS[field])
            if not known:
                yield f"frame {number}: {field} is {a[field]} in one pass, {b[field]} in two"

"""What the second pass may say of a frame and the first could not: docs/fields.md says "later" of it. Everything else must be the same."""
from collections import Counter

# Fields of which docs/fields.md says that a later frame may decide or refine them, and how:
# "new": absent in the first pass; "more": further values; "other": another value; "gone": taken back.
LATER = {
    "lab.note": {"new", "more", "other"},
    "lab.open.kind": {"new", "gone"}, "lab.open.time": {"new", "gone"},
    "lab.close.step": {"other"},
    "lab.close.kind": {"new", "other", "gone"}, "lab.close.first": {"new", "other", "gone"}, "lab.close.reason": {"new", "other", "gone"},
    "lab.close.lossless": {"new", "other", "gone"}, "lab.conn_state": {"other", "gone"}, "lab.history": {"other", "gone"},
    "lab.rst.cause": {"other"}, "lab.rst.confidence": {"other"}, "lab.rst.evidence": {"other", "more"}, "lab.rst.impact": {"other"},
    "lab.keepalive": {"new", "more", "other", "gone"}, "lab.keepalive.number": {"new"}, "lab.open.step": {"new"},
    "lab.state.client": {"other"}, "lab.state.server": {"other"},  # for the reasons in REASONS only
    "lab.anomaly": {"new", "more"},
    "lab.phase": {"new", "other"}, "lab.role": {"other", "more"},  # for the reasons in REASONS only
    "lab.http.exchange": {"new"}, "lab.http.index": {"new"}, "lab.http.method": {"new"}, "lab.http.target": {"new"},
    "lab.http.status": {"new", "more"}, "lab.http.object": {"new", "more"}, "lab.http.request_in": {"new"}, "lab.http.response_in": {"new"},
    "lab.http.queue": {"new"}, "lab.http.wait": {"new"}, "lab.http.receive": {"new"}, "lab.http.total": {"new"}, "lab.http.page": {"new"},
    "lab.http.header": {"new", "more"}, "lab.http.trailer": {"new", "more"}, "lab.http.header.meaning": {"new", "more"}, "lab.http.version": {"new"}, "lab.http.phrase": {"new"},
    "lab.dns.name": {"new", "other", "gone"}, "lab.dns.query_in": {"new", "other", "gone"}, "lab.dns.answer_in": {"new", "other", "gone"}, "lab.tls.kind": {"new", "other"},
    "lab.tls.inside": {"new", "other"},
}
# What must be certain at once, but for these reasons. Bytes of a head that could not be read yet were data until the head was complete,
# and so were those of a TLS record, beside which the frame may carry the end of the TLS handshake.
# And the capture showed the second FIN before the first, or the handshake's last ACK before its SYN; and a RST was not obeyed: values that
# went, values that came. A RST in the handshake may turn out not to have been obeyed, a SYN to be answered by the old connection, and the first ACK
# of a capture to be a keep-alive probe, when its answer shows it.
FINS = ({"fin1"}, {"fin1-ack", "fin2"})
HANDSHAKE = ({"ack"}, {"handshake-ack"})
PROBE = ({"ack"}, {"keepalive-probe"})
SYNCHRONIZED = {"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"}
STATES = [({"CLOSED"}, SYNCHRONIZED | {"SYN-SENT", "SYN-RECEIVED"}), ({"UNKNOWN"}, {"ESTABLISHED"}), ({"SYN-SENT"}, SYNCHRONIZED),
          ({"SYN-RECEIVED"}, SYNCHRONIZED)]
REASONS = {
    "lab.phase": [({"data"}, {"request", "response", "open", "idle"}), ({"tls"}, {"request", "response"})],
    "lab.role": [({"data"}, {"request", "response"}), FINS, HANDSHAKE, PROBE],
    "lab.state.client": STATES, "lab.state.server": STATES,
    "lab.keepalive": [({"single-use"}, set())],
    "lab.close.step": [({"1"}, {"2", "3"})],
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

# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of QUIC as RFC 9001 protects them: an Initial with a ClientHello, and packets whose content nobody can read."""
import functools
import hashlib
import hmac
import struct
import subprocess

SALTS = {1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),              # RFC 9001 5.2
         0x6B3343CF: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")}     # RFC 9369 3.3.1
LABELS = {1: b"quic", 0x6B3343CF: b"quicv2"}                                        # RFC 9369 3.3.2
LEAST = 1200  # bytes of a client's datagram with an Initial, RFC 9000 14.1


def expand(secret, label, length):
    """HKDF-Expand-Label, RFC 8446 7.1; no more than one block."""
    label = b"tls13 " + label
    info = struct.pack("!HB", length, len(label)) + label + b"\0\1"
    return hmac.digest(secret, info, hashlib.sha256)[:length]


def aes(mode, key, data, *more):
    """AES-128 by openssl, without padding."""
    command = ["openssl", "enc", f"-aes-128-{mode}", "-nopad", "-K", key.hex(), *more]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def times(x, y):
    """The product in the field of GCM (NIST SP 800-38D 6.3); the highest bit is the power 0."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def sealed(key, nonce, text, extra):
    """AEAD_AES_128_GCM, NIST SP 800-38D 7.1."""
    hidden = aes("ctr", key, text, "-iv", (nonce + b"\0\0\0\2").hex())
    hashed, factor = 0, int.from_bytes(aes("ecb", key, bytes(16)), "big")
    blocks = extra + bytes(-len(extra) % 16) + hidden + bytes(-len(hidden) % 16) + struct.pack("!QQ", 8 * len(extra), 8 * len(hidden))
    for at in range(0, len(blocks), 16):
        hashed = times(hashed ^ int.from_bytes(blocks[at:at + 16], "big"), factor)
    mask = int.from_bytes(aes("ecb", key, nonce + b"\0\0\0\1"), "big")
    return hidden + (hashed ^ mask).to_bytes(16, "big")


def client_hello(name=None, protocols=()):
    """RFC 8446 4.1.2 with server_name, ALPN and supported_versions; the handshake message alone."""
    listed = b"".join(bytes([len(p)]) + p.encode() for p in protocols)
    parts = [(43, b"\x02\x03\x04")]
    if name:
        parts.append((0, struct.pack("!HBH", len(name) + 3, 0, len(name)) + name.encode()))
    if protocols:
        parts.append((16, struct.pack("!H", len(listed)) + listed))
    extensions = b"".join(struct.pack("!HH", kind, len(value)) + value for kind, value in parts)
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\0\x02\x13\x01" + b"\x01\0" + struct.pack("!H", len(extensions)) + extensions
    return b"\x01" + len(body).to_bytes(3, "big") + body


@functools.lru_cache
def initial(target, source, crypto, version=1, number=2):
    """The client's Initial that carries `crypto` in a CRYPTO frame, RFC 9000 17.2.2; target, source: connection ids."""
    secret = expand(hmac.digest(SALTS[version], target, hashlib.sha256), b"client in", 32)
    key, iv, hp = (expand(secret, LABELS[version] + b" " + what, length) for what, length in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    payload = b"\x06\0" + struct.pack("!H", 0x4000 | len(crypto)) + crypto
    first = 0xC3 if version == 1 else 0xD3  # an Initial whose packet number has four bytes; RFC 9369 3.2
    start = bytes([first]) + struct.pack("!IB", version, len(target)) + target + bytes([len(source)]) + source + b"\0"
    payload += bytes(LEAST - len(start) - 2 - 4 - 16 - len(payload))  # PADDING frames
    head = start + struct.pack("!HI", 0x4000 | (4 + len(payload) + 16), number)
    nonce = iv[:8] + bytes(a ^ b for a, b in zip(iv[8:], struct.pack("!I", number)))
    body = sealed(key, nonce, payload, head)
    mask = aes("ecb", hp, body[:16])  # RFC 9001 5.4: the sample begins four bytes after the packet number does
    shown = bytes([head[0] ^ mask[0] & 0x0F]) + head[1:-4] + bytes(a ^ b for a, b in zip(head[-4:], mask[1:5]))
    return shown + body


def handshake(target, source, length=60, version=1):
    """A Handshake packet, RFC 9000 17.2.4, whose content is not readable."""
    return (bytes([0xE0]) + struct.pack("!IB", version, len(target)) + target + bytes([len(source)]) + source +
            struct.pack("!H", 0x4000 | length) + b"\x5a" * length)


def short(target, length=40):
    """A packet with a short header, RFC 9000 17.3.1."""
    return b"\x40" + target + b"\xa5" * length

"""The mail inside an opaque S/MIME signature (RFC 5652 signed-data), without checking it."""

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_OID, _OCTETS, _OCTETS_MADE, _SEQUENCE, _CONTEXT_0 = 0x06, 0x04, 0x24, 0x30, 0xA0
_MAX_DEPTH = 12


def signed_content(data: bytes) -> bytes | None:
    """What was signed, or None where ``data`` is no signed-data or does not carry it.

    Reads BER as well as DER: lengths left open, octets in pieces.
    """
    try:
        info = list(_values(data, 0, len(data), 0))
        tag, start, end = info[0]
        kind, holder = list(_values(data, start, end, 1))[:2]
        if tag != _SEQUENCE or data[kind[1] : kind[2]] != _SIGNED_DATA:
            return None
        signed = next(_values(data, holder[1], holder[2], 2))
        for tag, start, end in _values(data, signed[1], signed[2], 3):
            if tag == _SEQUENCE:
                return _encapsulated(data, start, end)
    except (ValueError, IndexError, StopIteration):
        pass
    return None


def _encapsulated(data: bytes, start: int, end: int) -> bytes | None:
    kind, *content = _values(data, start, end, 4)
    if data[kind[1] : kind[2]] != _DATA or not content or content[0][0] != _CONTEXT_0:
        return None
    octets = next(_values(data, content[0][1], content[0][2], 5))
    return b"".join(_octets(data, octets, 6))


def _octets(data: bytes, value: tuple[int, int, int], depth: int) -> Iterator[bytes]:
    tag, start, end = value
    if tag == _OCTETS:
        yield data[start:end]
    elif tag == _OCTETS_MADE and depth < _MAX_DEPTH:
        for inner in _values(data, start, end, depth):
            yield from _octets(data, inner, depth + 1)


def _values(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[int, int, int]]:
    """Each value as (tag, start and end of its content)."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    while at < end and data[at : at + 2] != b"\0\0":
        tag, start, length = _head(data, at)
        if length is None:
            close = _close(data, start, end, depth + 1)
            yield tag, start, close
            at = close + 2
        else:
            if start + length > end:
                raise ValueError("cut short")
            yield tag, start, start + length
            at = start + length


def _close(data: bytes, at: int, end: int, depth: int) -> int:
    """Where a value of open length ends: at its two zero bytes."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    while at < end and data[at : at + 2] != b"\0\0":
        _, start, length = _head(data, at)
        at = start + length if length is not None else _close(data, start, end, depth + 1) + 2
    return at


def _head(data: bytes, at: int) -> tuple[int, int, int | None]:
    tag, first = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise ValueError("tag in many bytes")
    if first < 0x80:
        return tag, at + 2, first
    if first == 0x80:
        return tag, at + 2, None
    size = first & 0x7F
    if size > 4:
        raise ValueError("length beyond reason")
    return tag, at + 2 + size, int.from_bytes(data[at + 2 : at + 2 + size], "big")

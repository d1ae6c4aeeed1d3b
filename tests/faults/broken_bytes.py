"""Ways in which a file may be broken, each drawn from a seeded chance and thus repeatable."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

LARGEST_BYTES = 1_000_000
MOST_WOUNDS = 4

TOKENS = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1a", b"\x0b", b"\x85", b"\xc2\xa0",
    b"\xed\xa0\x80", "٣١".encode(), "½".encode(), "−".encode(), b"\r", b"\n\n\n", b"\t",
    b"NaN", b"Infinity", b"1e999", b"-", b"+-1", b"0", b"-0", b",,,,", b";;;;", b"'", b'"', b'""',
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&#0;", b"&#x110000;", b"&a;", b"]]>", b"<![CDATA[",
    b"<!--", b"</", b"<a>", b"0000-00-00", b"0001-01-01", b"9999-12-31", b"31/02/2026", b"00000000",
    b"991399", b":61:", b":86:", b"<STMTTRN>", b"<Ntry>", b"^\n", b"16,", b"88,", b"=1+1",
)  # fmt: skip
NUMBERS = (
    b"0", b"1", b"00", b"-1", b"9", b"99", b"2147483648", b"9223372036854775808", b"9" * 30,
    b"1" * 5000, b"0.0000000000000001", b"1.2.3", b"1,2,3", b"1e5", b"12345678901234567",
)  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp850", "utf-7")
DEEP = (b"<a>", b"<table><tr><td>", b"(", b"[", b"{1:", b"{4:\n", b'"', b"<OFX>", b"<<", b"((")
_NUMBER = re.compile(rb"\d+")
_FIELD = re.compile(rb"[,;|\t:/<>]")
_PDF_STREAM = re.compile(
    rb"(?P<before>/Length )\d+(?P<between>(?:(?!endobj).)*?stream\r?\n)"
    rb"(?P<data>.*?)(?P<after>\r?\n?endstream)",
    re.DOTALL,
)

Wound = Callable[[bytes, Random], bytes]


def broken(seeds: Sequence[bytes], chance: Random) -> bytes:
    """Return one of the seeds with a few wounds; what is packed is often wounded inside."""
    content = chance.choice(seeds)
    if chance.random() < 0.6:
        if content.startswith(b"PK"):
            return _zip_wounded_inside(content, chance)
        if content.startswith(b"%PDF"):
            return _pdf_wounded_inside(content, chance)
    if chance.random() < 0.1:
        content = _spliced(content, chance.choice(seeds), chance)
    return wounded(content, chance)


def wounded(content: bytes, chance: Random) -> bytes:
    """Return the content with one to four wounds."""
    for _ in range(chance.randint(1, MOST_WOUNDS)):
        content = chance.choice(WOUNDS)(content, chance)[:LARGEST_BYTES]
    return content


def _place(content: bytes, chance: Random) -> int:
    return chance.randint(0, len(content))


def _slice(content: bytes, chance: Random, longest: int = 200) -> tuple[int, int]:
    start = _place(content, chance)
    return start, min(start + chance.randint(1, longest), len(content))


def _flipped(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 10) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwritten(content: bytes, chance: Random) -> bytes:
    start, end = _slice(content, chance, 12)
    return content[:start] + chance.randbytes(end - start) + content[end:]


def _deleted(content: bytes, chance: Random) -> bytes:
    start, end = _slice(content, chance)
    return content[:start] + content[end:]


def _doubled(content: bytes, chance: Random) -> bytes:
    start, end = _slice(content, chance, 2000)
    return content[:end] + content[start:]


def _repeated(content: bytes, chance: Random) -> bytes:
    start, end = _slice(content, chance)
    return content[:start] + content[start:end] * 1000 + content[end:]


def _inserted(content: bytes, chance: Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice(TOKENS) + content[place:]


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)]


def _beheaded(content: bytes, chance: Random) -> bytes:
    return content[_place(content, chance) // 4 :]


def _deepened(content: bytes, chance: Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice(DEEP) * chance.choice((300, 5000)) + content[place:]


def _other_number(content: bytes, chance: Random) -> bytes:
    found = list(_NUMBER.finditer(content))
    if not found:
        return content
    hit = chance.choice(found)
    return content[: hit.start()] + chance.choice(NUMBERS) + content[hit.end() :]


def _other_encoding(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", errors="replace")
    return text.encode(chance.choice(ENCODINGS), errors="replace")


def _other_line_ends(content: bytes, chance: Random) -> bytes:
    plain = content.replace(b"\r\n", b"\n")
    return plain.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\r", b"\n\n", b"", b"\x85")))


def _lines_moved(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    what = chance.randrange(5)
    if what == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif what == 1:
        del lines[one]
    elif what == 2:
        lines.insert(other, lines[one])
    elif what == 3:
        lines[one] = lines[one].rstrip(b"\r\n")
    else:
        chance.shuffle(lines)
    return b"".join(lines)


def _fields_moved(content: bytes, chance: Random) -> bytes:
    marks = list(_FIELD.finditer(content))
    if len(marks) < 3:
        return content
    at = chance.randrange(len(marks) - 2)
    first, second, third = (marks[at + step].end() for step in range(3))
    one, other = content[first:second], content[second:third]
    swapped = chance.choice((other + one, one, other, b"", one + one + other))
    return content[:first] + swapped + content[third:]


def _spliced(content: bytes, other: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)] + other[_place(other, chance) :]


WOUNDS: tuple[Wound, ...] = (
    _flipped, _overwritten, _deleted, _doubled, _repeated, _inserted, _inserted, _cut, _beheaded,
    _deepened, _other_number, _other_number, _other_encoding, _other_line_ends, _lines_moved,
    _lines_moved, _fields_moved, _fields_moved,
)  # fmt: skip


def _zip_wounded_inside(content: bytes, chance: Random) -> bytes:
    """Wound one part and pack it again, so that what unpacks it finds nothing amiss."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    parts[name] = wounded(parts[name], chance)
    if chance.random() < 0.1:
        del parts[chance.choice(list(parts))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in parts.items():
            archive.writestr(each, data)
    return buffer.getvalue()


def _pdf_wounded_inside(content: bytes, chance: Random) -> bytes:
    """Wound one content stream and pack it again, with its length told right."""
    streams = list(_PDF_STREAM.finditer(content))
    if not streams:
        return wounded(content, chance)
    hit = chance.choice(streams)
    packed = hit["data"]
    is_text = packed.rstrip().endswith(b"~>")
    try:
        plain = zlib.decompress(base64.a85decode(packed, adobe=True) if is_text else packed)
    except (zlib.error, ValueError):
        packed = wounded(packed, chance)
    else:
        packed = zlib.compress(wounded(plain, chance))
        packed = base64.a85encode(packed) + b"~>" if is_text else packed
    size = str(len(packed)).encode()
    parts = (hit["before"], size, hit["between"], packed, hit["after"])
    return content[: hit.start()] + b"".join(parts) + content[hit.end() :]

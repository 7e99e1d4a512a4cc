"""A line for a shell that sends a request again, whatever bytes it holds. Secrets are left to the shell's variables.

Text goes between single quotes, where no shell reads anything into it. A body with bytes that a terminal should not
be shown is made by `printf`, which every shell has.
"""

import re
from urllib.parse import quote

from fenzu.sandbox.log.masking import Kind, Piece, pieces, readable
from fenzu.sandbox.log.recorded import PART_BYTES, Recorded
from fenzu.wire.environment import CA_FILE, SECRET, TOKEN

VARIABLES: dict[Kind, str] = {"token": f'"${TOKEN}"', "secret": f'"${SECRET}"'}
_IN_PATH = "/:@!$&()*+,;=~-._"
_IN_QUERY = "".join(map(chr, range(0x21, 0x7F)))
_FINE = str.maketrans("", "", "\n\t\N{IDEOGRAPHIC SPACE}")
_IN_FORMAT = {"%": "%%", "\\": "\\\\", "'": "\\047"}


def can_be_repeated(row: Recorded) -> bool:
    """Tell whether all of the request is there; no shell can pass a NUL on."""
    is_whole = max(len(row.query), len(row.body), len(row.path)) <= PART_BYTES
    return is_whole and b"\0" not in row.query + row.body and "\0" not in row.path


def curl(base_url: str, row: Recorded, own_secret: str) -> str:
    """Return the line."""
    url = [Piece(base_url)]
    url += _quoted(pieces(row.path, own_secret), _IN_PATH)
    if row.query:
        url += [Piece("?"), *_quoted(pieces(readable(row.query), own_secret), _IN_QUERY)]
    line = ["curl"]
    if base_url.startswith("https://"):
        line.append(f'--cacert "${CA_FILE}"')
    if any(mark in piece.text for piece in url[1:] for mark in "[]{}"):
        line.append("--globoff")
    if "/." in row.path:
        line.append("--path-as-is")
    if row.method == "HEAD":
        line.append("--head")
    elif row.method != ("POST" if row.body else "GET"):
        line.append(f"-X {row.method}")
    line.append(_words(url))
    if not row.body:
        return " ".join(line)
    body = pieces(readable(row.body), own_secret)
    if all(_is_fine(piece.text) for piece in body):
        return " ".join([*line, "--data-raw", _words(body)])
    return " ".join([_printf(body), "|", *line, "--data-binary @-"])


def _quoted(parts: list[Piece], safe: str) -> list[Piece]:
    return [
        piece._replace(text=quote(piece.text.encode("utf-8", "surrogateescape"), safe)) for piece in parts
    ]


def _words(parts: list[Piece]) -> str:
    """Return one word of the shell."""
    word: list[str] = []
    text = ""
    for piece in [*parts, None]:
        if piece is not None and piece.kind is None:
            text += piece.text
            continue
        if text:
            word.append("'" + text.replace("'", "'\\''") + "'")
            text = ""
        if piece is not None and piece.kind is not None:
            word.append(VARIABLES[piece.kind])
    return "".join(word)


def _is_fine(text: str) -> bool:
    return text.translate(_FINE).isprintable()


def _printf(parts: list[Piece]) -> str:
    """Return a command that writes the bytes, and nothing that a terminal would obey."""
    form = "".join("%s" if piece.kind else "".join(map(_in_format, piece.text)) for piece in parts)
    form = re.sub(r"^-", r"\\055", form)  # else it might be an option
    return " ".join([f"printf '{form}'", *(VARIABLES[piece.kind] for piece in parts if piece.kind)])


def _in_format(character: str) -> str:
    if character in _IN_FORMAT:
        return _IN_FORMAT[character]
    if _is_fine(character):
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))

"""The colours of the console. They stand once, as tokens, so numbers can tell whether they are told apart."""

import re

import pytest

from fenzu.console.web.page import STATIC

TOKENS = re.findall(
    r"--([a-z-]+): light-dark\(#([0-9a-f]{3,6}), #([0-9a-f]{3,6})\);", (STATIC / "base.css").read_text()
)
SERIES = re.compile(r"light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)")
LIGHT = {name: light for name, light, _ in TOKENS}
DARK = {name: dark for name, _, dark in TOKENS}
GROUNDS = ("paper", "card", "raised", "hover", "chosen")
READ = [(colour, ground) for colour in ("ink", "soft", "accent", "bad", "warn") for ground in GROUNDS]
READ += [("on-accent", "accent"), ("on-accent", "accent-deep"), ("on-bad", "bad"), ("on-bad", "bad-deep")]
READ += [("warn", "warn-paper"), ("bad", "bad-paper"), ("accent-deep", "chosen"), ("ink", "info-paper")]
SEEN = [(colour, ground) for colour in ("edge", "focus", "accent", "bad") for ground in GROUNDS]


@pytest.mark.parametrize("light", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(light: dict[str, str]) -> None:
    """Text has the contrast of 4.5 to 1 that WCAG AA asks for, on each ground that it may stand on."""
    faint = [(colour, ground) for colour, ground in READ if contrast(light[colour], light[ground]) < 4.5]
    assert faint == []


@pytest.mark.parametrize("light", [LIGHT, DARK], ids=["light", "dark"])
def test_every_border_of_a_control_is_seen(light: dict[str, str]) -> None:
    """The edge of a field and the ring of the focus have 3 to 1, on each ground that they may stand on."""
    faint = [(colour, ground) for colour, ground in SEEN if contrast(light[colour], light[ground]) < 3]
    assert faint == []


@pytest.mark.parametrize("at", [0, 1], ids=["light", "dark"])
def test_every_colour_of_a_picture_is_seen(at: int) -> None:
    """What a picture is made of has 3 to 1 on a card, in both lights."""
    colours = SERIES.findall((STATIC / "pictures.css").read_text())
    card = (LIGHT, DARK)[at]["card"]
    assert len(colours) == 13
    assert [pair[at] for pair in colours if contrast(pair[at], card) < 3] == []


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, as WCAG measures it."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1."""
    digits = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""What helps to mend a group's name: the ids of those that are called so, and names that look the same to people."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from fenzu.regroup._polars import pl
from fenzu.regroup._values import KnownGroup
from fenzu.regroup._wishes.problems import Gathering, Problems
from fenzu.regroup._wishes.values import Wishes

SHORTEST, SHORTEST_CHINESE, LONGEST = 3, 2, 40
"""Letters of a name of which one may be mistyped; of a longer text than a name can be, no more is looked at."""


def explained(left_out: pl.DataFrame, groups: Sequence[KnownGroup]) -> Problems:
    """Return the rows that a plan does not follow (row, kind, openid, group, detail) as problems, with hints."""
    found = Gathering()
    for (kind,), rows in left_out.group_by(["kind"], maintain_order=True):
        hint = _hint_for(str(kind), groups)
        found.add(rows if hint is None else _with_details(rows, hint))
    return found.problems()


def near_new_names(wishes: Wishes, groups: Sequence[KnownGroup]) -> Problems:
    """Return the rows whose group would be made although one is there that people would take for the same."""
    names = {group.name for group in groups}
    nearest = _nearest(groups)
    found = Gathering()
    texts: list[str] = wishes.frame.get_column("group").unique().to_list()
    near = [text for text in texts if text not in names and nearest(text) and wishes.named_by != "id"]
    if near:
        rows = wishes.frame.filter(pl.col("group").is_in(near))
        found.add(_with_details(rows.with_columns(kind=pl.lit("near_new_group")), nearest))
    return found.problems()


def _hint_for(kind: str, groups: Sequence[KnownGroup]) -> Callable[[str], str] | None:
    if kind == "unknown_group":
        return _like(groups)
    if kind == "ambiguous_group":
        return lambda text: _listed(group.id for group in groups if group.name == text)
    return None


def _nearest(groups: Sequence[KnownGroup]) -> Callable[[str], str]:
    """Return what tells for a name which groups are called nearly so."""
    alike: dict[str, list[str]] = {}
    for group in groups:
        alike.setdefault(_bare(group.name), []).append(f"{group.name} ({group.id})")
    return lambda text: _listed(alike.get(_bare(text), ()))


def _like(groups: Sequence[KnownGroup]) -> Callable[[str], str]:
    """Return what tells which groups are called nearly so; where there are none, from which a letter differs."""
    nearest = _nearest(groups)
    alike: dict[str, list[str]] = {}
    for group in groups:
        for form in _forms(group.name):
            alike.setdefault(form, []).append(f"{group.name} ({group.id})")

    def tell(text: str) -> str:
        found = [name for form in _forms(text) for name in alike.get(form, ())]
        return nearest(text) or _listed(dict.fromkeys(found))

    return tell


def _forms(name: str) -> set[str]:
    """Return a name, and what is left of it without any one letter: two that share a form hardly differ.

    Of a name with two letters, one without a letter says nothing; of one with two characters like 贵宾 it does.
    """
    bare = _bare(name)[:LONGEST]
    is_long = len(bare) >= (SHORTEST if bare.isascii() else SHORTEST_CHINESE)
    return {bare} | {bare[:at] + bare[at + 1 :] for at in range(len(bare)) if is_long}


def _bare(name: str) -> str:
    """Return a name without what people do not see: width, case, white space."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _listed(several: Iterable[object]) -> str:
    return ", ".join(map(str, several))


def _with_details(rows: pl.DataFrame, detail: Callable[[str], str]) -> pl.DataFrame:
    texts: list[str] = rows.get_column("group").unique().to_list()
    told = {text: detail(text) for text in texts}
    return rows.with_columns(detail=pl.col("group").replace_strict(told, return_dtype=pl.String))

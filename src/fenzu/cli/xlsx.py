"""An XLSX of one sheet, written row by row into a zip: texts and whole numbers, and nothing that could run.

Every text is stored as text; one that would be a formula if somebody edited its cell carries the mark that a
spreadsheet keeps for an apostrophe typed before it.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape

from fenzu.cli.spreadsheet import runs

MOST_ROWS = 1_048_576
"""A sheet has no more."""
_LONGEST = 32_767
"""Characters of a cell."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FILES = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="fenzu" sheetId="1" r:id="rId1"/></sheets></workbook>',
    # Style 1 is text, style 2 text with the mark of an apostrophe, style 3 a title.
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    "<fonts><font/><font><b/></font></fonts><fills><fill/></fills><borders><border/></borders>"
    "<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/>"
    '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
}
_TEXT, _MARKED, _TITLE = 1, 2, 3


def write_xlsx(out: BinaryIO, titles: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write the titles and the rows; those beyond what a sheet holds are left out."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _FILES.items():
            package.writestr(_entry(name), text)
        with package.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for piece in _sheet(titles, rows):
                sheet.write(piece.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    """Without a time, so that the same rows make the same file."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(titles: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    yield f'<cols><col min="1" max="{len(titles)}" width="24" customWidth="1"/></cols><sheetData><row>'
    yield from (_text(title, _TITLE) for title in titles)
    yield "</row>"
    for _, row in zip(range(MOST_ROWS - 1), rows):  # noqa: B905 - whichever ends first
        yield f"<row>{''.join(map(_cell, row))}</row>"
    yield "</sheetData></worksheet>"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value:d}</v></c>"
    text = str(value)
    return _text(text, _MARKED if runs(text) else _TEXT)


def _text(text: str, style: int) -> str:
    kept = escape(_NOT_XML.sub("\ufffd", text[:_LONGEST]))
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{kept}</t></is></c>'

"""XLSX and its older kin, by fastexcel: one sheet, each cell as text, rows as the spreadsheet counts them."""

from fenzu.errors import StoreError, UsageError
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.columns import find_columns
from fenzu.regroup._wishes.tables import wishes_of
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words


def read_spreadsheet(
    data: bytes,
    name: str,
    *,
    digest: str,
    sheet: str | None = None,
    openid_column: str | None = None,
    group_column: str | None = None,
) -> Wishes:
    """Read the first sheet, or the one that `sheet` names by its title or its number, counted from 1."""
    import fastexcel

    try:
        book = fastexcel.read_excel(data)
        title = _sheet(book.sheet_names, sheet)
        loaded = book.load_sheet(title, header_row=None, skip_rows=0, dtypes="string")
        cells = loaded.to_polars()
    except fastexcel.FastExcelError as trouble:
        reason = str(trouble).partition("\n")[0]
        raise StoreError(
            Words(
                f"{name} is no spreadsheet that can be read: {reason}",
                f"{name} 不是能读取的电子表格：{reason}",
            ),
            Words("save it as XLSX without a password, or as CSV", "另存为不带密码的 XLSX，或 CSV"),
        ) from None
    first = _first_row(cells)
    if first is None:
        raise UsageError(
            Words(f"sheet {title} is empty", f"工作表 {title} 是空的"),
            Words(
                f"name another one: --sheet NAME; there are: {', '.join(book.sheet_names)}",
                f"请指定其他工作表：--sheet 名称；现有：{'、'.join(book.sheet_names)}",
            ),
        )
    row = ["" if cell is None else str(cell) for cell in cells.row(first)]
    left = loaded.selected_columns[0].absolute_index  # empty columns at the left edge are cut off
    columns = find_columns(row, openid_column, group_column, left=left)
    begin = first + columns.has_header
    origin = Origin(
        "XLSX",
        openid_column=columns.openid_title,
        group_column=columns.group_title,
        sheet=title,
        columns=columns.choices,
    )
    return wishes_of(
        cells.slice(begin), columns, name=name, origin=origin, first_row=begin + 1, digest=digest
    )


def _sheet(titles: list[str], wanted: str | None) -> str:
    if wanted is None:
        return titles[0]
    if wanted in titles:
        return wanted
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(titles):
        return titles[int(wanted) - 1]
    raise UsageError(
        Words(f"no sheet is called {wanted}", f"没有名为 {wanted} 的工作表"),
        Words(f"there are: {', '.join(titles)}", f"现有：{'、'.join(titles)}"),
    )


def _first_row(cells: pl.DataFrame) -> int | None:
    """Return which row is the first that is not blank."""
    for number, row in enumerate(cells.iter_rows()):
        if any(cell is not None and cell.strip() for cell in row):
            return number
    return None

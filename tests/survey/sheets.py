from registry.foundation.spreadsheets import read


def rows_of_sheet(content, title):
    """Each row of one sheet of a workbook, as name of the column to text."""
    table = read(content, sheet=title)
    return [dict(zip(table.headers, cells, strict=True)) for _number, cells in table.rows]

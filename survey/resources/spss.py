"""SPSS, and PSPP that reads the same: syntax for our CSV files, and what a file of theirs can hold."""

import re

# In bytes of UTF-8: what is longer they cut themselves, and PSPP warns.
LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_NAME = 255, 120, 64
RESERVED = set("ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split())


def syntax(file, columns, labels, values=()):
    """``columns``: (name, format) in the order of the file; ``labels``: name to words; ``values``: (names, value to words)."""
    lines = [
        "* Encoding: UTF-8.",
        "* SPSS-syntaxis van Samen Buurten. Zet dit bestand naast de CSV en pas zo nodig het pad aan.",
        "SET DECIMAL=DOT.",
        "GET DATA",
        "  /TYPE=TXT",
        f"  /FILE={_quoted(file)}",
        "  /ENCODING='UTF8'",
        '  /DELIMITERS=";"',
        "  /QUALIFIER='\"'",
        "  /ARRANGEMENT=DELIMITED",
        "  /FIRSTCASE=2",
        "  /VARIABLES=",
        *(f"    {name} {kind}" for name, kind in columns),
        "  .",
        "VARIABLE LABELS",
        *(f"  {name} {_quoted(cut(words, LONGEST_LABEL))}" for name, words in labels.items()),
        "  .",
    ]
    for names, meanings in values:
        lines += [
            "VALUE LABELS",
            f"  {' '.join(names)}",
            *(
                f"  {_quoted(value) if isinstance(value, str) else value} "
                f"{_quoted(cut(words, LONGEST_VALUE_LABEL))}"
                for value, words in meanings.items()
            ),
            "  .",
        ]
    return "\n".join([*lines, "EXECUTE.", ""])


def cut(text, most):
    """On one line, and no more bytes than ``most``: never half a letter, and what is left out shows."""
    line = " ".join(str(text).split())
    if len(line.encode()) <= most:
        return line
    return line.encode()[: most - 3].decode(errors="ignore").rstrip() + "…"


def names(wanted):
    """Names of columns that are no word of the syntax, hold nothing strange, and differ in more than capitals."""
    columns, taken = [], set()
    for title in wanted:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", title).strip("_")[: LONGEST_NAME - 10] or "kolom"
        if plain.upper() in RESERVED or not plain[0].isalpha():
            plain = f"vraag_{plain}"
        name, number = plain, 2
        while name.upper() in taken:
            name, number = f"{plain}_{number}", number + 1
        columns.append(name)
        taken.add(name.upper())
    return columns


def _quoted(text):
    return "'" + str(text).replace("'", "''") + "'"

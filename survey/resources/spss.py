"""SPSS syntax that reads our CSV files and says what the columns and values mean."""


def syntax(file, columns, labels, values=()):
    """``columns``: (name, format) in the order of the file; ``labels``: name to words; ``values``: (names, value to words)."""
    lines = [
        "* SPSS-syntaxis van Samen Buurten. Zet dit bestand naast de CSV en pas zo nodig het pad aan.",
        "SET UNICODE=ON.",
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
        *(f"  {name} {_quoted(words)}" for name, words in labels.items()),
        "  .",
    ]
    for names, meanings in values:
        lines += [
            "VALUE LABELS",
            f"  {' '.join(names)}",
            *(
                f"  {_quoted(value) if isinstance(value, str) else value} {_quoted(words)}"
                for value, words in meanings.items()
            ),
            "  .",
        ]
    return "\n".join([*lines, "EXECUTE.", ""])


def _quoted(text):
    """Doubled quotes, one line, and no longer than SPSS takes for a label."""
    return "'" + " ".join(str(text).split())[:250].replace("'", "''") + "'"

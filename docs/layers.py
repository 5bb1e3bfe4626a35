"""Draws the layers of both apps from the code into docs/layers.md: `make layers`. The layers are the contracts in
pyproject.toml, the rooms and what they know are read from the imports, the words are the first line of each docstring."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).with_name("layers.md")
HEAD = """# The layers

*Made from the code by `make layers`; a test holds it to the code. An arrow is an import, drawn from a room to the highest
rooms that it knows. What stands on one line knows nothing of its neighbours.*
"""


def layers_of(app):
    """The lines of rooms of an app, from the edges down to the foundation."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract for contract in contracts["contracts"] if contract.get("containers") == [app])
    return [[room.strip() for room in line.split("|")] for line in layers["layers"]]


def files_of(app, room):
    """The modules of a room, the package or the module itself first."""
    package = ROOT / app / room
    return sorted(package.rglob("*.py"), key=lambda path: path.name != "__init__.py") or [
        package.with_suffix(".py")
    ]


def docstring_of(app, room):
    tree = ast.parse(files_of(app, room)[0].read_text(encoding="utf-8"))
    return " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())


def known_to(app, room):
    """The other rooms of the app that a room imports."""
    known_rooms = set()
    for path in files_of(app, room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                known_rooms |= {name.split(".")[1] for name in names if name.startswith(f"{app}.")}
    return known_rooms - {room}


def drawing_of(app):
    lines = layers_of(app)
    height = {room: -number for number, line in enumerate(lines) for room in line}
    imports = {room: known_to(app, room) & height.keys() for room in height}

    def reached_from(room):
        return imports[room].union(*(reached_from(other) for other in imports[room]))

    yield "```mermaid"
    yield "flowchart TD"
    for number, line in enumerate(lines):
        yield f'  subgraph layer{number}[" "]'
        yield from (f"    {room}" for room in line)
        yield "  end"
    for room in height:
        hidden = set().union(*(reached_from(other) for other in imports[room]))
        yield from (
            f"  {room} --> {other}"
            for other in sorted(imports[room] - hidden, key=lambda other: (-height[other], other))
        )
    yield "```"
    yield ""
    yield "| room | what it is | knows |"
    yield "| --- | --- | --- |"
    for line in lines:
        for room in line:
            knows = ", ".join(sorted(imports[room], key=lambda other: (-height[other], other)))
            yield f"| `{app}/{room}` | {docstring_of(app, room)} | {knows or '–'} |"


def page():
    """The whole page, as it stands in docs/layers.md."""
    parts = [HEAD]
    for app in ("registry", "survey"):
        parts += [f"## {app}/", "", *drawing_of(app), ""]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

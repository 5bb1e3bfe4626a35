"""What each ratio of the benchmarks has to be, by the name that the benchmark reports it under."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """``least`` or ``most``: a ratio. ``holds``: it did when this was written; from then on it has to."""

    what: str
    least: float | None = None
    most: float | None = None
    holds: bool = True

    def is_met_by(self, ratio):
        return (self.least is None or ratio >= self.least) and (self.most is None or ratio <= self.most)

    def __str__(self):
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


TARGETS = {
    "list, naive against made": Target(
        "API list of 25, not asked before, against a naive DRF", least=5, holds=False
    ),
    "search, naive against made": Target("the same, filtered and searched", least=8),
    "search, Datasette against walked": Target("the same, against Datasette", least=6, holds=False),
    "304 against constant": Target("a 304, against a constant view", most=1.5),
    "kept against constant": Target("an answer in memory, against a constant view", most=1.5),
    "cursor, deep against first": Target("cursor page, deep in many against first in few", most=1.5),
    "list cold, growth": Target(
        "HTML list after all was forgotten, 100,000 against 1,000", most=4, holds=False
    ),
    "GeoJSON against floor": Target("GeoJSON of 10,000, against sqlite3 and json", most=2.5),
    "intake, checked against stored": Target("an answer checked, against one stored", least=0.4),
    "intake, checked against receipt": Target("an answer checked, against one stored by script", least=0.6),
    "closed round, growth": Target("page of a closed round, 1,000,000 answers against 77", most=1.2),
    "live, growth": Target("live results, 1,000,000 answers against 10,000", most=2),
    "import CSV": Target("import of 10,000 rows of CSV, against import-export", least=4),
    "import XLSX": Target("import of 10,000 rows of XLSX, against import-export", least=4),
    "export, import-export against ours": Target("CSV of 100,000, against import-export", least=3),
    "export against floor": Target("CSV of 100,000, against sqlite3 and csv", most=2.5),
    "first answer against Datasette": Target("first answer after a start", most=1, holds=False),
    "detail against DetailView": Target("page of an initiative, against a plain DetailView", most=3),
    "coverage, growth": Target("coverage, 100,000 against 1,000", most=2),
    "staff home, growth": Target("staff home, 100,000 against 1,000", most=2, holds=False),
    "staff list, growth": Target("list of staff, 100,000 against 1,000", most=2),
    "home after a change": Target("home, first after a change against warm", most=1.5),
    "list after a change": Target("list, first after a change against warm", most=1.5),
    "search one row after a change": Target("search for a word of one row, the same", most=1.5, holds=False),
    "search 1 % after a change": Target("search for a word of 1 %, the same", most=1.5),
    "search 60 % after a change": Target("search for a word of 60 %, the same", most=1.5),
    "API list after a change": Target("API list, the same", most=1.5),
    "home at 1,000,000": Target("home after a change on PostgreSQL, 1,000,000 against 100,000", most=2),
    "list at 1,000,000": Target("list, the same", most=2),
    "search 60 % at 1,000,000": Target("search for a word of 60 %, the same", most=2),
    "search one row at 1,000,000": Target("search for a word of one row, the same", most=2),
    "coverage at 1,000,000": Target("coverage, the same", most=2, holds=False),
    "visitors beside edits": Target("p95 of visitors, 5 edits a second against none", most=1.5),
    "memory, MB more": Target("memory of a worker after 10,000 requests of all kinds, MB more", most=110),
}

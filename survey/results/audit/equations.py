"""The least and the most that counts can be, given all that is told about the same people.

People are divided into *atoms*: those who are alike in everything that is published of them. What is told is a
sum over atoms, of how many they are (sizes) or how many of them ticked one statement (counts). HiGHS gives the
ends, in whole numbers (https://highs.dev, integer programming). The ends of sizes are worked out in fractions and
rounded to whole people: nearly always those of whole numbers, and never closer together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor
from time import monotonic

import highspy

ALMOST = 1e-6


class Undecided(Exception):
    """The solver did not find the ends in time."""


class Impossible(Exception):
    """No people exist of whom all of this is true."""


@dataclass(frozen=True)
class Told:
    """The sum over these atoms lies from ``low`` to ``high``."""

    atoms: frozenset[int]
    low: int
    high: int


class Equations:
    """``number``: of atoms; ``sizes`` and ``counts``: Told. ``deadline``: a moment of time.monotonic."""

    def __init__(
        self, number: int, sizes: Sequence[Told], counts: Sequence[Told] = (), *, deadline: float
    ) -> None:
        self._number, self._deadline = number, deadline
        self._witnesses: list[list[int]] = []
        self._sizes = self._model(sizes, (), number)
        self._all = self._model(sizes, counts, 2 * number) if counts else self._sizes

    def size(self, atoms: Iterable[int]) -> tuple[int, int]:
        """(least, most) people in these atoms."""
        low, high = (self._solve(self._sizes, atoms, 0, sense) for sense in (1, -1))
        return ceil(low - ALMOST), floor(high + ALMOST)

    def count(self, atoms: Collection[int], enough: int) -> tuple[int, int]:
        """(least, most) of the people in these atoms who ticked; when both are ``enough`` apart, some such pair.

        Two possible worlds that differ by ``enough`` prove as much as the ends do: earlier ones are asked first.
        """
        if self._all is self._sizes:
            raise ValueError("There are no counts.")
        seen = [sum(world[atom] for atom in atoms) for world in self._witnesses]
        if seen and max(seen) - min(seen) >= enough:
            return min(seen), max(seen)
        low = round(self._solve(self._all, atoms, self._number, 1))
        if seen and max(seen) - low >= enough:
            return low, max(seen)
        return low, round(self._solve(self._all, atoms, self._number, -1))

    def _model(self, sizes: Sequence[Told], counts: Sequence[Told], columns: int) -> highspy.Highs:
        n, most = self._number, max((size.high for size in sizes), default=0)
        rows: list[tuple[Collection[int], float, float]] = [
            (size.atoms, size.low, size.high) for size in sizes
        ]
        rows += [([n + atom for atom in count.atoms], count.low, count.high) for count in counts]
        if columns > n:
            rows += [([n + atom, atom], -highspy.kHighsInf, 0) for atom in range(n)]
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = columns, len(rows)
        problem.col_cost_ = problem.col_lower_ = [0.0] * columns
        problem.col_upper_ = [float(most)] * columns
        problem.row_lower_ = [float(low) for _members, low, _high in rows]
        problem.row_upper_ = [float(high) for _members, _low, high in rows]
        matrix = problem.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = list(accumulate((len(members) for members, _low, _high in rows), initial=0))
        matrix.index_ = [column for members, _low, _high in rows for column in members]
        # Of the rows "no more ticked than there are", the second member is subtracted.
        values = [[1.0] * len(members) for members, _low, _high in rows]
        for row, (_members, low, _high) in zip(values, rows, strict=True):
            if low == -highspy.kHighsInf:
                row[1] = -1.0
        matrix.value_ = [value for row in values for value in row]
        if columns > n:
            problem.integrality_ = [highspy.HighsVarType.kInteger] * columns
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(problem)
        return solver

    def _solve(self, solver: highspy.Highs, atoms: Iterable[int], offset: int, sense: int) -> float:
        left = self._deadline - monotonic()
        if left <= 0:
            raise Undecided
        columns = solver.numVariables
        wanted = {offset + atom for atom in atoms}
        solver.changeColsCost(
            columns, list(range(columns)), [float(column in wanted) for column in range(columns)]
        )
        solver.changeObjectiveSense(highspy.ObjSense.kMinimize if sense == 1 else highspy.ObjSense.kMaximize)
        solver.setOptionValue("time_limit", solver.getRunTime() + left)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Impossible
        if status != highspy.HighsModelStatus.kOptimal:
            raise Undecided
        if offset:
            self._witnesses.append([round(value) for value in solver.getSolution().col_value[offset:]])
        return solver.getInfo().objective_function_value

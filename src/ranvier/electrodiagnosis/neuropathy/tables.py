"""The tables behind the class: which clauses speak of myelin, where nerves are usually trapped, how many count."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from ranvier.core import DataFileError, read_table
from ranvier.electrodiagnosis.criteria import Clause, Number, load_criteria

PACKAGE = "ranvier.electrodiagnosis.neuropathy"


@cache
def myelin_clauses() -> tuple[Clause, ...]:
    """Return the clauses that put one motor nerve into the range that needs loss of myelin.

    They are those of the criteria sets, kept to the measures that the table names.
    """
    out = []
    for row in read_table(PACKAGE, "rules.csv", ("set", "clause", "measures", "status", "source", "note")):
        wanted = set(row["measures"].split(";"))
        clause = next((c for c in load_criteria()[row["set"]].clauses if c.id == row["clause"]), None)
        rules = tuple(r for r in clause.rules if r.test.measure in wanted) if clause is not None else ()
        if clause is None or not rules:
            raise DataFileError(f"rules.csv: {row['set']}.{row['clause']} has no rule on {row['measures']}")
        out.append(replace(clause, rules=rules, elsewhere=()))
    return tuple(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrapmentSite:
    """A measure of a nerve that a usual site of entrapment can spoil alone; without a site it is any point."""

    kind: str
    nerve: str
    measure: str
    site: str
    name: str

    def holds(self, number: Number) -> bool:
        """Tell whether a number of the nerve was measured over it."""
        return number.measure == self.measure and self.site in ("", number.site)


@cache
def entrapment_sites() -> tuple[EntrapmentSite, ...]:
    """Return the usual sites of entrapment."""
    columns = ("kind", "nerve", "measure", "site", "name", "status", "source")
    return tuple(
        EntrapmentSite(kind=r["kind"], nerve=r["nerve"], measure=r["measure"], site=r["site"], name=r["name"])
        for r in read_table(PACKAGE, "entrapment_sites.csv", columns)
    )


@cache
def parameters() -> Mapping[str, float]:
    """Return the numbers of nerves that count, by name."""
    rows = read_table(PACKAGE, "parameters.csv", ("name", "value", "status", "source", "meaning"))
    return {r["name"]: float(r["value"]) for r in rows}

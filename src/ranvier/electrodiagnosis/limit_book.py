"""Which limit holds for one patient: the laboratory's own goes before the packaged one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ranvier.case import Case, OwnLimit, Patient
from ranvier.core import OutsideReferenceError
from ranvier.reference import ReferenceLimit, best_limit, ncs_limit

_Own = Mapping[tuple[str, str, str], tuple[OwnLimit, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBook:
    """The limits of conduction measures for one patient."""

    patient: Patient
    own: _Own = field(default_factory=dict)

    def find(self, study: str, measure: str, segment: str = "") -> ReferenceLimit:
        """Return the limit of a measure.

        Where the laboratory has limits of its own for the measure, no other limit is used.

        Raises
        ------
        UnknownNameError
            If there is no limit for the study and measure.
        OutsideReferenceError
            If the patient is outside the sample.
        """
        own = self.own.get((study, measure, segment))
        if own is None:
            return _packaged(study, measure, self.patient.age_y, self.patient.height_cm, segment)
        fitting = [o.limit for o in own if o.sex in (None, self.patient.sex)]
        if not fitting:
            given = self.patient.sex or "unknown"
            raise OutsideReferenceError(
                f"the laboratory's limits of {study} {measure} are for the other sex (sex {given}): no verdict is given"
            )
        return best_limit(fitting, self.patient.age_y, self.patient.height_cm)


def limit_book(case: Case) -> LimitBook:
    """Return the limits that hold for the patient of a case."""
    own: dict[tuple[str, str, str], list[OwnLimit]] = {}
    for item in case.own_limits:
        own.setdefault((item.limit.study, item.limit.measure, item.limit.segment), []).append(item)
    return LimitBook(patient=case.patient, own={key: tuple(items) for key, items in own.items()})


@lru_cache(maxsize=4096)
def _packaged(study: str, measure: str, age_y: float | None, height_cm: float | None, segment: str) -> ReferenceLimit:
    return ncs_limit(study, measure, age_y, height_cm, segment)

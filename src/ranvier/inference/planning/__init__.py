"""The next best test: available tests, what they would find, what that would tell."""

from ranvier.inference.planning.available import Burden, available_tests, packaged_burdens, read_burdens
from ranvier.inference.planning.plan import Planner
from ranvier.inference.planning.remaining import limbs_done

__all__ = ["Burden", "Planner", "available_tests", "limbs_done", "packaged_burdens", "read_burdens"]

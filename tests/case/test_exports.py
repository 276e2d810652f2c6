"""The surface of the package."""

import ranvier.case


def test_every_exported_name_exists_and_has_a_docstring() -> None:
    assert ranvier.case.__all__ == sorted(ranvier.case.__all__)
    for name in ranvier.case.__all__:
        exported = getattr(ranvier.case, name)
        literal = name in ("ImagingModality", "SensoryModality", "SensoryResult", "StudyKind", "StudyWord")
        assert literal or exported.__doc__


def test_the_functions_are_there() -> None:
    functions = {"case_json_schema", "check_case", "load_vocabulary", "read_case", "write_template"}
    assert functions <= set(ranvier.case.__all__)

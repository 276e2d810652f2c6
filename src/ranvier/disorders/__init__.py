"""What each disorder does to the nerves, as tables; the code here only reads and checks them."""

from ranvier.disorders.loading import families, load_catalogue
from ranvier.disorders.records import (
    COURSES,
    TEMPOS,
    Association,
    Catalogue,
    Disorder,
    Effect,
    Incidental,
    Lesion,
    StructureSign,
    Variant,
)

__all__ = [
    "COURSES",
    "TEMPOS",
    "Association",
    "Catalogue",
    "Disorder",
    "Effect",
    "Incidental",
    "Lesion",
    "StructureSign",
    "Variant",
    "families",
    "load_catalogue",
]

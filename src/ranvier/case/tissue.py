"""Tissue beside ``case.yaml``: ``biopsy.csv``, pictures of nerve sections in ``biopsy/``, and corneal measures.

``biopsy.csv`` has one row a statement or a counted section: ``tissue,side,item,status`` says what was seen or not seen,
``tissue,side,ienfd_per_mm,method`` a density of the skin, ``tissue,side,count,length_mm,method`` one section of it.
``biopsy/sections.csv`` (``file,nerve,side,pixel_um,modality,fascicle,masks,corrections``) names pictures of nerves and
what lies beside them; a picture without the size of its pixels cannot be measured.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ranvier.case.context import Context, origin_of
from ranvier.case.csvtext import Row, Sheet, read_sheet
from ranvier.case.pictures import counted_skin, read_tissue, skin_method
from ranvier.case.problems import shown
from ranvier.case.records import BiopsyResult, CornealResult, FeatureStatement, NerveSection, SkinCount, SkinMethod
from ranvier.case.schema import CornealItem
from ranvier.case.words import meaning, read_presence, read_side
from ranvier.core import Origin, Place, Side, UnknownNameError

BIOPSY_FILE, SECTIONS_FOLDER = "biopsy.csv", "biopsy"
_SECTIONS = "sections.csv"
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_Key = tuple[str, Place | None, SkinMethod | None]


def read_biopsy_table(path: Path, context: Context) -> tuple[BiopsyResult, ...]:
    """Return what ``biopsy.csv`` says; rows that cannot be used are noted. No file gives none.

    Counted sections of one tissue, side and method become one result.
    """
    sheet = read_sheet(path, ("tissue",), context.problems)
    results: list[BiopsyResult] = []
    counts: dict[_Key, tuple[Origin, list[SkinCount]]] = {}
    for row in sheet.rows:
        try:
            tissue, place = read_tissue(row.text("tissue"), read_side(row.text("side")), row.origin("tissue"), context)
            method = skin_method(row.text("method"))
            stated = _stated(row, context)
        except UnknownNameError as error:
            context.problems.unknown(row.origin(), error, "the row")
            continue
        count = _counted(row, sheet)
        if count is not None:
            counts.setdefault((tissue, place, method), (row.origin(), []))[1].append(count)
        density = sheet.numbers.read(row.text("ienfd_per_mm"), row.origin("ienfd_per_mm"), "ienfd_per_mm")
        if stated is None and density is None:
            _note_empty(row, context)
            continue
        results.append(
            BiopsyResult(
                tissue=tissue,
                place=place,
                statements=(stated,) if stated else (),
                fibre_density_per_mm=density,
                method=method,
                origin=row.origin(),
            )
        )
    results += [
        BiopsyResult(tissue=t, place=p, statements=(), method=m, skin_counts=tuple(found), origin=origin)
        for (t, p, m), (origin, found) in counts.items()
    ]
    return tuple(results)


def _stated(row: Row, context: Context) -> FeatureStatement | None:
    if not row.text("item"):
        return None
    feature = context.vocabulary.feature(row.text("item")).id
    present = read_presence(row.text("status") or "present")
    return (
        None if present is None else FeatureStatement(feature=feature, present=present, place=None, origin=row.origin())
    )


def _counted(row: Row, sheet: Sheet) -> SkinCount | None:
    count = sheet.numbers.read(row.text("count"), row.origin("count"), "count")
    length = sheet.numbers.read(row.text("length_mm"), row.origin("length_mm"), "length_mm")
    return counted_skin(count, length, row.origin("count"), sheet.numbers)


def _note_empty(row: Row, context: Context) -> None:
    """Note a row that says nothing, or half of a count."""
    if row.text("count") and row.text("length_mm"):
        return
    if row.text("count") or row.text("length_mm"):
        remedy = "write the count of fibres and the length of epidermis in mm of each section"
        context.problems.error(row.origin(), "a counted section lacks its count or its length; it was not used", remedy)
    elif not row.text("item") and not row.text("ienfd_per_mm"):
        remedy = "write an item with its status, a density, or a count with a length"
        context.problems.error(row.origin(), "the row says nothing of the tissue; it was not used", remedy)


def read_sections(folder: Path, context: Context) -> tuple[NerveSection, ...]:
    """Return the pictures of nerve sections of a case; what cannot be used is noted. No folder gives none."""
    if not folder.is_dir():
        return ()
    sheet = read_sheet(folder / _SECTIONS, ("file", "nerve", "pixel_um"), context.problems, _SECTIONS)
    listed = [section for row in sheet.rows if (section := _section(row, sheet, folder, context)) is not None]
    named = {row.text(column) for row in sheet.rows for column in ("file", "fascicle", "masks", "corrections")}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _PICTURES and path.name not in named:
            problem = (
                f"the picture {shown(path.name)} is not read: nothing says of which nerve and at which scale it is"
            )
            remedy = f"add a row to {SECTIONS_FOLDER}/{_SECTIONS}: file,nerve,side,pixel_um"
            context.problems.question(Origin(file=f"{SECTIONS_FOLDER}/{path.name}"), problem, remedy)
    return tuple(listed)


def _section(row: Row, sheet: Sheet, folder: Path, context: Context) -> NerveSection | None:
    missing = [row.text(c) for c in ("file", "fascicle", "masks", "corrections") if not _is_there(row.text(c), folder)]
    if missing or not row.text("file"):
        problem = f"there is no file {shown(missing[0] if missing else '')} in the folder {SECTIONS_FOLDER!r}"
        context.problems.error(row.origin("file"), f"{problem}; the row was not used", "write names of files beside it")
        return None
    pixel = sheet.numbers.read(row.text("pixel_um"), row.origin("pixel_um"), "pixel_um")
    if pixel is None:
        problem = "the size of a pixel is not known, so that nothing can be measured; the row was not used"
        context.problems.error(row.origin("pixel_um"), problem, "write pixel_um, the side of a pixel in micrometres")
        return None
    try:
        _, nerve = context.graph.resolve(row.text("nerve"), ("nerve",))
        side: Side = read_side(row.text("side"))
        modality = meaning("section_modality", row.text("modality")) if row.text("modality") else "bright_field"
    except UnknownNameError as error:
        context.problems.unknown(row.origin(), error, "the row")
        return None
    beside = {c: folder / row.text(c) if row.text(c) else None for c in ("fascicle", "masks", "corrections")}
    return NerveSection(
        nerve=nerve,
        side=side,
        path=folder / row.text("file"),
        pixel_um=pixel,
        modality=modality,
        fascicle=beside["fascicle"],
        masks=beside["masks"],
        corrections=beside["corrections"],
        origin=row.origin("file"),
    )


def _is_there(name: str, folder: Path) -> bool:
    return not name or (Path(name).name == name and (folder / name).is_file())


def read_corneal(items: Iterable[CornealItem], context: Context) -> tuple[CornealResult, ...]:
    """Return the measures of corneal confocal microscopy that ``case.yaml`` states."""
    return tuple(_corneal(items, context))


def _corneal(items: Iterable[CornealItem], context: Context) -> Iterator[CornealResult]:
    for item in items:
        origin = origin_of(item, "corneal", item.text, item.method)
        try:
            method = meaning("corneal_method", item.method)
        except UnknownNameError as error:
            context.problems.unknown(origin, error, "the entry")
            continue
        values = {
            name: context.numbers.read(text, origin_of(item, "corneal", text), name)
            for name in ("cnfl_mm_mm2", "cnfd_per_mm2", "cnbd_per_mm2")
            if (text := getattr(item, name)) is not None
        }
        if not any(value is not None for value in values.values()):
            context.problems.error(origin, "the entry has no measure", "add cnfl_mm_mm2, cnfd_per_mm2 or cnbd_per_mm2")
            continue
        yield CornealResult(
            method="ccmetrics" if method == "ccmetrics" else "accmetrics",
            cnfl_mm_mm2=values.get("cnfl_mm_mm2"),
            cnfd_per_mm2=values.get("cnfd_per_mm2"),
            cnbd_per_mm2=values.get("cnbd_per_mm2"),
            origin=origin,
        )

"""The one way in which pages are made of their templates."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def page_environment() -> Environment:
    """Return an environment with the templates of the package: text is escaped, an unknown name is an error."""
    return Environment(
        loader=PackageLoader("ranvier.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

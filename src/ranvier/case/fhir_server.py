"""Laboratory results of one patient from a FHIR server, read over HTTP.

Only Observations and DiagnosticReports are asked for. The token comes from the environment and goes to that server
alone; redirects are not followed. The patient's id is neither stored nor shown in any message.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ranvier.core import UnreadableCaseError

TOKEN_VARIABLE = "RANVIER_FHIR_TOKEN"
_KINDS = ("Observation", "DiagnosticReport")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS, _PAGES, _BYTES = 30.0, 200, 50_000_000


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for one server."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs


def is_address(text: str) -> bool:
    """Tell whether a text is the address of a server and not the name of a file.

    >>> is_address("https://fhir.example.org/r4"), is_address("labs.csv")
    (True, False)
    """
    return text.lower().startswith(("http://", "https://"))


def fetch_results(address: str, patient: str) -> list[Any]:
    """Return the bundles that hold the observations and reports of one patient.

    Parameters
    ----------
    address : str
        Base of the FHIR service, such as ``https://fhir.example.org/r4``.
    patient : str
        Id of the Patient resource.

    Raises
    ------
    UnreadableCaseError
        If the server cannot be reached, refuses, or answers with something else than FHIR; the text never holds the id.
    """
    token = os.environ.get(TOKEN_VARIABLE, "")
    parts = urlsplit(address)
    if parts.scheme.lower() == "http" and parts.hostname not in _LOOPBACK:
        raise UnreadableCaseError(
            "patient data are read over https only (http is for this machine); give an https address"
        )
    subject = quote(patient.removeprefix("Patient/"), safe="")
    bundles: list[Any] = []
    for kind in _KINDS:
        first = f"{address.rstrip('/')}/{kind}?subject=Patient/{subject}&_count=200"
        bundles.extend(_pages(first, (parts.scheme, parts.netloc), token))
    return bundles


def _pages(url: str | None, server: tuple[str, str], token: str) -> Iterator[Any]:
    for _ in range(_PAGES):
        if url is None:
            return
        page = _page(url, token)
        yield page
        links = page.get("link")
        found = [k for k in links if isinstance(k, dict)] if isinstance(links, list) else []
        onward = next((str(k["url"]) for k in found if k.get("relation") == "next" and k.get("url")), None)
        url = urljoin(url, onward) if onward else None
        if url is not None and tuple(urlsplit(url)[:2]) != server:
            raise UnreadableCaseError("the FHIR server sends on to another server; ask that one")


def _page(url: str, token: str) -> dict[str, Any]:
    headers = {"Accept": "application/fhir+json", **({"Authorization": f"Bearer {token}"} if token else {})}
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=_SECONDS) as answer:
            tree = json.loads(answer.read(_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        hint = f"; set a valid token in {TOKEN_VARIABLE}" if error.code in (401, 403) else ""
        raise UnreadableCaseError(f"the FHIR server answered {error.code}{hint}") from None
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise UnreadableCaseError(
            f"the FHIR server cannot be reached ({type(reason).__name__}); check the address"
        ) from None
    except ValueError:
        raise UnreadableCaseError("the FHIR server did not answer with JSON; check the address") from None
    if not isinstance(tree, dict) or tree.get("resourceType") != "Bundle":
        raise UnreadableCaseError("the FHIR server did not answer with a Bundle; check the address")
    return tree

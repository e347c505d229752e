"""Who we are to a store: a name and a password from the environment or a netrc file, given when it asks for them."""

import netrc
import os
from collections.abc import Generator
from pathlib import Path

import httpx

from mandategraph.errors import CredentialsError

USER, PASSWORD, NETRC = "MANDATEGRAPH_STORE_USER", "MANDATEGRAPH_STORE_PASSWORD", "NETRC"


def credentials(host: str) -> tuple[str, str] | None:
    """The name and the password for a host, from the environment or else the netrc file; None if there are none.

    Raises:
        CredentialsError: only one of the two is in the environment, or the file cannot be read.
    """
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if user is not None and password is not None:
        return user, password
    if user is not None or password is not None:
        raise CredentialsError(f"expected both {USER} and {PASSWORD} in the environment, found one of them")
    file = Path(os.environ.get(NETRC) or Path.home() / ".netrc")
    if not file.is_file():
        return None
    try:
        found = netrc.netrc(file).authenticators(host)
    except (OSError, UnicodeDecodeError, netrc.NetrcParseError) as error:
        told = error.msg if isinstance(error, netrc.NetrcParseError) else type(error).__name__
        raise CredentialsError(f"{file}: expected a netrc file that can be read, found {told}") from None
    return (found[0], found[2]) if found else None


class WhenAsked(httpx.Auth):
    """Gives a store our name and password once it asks for them, by the scheme it asks for: Digest before Basic."""

    def __init__(self) -> None:
        self._schemes: dict[tuple[str, str], httpx.Auth] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The requests that one request takes."""
        place = (str(request.url.copy_with(path="/", query=None)), request.url.path)
        scheme = self._schemes.get(place)
        if scheme is None:
            response = yield request
            scheme = self._asked_for(response)
            if scheme is None:
                return
            self._schemes[place] = scheme
        yield from scheme.auth_flow(request)

    def _asked_for(self, response: httpx.Response) -> httpx.Auth | None:
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return None
        found = credentials(response.request.url.host)
        offered = [each.lower() for each in response.headers.get_list("www-authenticate")]
        if found is None or not offered:
            return None
        if any(each.startswith("digest") for each in offered):
            return httpx.DigestAuth(*found)
        return httpx.BasicAuth(*found) if any(each.startswith("basic") for each in offered) else None

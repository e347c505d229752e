"""What the tests of pages share: a request to an application, and a page taken apart."""

import asyncio
from html.parser import HTMLParser

import httpx
from fastapi import FastAPI

VOID = {"meta", "link", "input", "br", "hr", "img"}


def sent(app: FastAPI, method: str, path: str, **headers: str) -> httpx.Response:
    """The response to a request, its path sent as it is written and its headers given by name, with '_' for '-'."""

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            del client.headers["accept"]
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=named)

    return asyncio.run(answered())


def media(response: httpx.Response) -> str:
    """The media type of a response, without parameters."""
    found: str = response.headers.get("content-type", "")
    return found.partition(";")[0]


class Parsed(HTMLParser):
    """A page taken apart: its elements, and its texts with the tags and classes they stand in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[frozenset[str], str]] = []
        self._open: list[tuple[str, frozenset[str]]] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and that it is open."""
        given = {name: held or "" for name, held in attrs}
        self.elements.append((tag, given))
        if tag not in VOID:
            self._open.append((tag, frozenset({tag, *(f".{name}" for name in given.get("class", "").split())})))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Note a text with what it stands in."""
        if data.strip():
            self.texts.append((frozenset().union(*(names for _, names in self._open)), " ".join(data.split())))

    def attributes(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [given[name] for _, given in self.elements if name in given]

    def within(self, *names: str) -> str:
        """The text that stands in all of these tags and classes."""
        return " ".join(text for found, text in self.texts if found.issuperset(names))

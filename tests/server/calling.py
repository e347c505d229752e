"""What the tests of look-ups share: the application over the release, and how a request is sent to it."""

import asyncio
from typing import Any

import httpx
from inline import app

from mandategraph.server.problems import PROBLEM


def send(method: str, path: str, accept: str | None = None, **options: Any) -> httpx.Response:
    """The response to a request; without `accept` the request has no such header."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            del client.headers["accept"]
            headers = {**({"Accept": accept} if accept is not None else {}), **options.pop("headers", {})}
            return await client.request(method, path, headers=headers, **options)

    return asyncio.run(sent())


def get(path: str, accept: str | None = None, **parameters: str) -> httpx.Response:
    """The response to GET."""
    return send("GET", path, accept, params=parameters or None)


def data(path: str, **parameters: str) -> dict[str, Any]:
    """What a look-up answers in JSON."""
    response = get(path, "application/json", **parameters)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def media(response: httpx.Response) -> str:
    """The media type of a response, without parameters."""
    found: str = response.headers.get("content-type", "")
    return found.partition(";")[0]


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that a response tells."""
    assert (response.status_code, media(response)) == (status, PROBLEM), response.text
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    return told

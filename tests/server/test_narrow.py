"""Pages in a narrow window: a browser lays them out, and none is wider than the window (WCAG 2.1, 1.4.10).

The browser is Chromium. Where it is not installed, this is skipped, unless MANDATEGRAPH_BROWSER_REQUIRED is set, as it
is in CI.
"""

import json
import os
import re
import shutil
import subprocess
import threading
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from inline import app

from browsing import sent
from mandategraph.server.pages import STYLE

REQUIRED = "MANDATEGRAPH_BROWSER_REQUIRED"
WIDTHS = (320, 400)
PAGES = (
    *("/", "/docs", "/sparql", "/support?action=1.2", "/support?action=9.9", "/ontology", "/graph/registry"),
    *("/plan/2012/action/2.1.2", "/instrument/ag-res-2551-xl-o-10", "/quotation/linking-document-2011/1.2/1"),
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%2020",
)
# A frame has the width of a window, which a browser's own window cannot have.
MEASURE = """<!doctype html><meta charset="utf-8"><body><pre id="told"></pre><script>
const told = {}, widths = %s, pages = %s
for (const page of pages) for (const width of widths) {
  const frame = document.createElement("iframe")
  frame.style = `border: 0; height: 800px; width: ${width}px`
  frame.src = `${page}.html`
  frame.onload = () => {
    told[`${page} ${width}`] = frame.contentDocument.documentElement.scrollWidth
    document.getElementById("told").textContent = JSON.stringify(told)
  }
  document.body.append(frame)
}
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its own signature
        """Write nothing."""


def chromium() -> str:
    """The command of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "Chromium is not installed (chromium)"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def laid_out(folder: Path) -> dict[str, int]:
    """How wide each page of a folder is in each width of a window."""
    options = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *(f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=30000", "--dump-dom"),
    ]
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "pages"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/measure.html"
        done = subprocess.run([chromium(), *options, address], capture_output=True, timeout=120, check=True)
        server.shutdown()
    found = re.search(r'<pre id="told">(.*?)</pre>', done.stdout.decode())
    assert found
    told: dict[str, int] = json.loads(unescape(found[1]))
    return told


def test_no_page_is_wider_than_a_narrow_window(tmp_path: Path) -> None:
    chromium()
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "style.css").write_text(STYLE, "utf-8")
    for number, path in enumerate(PAGES):
        (folder / f"{number}.html").write_bytes(sent(app(), "GET", path, accept="text/html").content)
    (folder / "measure.html").write_text(MEASURE % (list(WIDTHS), list(range(len(PAGES)))), "utf-8")
    told = laid_out(tmp_path)
    assert told.keys() == {f"{number} {width}" for number in range(len(PAGES)) for width in WIDTHS}
    assert {PAGES[int(name.split()[0])]: wide for name, wide in told.items() if wide > int(name.split()[1])} == {}

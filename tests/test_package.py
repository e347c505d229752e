"""The wheel: an installed package answers from the release it ships with."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    wheels = list(folder.glob("*.whl"))
    assert len(wheels) == 1
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the installed package, run outside the checkout."""
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from mandategraph.cli import main; main()"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=site.parent,
        env=environment,
        check=False,
    )


def test_it_answers_from_its_own_release(installed: Path) -> None:
    done = run(installed, "support", "1.4", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "Take note of the contribution of subregional police cooperation mechanisms" in done.stdout
    assert done.stderr == ""


def test_it_knows_how_people_write_names(installed: Path) -> None:
    done = run(installed, "search", "objetivo 2.1 acción 2", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "plan/2012/action/2.1.2" in done.stdout


def test_it_says_that_a_build_needs_a_checkout(installed: Path) -> None:
    done = run(installed, "build")
    assert done.returncode == 2
    assert "expected a checkout" in done.stderr


def test_it_carries_templates_and_licences(installed: Path) -> None:
    assert (installed / "mandategraph" / "server" / "templates" / "front.html").is_file()
    assert (installed / "mandategraph" / "py.typed").is_file()
    assert list(installed.glob("*.dist-info/licenses/LICENSE*"))

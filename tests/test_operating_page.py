"""What the pages for operators say is so: options, limits, figures, fields of the log, threats and their tests."""

import ast
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.core import TyperGroup
from typer.main import get_command

from mandategraph.cli.app import app
from mandategraph.server import problems, refusal
from mandategraph.server.observation import Observation
from mandategraph.server.settings import Limits, Patience, Settings
from serving import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text("utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
PAGES = {"docs/operating.md": OPERATING, "docs/privacy.md": PRIVACY, "SECURITY.md": SECURITY}


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is this, without marks of code."""
    (found,) = re.findall(rf"^\| {first} \|.*\n\|[-|]+\|\n((?:\|.*\|\n)+)", text, re.MULTILINE)
    return [[cell.strip().replace("`", "") for cell in line.strip("|\n").split("|")] for line in found.splitlines()]


def options() -> dict[str, tuple[str, object]]:
    """The options of `serve`: the variable of each in the environment, and its default."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    found: dict[str, tuple[str, object]] = {}
    for each in group.commands["serve"].params:
        if each.name != "help":
            name = each.secondary_opts[0] if each.default is True else each.opts[0]
            found[name] = (str(each.envvar or ""), each.default)
    return found


def test_every_option_stands_in_the_table_with_its_variable_and_its_default() -> None:
    rows = {option: (variable, default) for option, variable, default, _ in table(OPERATING, "option")}
    held = options()
    assert len(held) > 25
    assert {name: variable for name, (variable, _) in rows.items()} == {name: each for name, (each, _) in held.items()}
    told = {True: "on", False: "off"}
    plain = {
        name: told.get(default, str(default)) if isinstance(default, bool) else str(default)
        for name, (_, default) in held.items()
        if default is not None
    }
    assert {name: default for name, (_, default) in rows.items() if name in plain} == plain


def test_every_limit_stands_in_the_table_with_its_status() -> None:
    statuses = {
        (name.strip(), int(answer.split()[0].strip(",")))
        for _, _, answer, names in table(OPERATING, "reached")
        for name in names.split(",")
        if name.strip()
    }
    limits, patience = Limits(), Patience()
    outcomes = ("time", "memory", "size", "queue", "crowd", "client", "engine", "killed", "store", "switching")
    refusals = [each(patience) for each in (refusal.of_connections, refusal.of_client, refusal.of_headers)]
    refusals += [refusal.of_body(patience), refusal.of_time("headers", 1), refusal.of_time("body", 1)]
    assert statuses == {
        *((name, int(problems.of_limit(name, limits, 1).status)) for name in outcomes),
        *((str(each.members["limit"]), int(each.status)) for each in refusals),
        ("budget", int(problems.of_budget(limits, 1).status)),
        ("length", 413),
        ("unread", 429),
        ("unread", 503),
    }


def test_every_figure_and_every_field_of_the_log_stands_in_its_table() -> None:
    lines: list[str] = []
    observed = Observation(Settings(log_queries=True), lines.append)
    scope = {"type": "http", "method": "GET", "path": "/sparql", "client": ("192.0.2.7", 1)}
    observed.query(scope, "ASK {}")
    observed.outcome(scope, "ok", 0.1)
    observed.answered(scope, {"status": 200}, 1, 0.1)
    families = text_string_to_metric_families(observed.figures({"idle": 1}).decode())
    names = {
        each.name + ("_total" if each.type == "counter" else "")
        for each in families
        if not each.name.endswith("_created")
    }
    assert {row[0] for row in table(OPERATING, "figure")} == names
    fields = {name.strip() for row in table(OPERATING, "field") for name in row[0].split(",")}
    (line,) = lines
    assert fields == set(ast.literal_eval(line))


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_every_target_that_is_named_is_there(page: str) -> None:
    text = PAGES[page]
    linked = re.findall(r"\]\(([^)]+)\)", text)
    assert linked
    assert [each for each in linked if not (ROOT / page).parent.joinpath(each).exists()] == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"\n{target}:" in makefile for target in re.findall(r"`make (\w+)`", text))
    assert re.findall(r"https?://(?!127\.0\.0\.1)", text) == []


def named_tests(path: Path) -> set[str]:
    """The tests of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


def test_every_threat_names_tests_that_exist() -> None:
    rows = table(SECURITY, "threat")
    assert len(rows) > 20
    for threat, _, named in rows:
        pairs = [each.split("::") for each in named.split()]
        assert pairs, threat
        assert [name for file, name in pairs if name not in named_tests(ROOT / file)] == [], threat


def test_the_readme_leads_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [page for page in PAGES if f"]({page})" not in readme] == []

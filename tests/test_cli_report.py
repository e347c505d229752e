"""The commands about the reports of states. All reports are invented for the tests."""

import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from mandategraph import followup, schemes, turtle, validation
from mandategraph.followup import COLUMNS
from mandategraph.iris import DEFAULT_BASE
from mandategraph.queries import rows
from mandategraph.vocabulary import MG, A
from running import Command, answered
from serving import ROOT, folder_of, store

HEADER = ",".join(COLUMNS)
CANADA = "CA,2013,2014,2015-03,https://example.org/invented,2.1.2,Invented for this test.,under way,begun,"
MEXICO = "Mexico,2013-07,2014-06,2015,Informe inventado,{},«Inventado», reported done,concluida,https://example.org/e"
SUBCOMMANDS = ["template", "check", "coverage"]


@pytest.fixture
def forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with forms that invented reports are filled into."""
    files = {
        "one.csv": [CANADA],
        "two.csv": [MEXICO.format("2.1.2"), MEXICO.format("3.4.1")],
        "wrong.csv": [CANADA.replace("2.1.2", "2.1"), CANADA.replace("CA", "Atlantis")],
        "empty.csv": [],
    }
    for name, lines in files.items():
        (tmp_path / name).write_text("".join(f"{row}\n" for row in (HEADER, *lines)), "utf-8-sig")
    (tmp_path / "latin.csv").write_bytes(f"{HEADER}\n{MEXICO.format('2.1.2')}\n".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_have_help_with_examples(run: Command) -> None:
    told = answered(run("report", "--help")).text
    assert "Examples: mandategraph report template -o report.csv" in told
    assert run("report").status == 2
    for command in SUBCOMMANDS:
        assert f"mandategraph report {command}" in answered(run("report", command, "-h")).text.partition("Example")[2]


# template


def test_the_template_is_the_header_and_nothing_else(run: Command, tmp_path: Path) -> None:
    assert answered(run("report", "template")).text == f"{HEADER}\n"
    target = tmp_path / "report.csv"
    assert answered(run("report", "template", "-o", str(target))).out == b""
    assert target.read_text("utf-8") == f"{HEADER}\n"
    assert run("report", "template", "-o", str(tmp_path)).status == 2


def test_its_help_says_what_belongs_in_each_column(run: Command) -> None:
    told = " ".join(answered(run("report", "template", "--help")).text.split())
    assert [name for name, meaning in COLUMNS.items() if f"{name}: {meaning}." not in told] == []


# check


@pytest.mark.usefixtures("forms")
def test_forms_without_faults_are_summed_up(run: Command) -> None:
    told = answered(run("report", "check", "one.csv", "two.csv")).text
    assert told.endswith("no faults; reports: 2, entries: 3\n")
    rows = answered(run("report", "check", "one.csv", "two.csv", "--format", "csv")).csv()
    assert rows == answered(run("report", "check", "two.csv", "one.csv", "--format", "json")).json()
    assert [(row["state"], row["name"], row["period_begins"], row["actions"]) for row in rows] == [
        ("CA", "Canada", "2013", "1"),
        ("MX", "Mexico", "2013-07", "2"),
    ]


def test_a_form_is_read_from_standard_input(run: Command) -> None:
    assert answered(run("report", "check", "-", given=f"{HEADER}\n{CANADA}\n".encode())).text
    assert "-: expected the columns" in run("report", "check", "-").err


@pytest.mark.usefixtures("forms")
@pytest.mark.parametrize("command", ["check", "coverage"])
def test_all_faults_are_told_with_status_2(run: Command, command: str) -> None:
    outcome = run("report", command, "wrong.csv", "nowhere.csv", ".", "empty.csv", "latin.csv", "one.csv")
    assert (outcome.status, outcome.out) == (2, b"")
    told = outcome.err.removeprefix("mandategraph: ").split("\n")
    begins = [
        "nowhere.csv: expected a file that can be read, found No such file or directory",
        ".: expected a file that can be read, found Is a directory",
        "wrong.csv: row 2, action: expected an action of plan 2012 (2.1 is an objective; its actions: 2.1.1, 2.1.2, ",
        "wrong.csv: row 3, state: expected an ISO 3166-1 code",
        "empty.csv: row 2: expected a row for each action reported on",
        "latin.csv:2: expected text in UTF-8",
    ]
    assert len(told) == len(begins) + 1
    assert [line for line, begin in zip(told, begins, strict=False) if not line.startswith(begin)] == []


@pytest.mark.parametrize("line", ["check", "check one.csv --format xml", "coverage", "nothing", "check one.csv -o ."])
@pytest.mark.usefixtures("forms")
def test_what_a_user_does_wrong_is_told_with_status_2(run: Command, line: str) -> None:
    outcome = run("report", *line.split())
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err


@pytest.mark.parametrize("command", ["check", "coverage"])
def test_a_root_that_is_no_checkout_is_told(run: Command, tmp_path: Path, command: str) -> None:
    outcome = run("report", command, "x.csv", "--root", str(tmp_path))
    assert (outcome.status, outcome.out) == (2, b"")
    assert "name a checkout of mandategraph" in outcome.err


def test_turtle_conforms_to_the_shapes(run: Command, forms: Path) -> None:
    outcome = answered(run("report", "check", "one.csv", "two.csv", "--format", "ttl"))
    triples = turtle.read(outcome.text, DEFAULT_BASE)
    found = {triple.object for triple in triples if triple.predicate == A}
    assert {MG["ImplementationReport"], MG["ImplementationEntry"]} <= found
    actions = {triple.object for triple in triples if triple.predicate == MG["reportsOn"]}
    assert actions <= {triple.subject for triple in store().default_triples()}
    shapes = [
        triple
        for name in ("implementation-report", "implementation-entry", "activity", "agent")
        for triple in schemes.parsed((ROOT / "shapes" / f"{name}.ttl").read_text("utf-8"), name)
    ]
    assert validation.check([*triples, *store().default_triples()], shapes).findings == ()
    told = answered(run("report", "check", "two.csv", "one.csv", "-o", "reports.ttl"))
    assert told.text.endswith("entries: 3\n")
    assert (forms / "reports.ttl").read_bytes() == outcome.out


@pytest.mark.usefixtures("forms")
def test_what_does_not_conform_is_not_written(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    state = followup.state

    def thoughtless(*given: Any) -> set[ox.Triple]:
        stated = state(*given)
        return {triple for triple in stated if triple.predicate != MG["implementationStatus"]}

    monkeypatch.setattr(followup, "state", thoughtless)
    outcome = run("report", "check", "one.csv", "--format", "ttl")
    assert (outcome.status, outcome.out) == (1, b"")
    assert "An implementation entry has one status" in outcome.err


@pytest.mark.usefixtures("forms")
def test_turtle_needs_what_validates(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mandategraph.validation", "pyshacl"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delattr("mandategraph.validation", raising=False)
    outcome = run("report", "check", "one.csv", "--format", "ttl")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "install 'mandategraph[build]'" in outcome.err
    assert answered(run("report", "check", "one.csv")).text


# coverage


def actions() -> list[str]:
    """The actions of the plan of 2012, as the graph has them."""
    found = rows(store(), folder_of("lookups")["parts-of-plans"], {"plan": "2012"}).values()
    return [row["notation"] for row in found if row["class"] == MG["Action"].value]


@pytest.mark.usefixtures("forms")
def test_coverage_is_shown_by_action_and_by_state(run: Command) -> None:
    lines = answered(run("report", "coverage", "one.csv", "two.csv")).text.split("\n")
    assert [line.split() for line in lines if line.startswith(("action ", "2.1.2", "3.4.1", "1.1.1"))] == [
        ["action", "states", "CA", "MX"],
        ["1.1.1", "0"],
        ["2.1.2", "2", "U", "D"],
        ["3.4.1", "1", "D"],
    ]
    assert any(line.split() == ["MX", "Mexico", "2013-07/2014-06", "2", "of", "27"] for line in lines)
    told = " ".join(lines)
    assert "actions that no state reports on: 25 of 27: 1.1.1, 1.1.2" in told
    assert "nobody here has verified it" in told


@pytest.mark.usefixtures("forms")
def test_coverage_is_given_to_programs(run: Command) -> None:
    data = answered(run("report", "coverage", "one.csv", "two.csv", "--format", "json")).json()
    assert [each["action"] for each in data["actions"]] == actions()
    assert len(actions()) == 27
    assert data["states"][1] == {
        "state": "MX",
        "name": "Mexico",
        "periods": ["2013-07/2014-06"],
        "actions": 2,
        "of": 27,
    }
    (covered,) = [each for each in data["actions"] if each["action"] == "2.1.2"]
    assert covered["states"] == 2
    assert covered["statuses"][0] == {"state": "CA", "period": "2013/2014", "status": "under way"}
    assert data["unreported"] == [each for each in actions() if each not in ("2.1.2", "3.4.1")]
    rows = answered(run("report", "coverage", "one.csv", "two.csv", "--format", "csv")).csv()
    assert [row["action"] for row in rows] == actions()
    assert rows[-1] == {"action": "3.4.1", "states": "1", "CA": "", "MX": "reported done"}
    refused = run("report", "coverage", "one.csv", "--format", "ttl")
    assert (refused.status, refused.out) == (2, b"")
    assert "this answer has no Turtle form" in refused.err

"""The command line: what each command answers, its exit status, and that no user meets a traceback."""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.model import folded
from mandategraph.release import MANIFEST, digest, publish
from mandategraph.results import DATASET_FORMATS, GRAPH_FORMATS
from mandategraph.vocabulary import MG, OWL, PROV
from running import STALE, Command, answered
from serving import DOCUMENTS, HOME, ROOT, folder_of, manifest, store

COMMANDS = [
    *("build", "names", "checks", "validate", "support", "show", "query", "ask", "search", "wording"),
    *("export", "rebuild", "serve", "publish", "load"),
]
GROUPS = ["report"]


# Help


def test_the_command_is_installed_under_its_name() -> None:
    (script,) = entry_points(group="console_scripts", name="mandategraph")
    assert script.value == "mandategraph.cli:main"


def test_the_commands_are_listed(run: Command) -> None:
    listed = answered(run("--help")).text
    assert re.findall(r"^  ([a-z]+) +[A-Z]", listed, re.MULTILINE) == [*COMMANDS, *GROUPS]
    assert "Exit status: 0 answered, 1 a negative finding" in listed
    assert run().status == 2


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_help_with_an_example(run: Command, command: str, flag: str) -> None:
    told = answered(run(command, flag)).text
    assert f"mandategraph {command}" in told.partition("Example")[2]
    described = [line for line in told.split("\n") if line.startswith("  ")]
    assert described[0].strip()
    assert "--root" in told


# User errors

QUERY_FILES = {
    "syntax.rq": b"SELECT * {}\nLIMIT x",
    "service.rq": b"ASK {\n SERVICE <http://127.0.0.1:9/> {} }",
    "update.rq": b"DROP ALL",
    "deep.rq": b"ASK " + b"{" * 70,
    "binary.rq": b"ASK {} # \xff",
    "ask.rq": b"ASK {}",
    "rows.rq": b"SELECT * { ?s ?p ?o } LIMIT 1",
    "graph.rq": b"CONSTRUCT WHERE { ?s ?p ?o }",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with query files."""
    for name, content in QUERY_FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("support 9.9", "action '9.9': not found in the plans 2011-03-07, 2011-draft, 2012; nearest: 5.5, 5.4, 5.3"),
        ("support 1.2 --plan 2013", "plan '2013': not found in the plans 2011-03-07, 2011-draft, 2012; nearest: 2012"),
        ("support 2.1.2 --plan 2011-03-07", "action '2.1.2': not found in plan 2011-03-07; nearest: 2.1"),
        ("support 1.2 --format xml", "'xml' is not one of 'table', 'json', 'csv', 'ttl'"),
        ("support", "Missing argument"),
        ("show nothing-known", "resource 'nothing-known': not found in the release"),
        ("show Ixtapa", "nearest: Declaration and Program of Action of Ixtapa"),
        ("show plan-of-action-quebek-2001", "nearest: plan-of-action-quebec-2001"),
        ("show mg:Acton", "resource 'mg:Acton': not found"),
        ("show mg:<", "mg:<"),
        ("show http://example.org/<", "'http://example.org/<'"),
        ("ask 99", "question '99': not found in queries/questions; nearest:"),
        ("ask 01-mandates-of-action", "nearest: 01-mandates-of-an-action"),
        ("ask 1", "found no value for action"),
        ("ask 1 --param action", "--param: expected name=value, found action"),
        ("ask 1 --param action=1.2 --param nr=1", "found unknown nr"),
        ("ask list --format ttl", "has no Turtle form"),
        ("search ", "expected words to search for, found none"),
        ("wording ", "expected a draft sentence, found none"),
        ("ask 13 --param finding=a --param finding=b", "--param: expected each name once, found several of finding"),
        ("export trig -o nowhere/x.trig", "nowhere/x.trig: expected a file that can be written, found No such file"),
        ("query nowhere.rq", "nowhere.rq: expected a file of text in UTF-8, found No such file or directory"),
        ("query .", ".: expected a file of text in UTF-8, found Is a directory"),
        ("query binary.rq", "binary.rq: expected a file of text in UTF-8, found the byte 0x"),
        ("query syntax.rq", "syntax.rq:2:7: expected SPARQL 1.1"),
        ("query service.rq", "service.rq:2:2: expected a query without SERVICE"),
        ("query update.rq", "update.rq:1:1: expected a query: this graph is read-only"),
        ("query deep.rq", "deep.rq:1:69: expected brackets"),
        ("query ask.rq --format csv", "these results can be written as json, xml, not csv"),
        ("query rows.rq --format ttl", "these results can be written as json, xml, csv, tsv, not ttl"),
        ("query graph.rq --format table", "a graph can be written as ttl, nt, nq, trig, rdfxml, jsonld, not table"),
        ("export xlsx", "expected a format among nq, trig, jsonld, ttl, nt, rdfxml, found 'xlsx'"),
        ("export ttl -o nowhere/graph.ttl", "nowhere/graph.ttl: expected a file that can be written"),
        ("export ttl -o ask.rq/graph.ttl", "ask.rq/graph.ttl: expected a file that can be written"),
        ("export ttl -o .", "expected a file that can be written"),
        ("export ttl -o /", "expected a file that can be written"),
        (f"export ttl -o {'x' * 300}", "expected a file that can be written"),
        ("rebuild linking-document", "document 'linking-document': not found in the documents"),
        ("rebuild linking-document", "nearest: linking-document-2011"),
        ("build --base nonsense", "--base: a base is an absolute http(s) IRI that ends in '/', not 'nonsense'"),
        ("serve --port 70000", "--port"),
        (
            "serve --host nowhere.invalid",
            "--host: expected an address or a name of this machine, found 'nowhere.invalid'",
        ),
        ("nothing", "No such command 'nothing'"),
        ("support 1.2 --nothing", "No such option"),
        ("support \udcff", "'\\udcff'"),
        ("ask 1 --param action=\udcff", "action: expected"),
    ],
)
def test_what_a_user_does_wrong_is_told_with_status_2(run: Command, line: str, told: str) -> None:
    outcome = run(*line.split(" "))
    assert outcome.status == 2
    assert told in outcome.err
    assert outcome.out == b""


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("build", "validate", "export", "load")])
@pytest.mark.parametrize("root", ["empty", "nowhere", "file"])
def test_a_root_that_is_no_checkout_is_told(run: Command, tmp_path: Path, command: str, root: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    needed = [] if command in ("serve", "names", "checks") else ["1"]
    outcome = run(command, *needed, "--root", str(tmp_path / root))
    assert (outcome.status, outcome.out) == (2, b"")
    assert "data/sources/sources.toml: not found in" in outcome.err
    assert "name a checkout of mandategraph" in outcome.err


@pytest.mark.parametrize("line", ["build", "validate", "export ttl"])
def test_an_empty_root_is_told_by_the_other_commands_too(run: Command, tmp_path: Path, line: str) -> None:
    outcome = run(*line.split(), "--root", str(tmp_path))
    assert (outcome.status, outcome.out) == (2, b"")
    assert "name a checkout of mandategraph" in outcome.err


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without a release."""
    shutil.copytree(ROOT / "data" / "sources", tmp_path / "data" / "sources")
    for name in ("queries", "shapes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("line", ["support 1.2", "show 1.2", "ask list", "export nq", "rebuild x", "validate", "serve"])
def test_a_missing_build_is_told_with_the_remedy(run: Command, checkout: Path, line: str) -> None:
    outcome = run(*line.split(), "--root", str(checkout))
    assert (outcome.status, outcome.out) == (2, b"")
    assert re.search(r"a build \(release\.json\): not found in .*; run 'mandategraph build'\n$", outcome.err)


def test_an_address_in_use_is_told(run: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", str(port))
    assert (outcome.status, outcome.out) == (2, b"")
    assert f"127.0.0.1:{port}: expected an address that is free" in outcome.err


def test_markup_in_what_is_told_is_not_read_as_markup(run: Command) -> None:
    assert "action '[bold]x[/]'" in run("support", "[bold]x[/]").err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = "import sys; from mandategraph.cli import main; sys.argv[1:] = ['export', 'nq']; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(1)
        process.stdout.close()
        assert "Traceback" not in STALE.sub("", process.stderr.read().decode())
    assert process.returncode == 0


# support


def test_support_as_a_table_holds_every_word(run: Command) -> None:
    outcome = answered(run("support", "2.1"))
    lines = outcome.text.split("\n")
    rows = answered(run("support", "2.1", "--format", "csv")).csv()
    header = next(line for line in lines if line.startswith("nr "))
    begin, end = header.index("words"), header.index("characters")
    start = lines.index(header) + 1
    stop = next(number for number, line in enumerate(lines) if line.startswith("asserted by"))
    words = folded(" ".join(line[begin:end] for line in lines[start:stop]))
    assert len(rows) == 17
    position = 0
    for row in rows:
        found = words.find(row["words"], position)
        assert found >= position, row["words"]
        position = found + len(row["words"])
        assert f"{row['start']}–{row['end']}" in outcome.text
    assert max(map(len, lines)) <= 160


def test_support_as_a_table_says_who_says_what(run: Command) -> None:
    told = folded(answered(run("support", "2.1")).text)
    for plan in ("plan 2011-03-07 (draft) · action 2.1", "plan 2011-draft", "plan 2012 (agreed draft) · objective 2.1"):
        assert plan in told
    assert "asserted by the Secretariat for Multidimensional Security. The note says that" in told
    assert "this project's reading, machine-assisted, not reviewed by a human expert" in told
    assert "2.1.2 To exchange training curriculum" in told
    assert "not in quotation marks" not in folded(answered(run("support", "1.2", "--plan", "2011-03-07")).text)
    assert "(not in quotation marks)" in folded(answered(run("support", "4.2")).text)
    assert "(identity believed, not verified)" in folded(answered(run("support", "5.2")).text)


def test_support_is_honest_where_no_document_says(run: Command) -> None:
    told = folded(answered(run("support", "2.1.2")).text)
    assert "No document links mandates to this action; documents do so for plan 2011-03-07 only." in told
    assert "the plan itself says: “this Plan of Action seeks to complement the mandates" in told
    assert "checked: none: Which mandates support an action of the plan of 2012." in told


def test_support_as_json_holds_the_parts(run: Command) -> None:
    parts = answered(run("support", "2.1", "--format", "json")).json()
    assert [(part["plan"], part["kind"], len(part["quotations"])) for part in parts] == [
        ("2011-03-07", "action", 17),
        ("2011-draft", "action", 0),
        ("2012", "objective", 0),
    ]
    (part,) = answered(run("support", "2.1", "--plan", "2012", "--format", "json")).json()
    assert part == parts[2]


@pytest.mark.parametrize("words", [("objetivo 2.1 acción 2",), ("2.1.2", "--plan", "plan of 2012")])
def test_support_takes_what_people_type(run: Command, words: tuple[str, ...]) -> None:
    expected = answered(run("support", "2.1.2", "--format", "json")).json()
    assert answered(run("support", *words, "--format", "json")).json() == expected


RELEASE = ox.Triple(
    ox.NamedNode("https://w3id.org/mandategraph/sparql#dataset"), OWL["versionInfo"], ox.Literal(manifest().identity)
)
INFERRED = ox.NamedNode("https://w3id.org/mandategraph/graph/inferred")
BASIS = {
    "kind": MG["Asserted"].value,
    "verdict": "",
    "assertedBy": "https://w3id.org/mandategraph/body/secretariat-for-multidimensional-security",
    "attribution": "inferred by this project",
    "comparison": MG["NotCompared"].value,
    "release": manifest().identity,
}


def test_support_as_a_table_says_once_from_which_release_it_is(run: Command) -> None:
    lines = answered(run("support", "2.1")).text.split("\n")
    assert [line for line in lines if manifest().identity in line] == [f"release {manifest().identity}"]


def test_support_as_json_never_drops_its_basis(run: Command) -> None:
    first, draft, plan = answered(run("support", "2.1", "--format", "json")).json()
    assert [part["release"] for part in (first, draft, plan)] == [manifest().identity] * 3
    assert first["attribution"].endswith("that it wrote it is inferred from that, not stated.")
    assert (draft["attribution"], plan["attribution"]) == ("", "")
    assert [{name: row[name] for name in BASIS} for row in first["quotations"]] == [BASIS] * 17


def test_support_as_csv_has_the_columns_of_the_question_and_the_release(run: Command) -> None:
    question = folder_of("questions")["01-mandates-of-an-action"]
    rows = answered(run("support", "1.2", "--format", "csv")).csv()
    assert [tuple(row) for row in rows] == [(*question.columns, "release")] * 9
    assert [{name: row[name] for name in BASIS} for row in rows] == [BASIS] * 9
    assert rows == answered(run("ask", "1", "--param", "action=1.2", "--format", "csv")).csv()
    assert answered(run("support", "2.1.2", "--format", "csv")).csv() == []


def _left_out(triples: set[ox.Triple]) -> set[ox.Triple]:
    """What Turtle says of the triples it leaves out because only rules infer them; none of them is in it."""
    stated = {quad.triple for quad in store().quads() if quad.graph_name != INFERRED}
    assert not triples & (set(store().graph(INFERRED)) - stated)
    return {each for each in triples if each.subject == ox.BlankNode("answer")}


def test_support_as_turtle_holds_statements_and_evidence(run: Command) -> None:
    triples = answered(run("support", "1.4", "--plan", "2011-03-07", "--format", "ttl")).triples()
    assert triples - set(store().default_triples()) == {RELEASE, *_left_out(triples)}
    assert len(_left_out(triples)) == 2
    types = {triple.object for triple in triples if triple.predicate.value.endswith("#type")}
    assert {MG["Action"], MG["Quotation"], MG["AssertedSupport"], MG["Instrument"]} <= types
    assert sum(triple.predicate.value.endswith("oa#exact") for triple in triples) >= 1
    said = {(triple.predicate, triple.object) for triple in triples if "/support/" in str(triple.subject)}
    assert {(MG["statementKind"], MG["Asserted"]), (PROV["wasAttributedTo"], ox.NamedNode(BASIS["assertedBy"]))} <= said
    reasons = [str(triple.object) for triple in triples if triple.predicate == MG["reason"]]
    assert any("that it wrote it is inferred from that, not stated." in reason for reason in reasons)


# show


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        (MG["Action"].value, MG["Action"].value),
        ("mg:Action", MG["Action"].value),
        ("https://w3id.org/mandategraph/plan/2012", "https://w3id.org/mandategraph/plan/2012"),
        ("plan/2012/action/2.1.2", "https://w3id.org/mandategraph/plan/2012/action/2.1.2"),
        ("2.1.2", "https://w3id.org/mandategraph/plan/2012/action/2.1.2"),
        ("2012/2.1", "https://w3id.org/mandategraph/plan/2012/objective/2.1"),
        ("2011-03-07/2.1", "https://w3id.org/mandategraph/plan/2011-03-07/action/2.1"),
        ("linking-document-2011", "https://w3id.org/mandategraph/document/linking-document-2011"),
        ("plan-of-action-quebec-2001", "https://w3id.org/mandategraph/instrument/plan-of-action-quebec-2001"),
        ("AG/DEC. 63 (XL-O/10)", "https://w3id.org/mandategraph/instrument/ag-dec-63-lima-2010"),
    ],
)
def test_show_finds_a_resource_by_any_of_its_names(run: Command, name: str, iri: str) -> None:
    assert answered(run("show", name)).text.startswith(f"{iri}\n")
    rows = answered(run("show", name, "--format", "json")).json()
    about, pointing = store().describe(ox.NamedNode(iri))
    assert len(rows) == len(about) + len(pointing)
    assert {row["subject"] if row["object"] != iri else row["object"] for row in rows} == {iri}
    assert {row["graph"] for row in rows} <= manifest().graphs.keys()


def test_show_tells_apart_what_one_number_names(run: Command) -> None:
    rows = answered(run("show", "2.1", "--format", "csv")).csv()
    about = {row["subject"] for row in rows if row["predicate"].endswith("#notation")}
    assert {iri.partition("/plan/")[2] for iri in about} == {
        "2011-03-07/action/2.1",
        "2011-draft/action/2.1",
        "2012/objective/2.1",
    }


def test_show_as_turtle_holds_what_is_said_of_the_resource(run: Command) -> None:
    node = ox.NamedNode("https://w3id.org/mandategraph/plan/2012/action/2.1.2")
    triples = answered(run("show", "2.1.2", "--format", "ttl")).triples()
    stated = {quad.triple for quad in store().describe(node)[0] if quad.graph_name != INFERRED}
    assert triples == stated | _left_out(triples)
    assert len(_left_out(triples)) == 2


# query

SELECT = b"SELECT ?action { ?action a <https://w3id.org/mandategraph/ontology#Action> } ORDER BY ?action"


def test_query_answers_rows(run: Command) -> None:
    rows = answered(run("query", "-", "--format", "csv", given=SELECT)).csv()
    assert len(rows) == 73
    found = answered(run("query", "-", "--format", "json", given=SELECT)).json()
    assert [row["action"]["value"] for row in found["results"]["bindings"]] == [row["action"] for row in rows]
    table = answered(run("query", "-", given=SELECT)).text
    assert "plan/2012/action/2.1.2" in table
    assert table.endswith("73 rows\n")
    for form in ("xml", "tsv"):
        parsed = ox.parse_query_results(
            answered(run("query", "-", "--format", form, given=SELECT)).out,
            format=ox.QueryResultsFormat.from_extension(form if form == "tsv" else "srx") or ox.QueryResultsFormat.XML,
        )
        assert isinstance(parsed, ox.QuerySolutions)
        assert len(list(parsed)) == 73


@pytest.mark.usefixtures("folder")
def test_query_answers_yes_and_no_and_graphs(run: Command) -> None:
    assert answered(run("query", "ask.rq")).text == "yes\n"
    assert answered(run("query", "-", given=b"ASK { <x:a> <x:b> <x:c> }")).text == "no\n"
    assert answered(run("query", "ask.rq", "--format", "json")).json() == {"head": {}, "boolean": True}
    assert answered(run("query", "graph.rq")).triples() == set(store().default_triples())


# ask


def test_ask_list_lists_every_question(run: Command) -> None:
    listed = answered(run("ask", "list", "--format", "json")).json()
    questions = folder_of("questions").values()
    assert [(row["number"], row["question"]) for row in listed] == [(q.number, q.question) for q in questions]
    table = folded(answered(run("ask", "list")).text)
    assert all(f"{row['number']} " in table for row in listed)
    assert "What can this corpus not answer?" in table


@pytest.mark.parametrize("name", ["4", "04-actions-of-an-instrument"])
def test_ask_answers_by_number_and_by_name(run: Command, name: str) -> None:
    given = ("--param", "instrument=plan-of-action-quebec-2001")
    table = answered(run("ask", name, *given)).text
    assert table.startswith("Which actions does an instrument support")
    assert "12 rows" in table
    rows = answered(run("ask", name, *given, "--format", "json")).json()
    assert rows == answered(run("ask", name, *given, "--format", "csv")).csv()
    assert len(rows) == 12


def test_a_value_may_hold_an_equals_sign(run: Command) -> None:
    assert "'1=2'" in run("ask", "1", "--param", "action=1=2").err


def test_ask_as_turtle_holds_what_the_answer_rests_on(run: Command) -> None:
    triples = answered(run("ask", "8", "--param", "addressee=cicad", "--format", "ttl")).triples()
    assert len(triples) > 1
    assert triples - set(store().default_triples()) == {RELEASE, *_left_out(triples)}
    assert len(_left_out(triples)) == 2


def test_every_answer_to_a_question_says_from_which_release_it_is(run: Command) -> None:
    for question in folder_of("questions").values():
        if not any(not each.optional for each in question.parameters):
            rows = answered(run("ask", question.number, "--format", "csv")).csv()
            assert {(*row,) for row in rows} == {(*question.columns, "release")}
            assert {row["release"] for row in rows} == {manifest().identity}


# export


def without_blank_nodes(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """The quads that are the same wherever they are read."""
    return {
        quad for quad in quads if not isinstance(quad.subject, ox.BlankNode) | isinstance(quad.object, ox.BlankNode)
    }


@pytest.mark.parametrize("form", DATASET_FORMATS)
def test_an_exported_dataset_parses_back_whole(run: Command, form: str) -> None:
    quads = list(ox.parse(answered(run("export", form)).out, format=DATASET_FORMATS[form]))
    names = Counter(quad.graph_name for quad in quads)
    files = {ox.NamedNode(name): manifest().triples[file] for name, file in manifest().graphs.items()}
    assert names == files
    assert without_blank_nodes(quads) == without_blank_nodes(store().quads())


@pytest.mark.parametrize("form", [form for form in GRAPH_FORMATS if form not in DATASET_FORMATS])
def test_an_exported_graph_parses_back_whole(run: Command, form: str) -> None:
    triples = [quad.triple for quad in ox.parse(answered(run("export", form)).out, format=GRAPH_FORMATS[form])]
    assert len(triples) == len(set(triples))
    assert set(triples) == set(store().default_triples())


def test_export_writes_a_file(run: Command, tmp_path: Path) -> None:
    target = tmp_path / "graph.nt"
    target.write_text("before", "utf-8")
    assert answered(run("export", "nt", "-o", str(target))).out == b""
    assert sorted(target.read_bytes().split(b"\n")) == sorted(answered(run("export", "nt")).out.split(b"\n"))
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", [".", "nowhere/graph.ttl"])
def test_a_failed_export_leaves_nothing_behind(run: Command, folder: Path, name: str) -> None:
    (folder / "taken").mkdir()
    before = sorted(folder.rglob("*"))
    assert run("export", "ttl", "-o", str(folder / "taken" / name)).status == 2
    assert sorted(folder.rglob("*")) == before


# rebuild


@pytest.mark.parametrize("document", DOCUMENTS)
def test_rebuild_prints_a_document_to_the_byte(run: Command, document: str) -> None:
    assert answered(run("rebuild", document)).out == (ROOT / "data" / "sources" / f"{document}.txt").read_bytes()


def test_there_are_five_documents() -> None:
    assert len(DOCUMENTS) == 5


# validate, build


def small(checkout: Path, turtle: str) -> Path:
    """A checkout whose release holds one data graph and the shapes."""
    files = {"registry.ttl": turtle, "shapes.ttl": (HOME.release / "shapes.ttl").read_text("utf-8")}
    fields = json.loads((HOME.release / MANIFEST).read_text("utf-8"))
    fields["graphs"] = {name: file for name, file in fields["graphs"].items() if file in files}
    fields["digests"] = {file: digest(text) for file, text in files.items()}
    publish(checkout / "data" / "graph", {**files, MANIFEST: json.dumps(fields)})
    return checkout


def test_validate_conforms_with_status_0(run: Command, checkout: Path) -> None:
    outcome = run("validate", "--root", str(small(checkout, "")))
    assert (outcome.status, outcome.text) == (0, "0 rows\nconforms\n")


@pytest.mark.parametrize("form", ["table", "json", "csv", "ttl"])
def test_a_violation_is_a_finding_with_status_1(run: Command, checkout: Path, form: str) -> None:
    action = "https://w3id.org/mandategraph/plan/2012/action/1.1.1"
    root = small(checkout, f"<{action}> a <{MG['Action'].value}> .")
    outcome = run("validate", "--root", str(root), "--format", form)
    assert outcome.status == 1
    if form == "table":
        assert re.search(r"\n[1-9][0-9]* violations\n$", outcome.text)
    elif form == "ttl":
        assert ox.NamedNode(action) in {triple.object for triple in outcome.triples()}
    else:
        rows = outcome.json() if form == "json" else outcome.csv()
        assert {row["focus"] for row in rows} == {action}
        assert "Violation" in {row["severity"].rpartition("#")[2] for row in rows}


# Starting fast


@pytest.mark.parametrize(
    "line", ["support 1.2", "ask 25", "show 1.2", "export nt", "rebuild linking-document-2011", "report template"]
)
def test_looking_up_imports_nothing_heavy(line: str) -> None:
    code = (
        "import sys\nfrom mandategraph.cli import main\nsys.argv[1:] = sys.argv[1].split()\n"
        "try:\n    main()\nexcept SystemExit as left:\n    assert left.code == 0\n"
        "heavy = ('rdflib', 'owlrl', 'pyshacl', 'fastapi', 'starlette', 'uvicorn', 'jinja2', 'pycountry')\n"
        "print(*(name for name in heavy if name in sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, line], capture_output=True, text=True, cwd=ROOT, check=True)
    assert STALE.sub("", done.stderr) == "\n"
    assert done.stdout


def test_a_sound_release_leaves_no_name_and_no_check_open(run: Command) -> None:
    assert run("names", "--format", "json").text.strip() == "[]"
    outcome = run("checks", "--format", "json")
    assert (outcome.status, outcome.text.strip()) == (0, "[]")

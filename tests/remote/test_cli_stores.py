"""The commands answer from a store elsewhere as they do from the release that is here."""

import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.errors import StoreFault
from mandategraph.store.remote import RemoteStore
from running import Command, Outcome, answered
from scripted import Reply, scripted
from servers import Server, free_port
from serving import DOCUMENTS

ASKED = [
    ["support", "1.4"],
    ["support", "2.1.2", "--format", "json"],
    ["support", "2.1", "--plan", "2012", "--format", "csv"],
    ["show", "2551"],
    ["show", "plan/2012/action/2.1.2", "--format", "json"],
    ["show", "mg:Discrepancy", "--format", "csv"],
    ["ask", "list"],
    ["ask", "4", "--param", "instrument=plan-of-action-quebec-2001"],
    ["ask", "18", "--param", "type=deadline", "--format", "json"],
    ["ask", "7", "--format", "csv"],
    ["rebuild", DOCUMENTS[0]],
    ["rebuild", "no-such-document"],
    ["ask", "1", "--param", "action=9.9"],
]
GRAPHS = [
    (["support", "1.4", "--format", "ttl"], ox.RdfFormat.TURTLE),
    (["show", "plan/2012/action/2.1.2", "--format", "ttl"], ox.RdfFormat.TURTLE),
    (["export", "nq"], ox.RdfFormat.N_QUADS),
    (["export", "ttl"], ox.RdfFormat.TURTLE),
]
QUERIES = [
    (["query", "-"], "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    (["query", "-", "--format", "json"], "ASK { GRAPH ?g { ?s a ?class } }"),
    (["query", "-", "--format", "tsv"], "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"),
    (["query", "-"], "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
]


_HERE: dict[tuple[tuple[str, ...], bytes], Outcome] = {}


def here(run: Command, *arguments: str, given: bytes = b"") -> Outcome:
    """What a command does over the release that is here."""
    if (arguments, given) not in _HERE:
        _HERE[arguments, given] = run(*arguments, given=given)
    return _HERE[arguments, given]


def there(run: Command, server: Server, *arguments: str, given: bytes = b"") -> Outcome:
    """What a command does over a store elsewhere."""
    return run(*arguments, "--store", server.endpoints.query, given=given)


@pytest.mark.usefixtures("remote")
@pytest.mark.parametrize("arguments", ASKED, ids=" ".join)
def test_a_command_answers_as_it_does_here(run: Command, server: Server, arguments: list[str]) -> None:
    assert there(run, server, *arguments) == here(run, *arguments)


@pytest.mark.usefixtures("remote")
@pytest.mark.parametrize(("arguments", "form"), GRAPHS, ids=str)
def test_a_graph_is_the_one_that_is_here(
    run: Command, server: Server, arguments: list[str], form: ox.RdfFormat
) -> None:
    expected, found = answered(here(run, *arguments)), answered(there(run, server, *arguments))
    assert canonical(found.out, form) == canonical(expected.out, form)


def canonical(content: bytes, form: ox.RdfFormat) -> ox.Dataset:
    """The quads of a text, their blank nodes named by what is said of them."""
    held = ox.Dataset(ox.parse(content, form))
    held.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return held


@pytest.mark.usefixtures("remote")
@pytest.mark.parametrize(("arguments", "text"), QUERIES, ids=str)
def test_a_query_is_answered_as_it_is_here(run: Command, server: Server, arguments: list[str], text: str) -> None:
    assert there(run, server, *arguments, given=text.encode()) == here(run, *arguments, given=text.encode())


@pytest.mark.usefixtures("remote")
def test_the_form_of_a_report_is_checked_against_a_store(run: Command, server: Server, tmp_path: Path) -> None:
    form = tmp_path / "report.csv"
    form.write_bytes(answered(run("report", "template")).out)
    for command in ("check", "coverage"):
        expected = run("report", command, str(form))
        assert there(run, server, "report", command, str(form)) == expected


@pytest.mark.usefixtures("remote")
def test_a_store_is_named_by_the_environment(run: Command, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANDATEGRAPH_STORE", server.endpoints.query)
    expected = answered(run("query", "-", given=b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    monkeypatch.setenv("MANDATEGRAPH_STORE", f"http://127.0.0.1:{free_port()}/")
    assert run("query", "-", given=b"ASK {}").status == 2
    monkeypatch.setenv("MANDATEGRAPH_STORE", "")
    assert run("query", "-", given=b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == expected


# What goes wrong


@pytest.mark.parametrize("command", [["support", "1.2"], ["ask", "list"], ["export", "nq"]])
def test_a_store_that_is_not_there_is_a_users_error(run: Command, command: list[str]) -> None:
    address = f"http://127.0.0.1:{free_port()}/query"
    done = run(*command, "--store", address)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"mandategraph: {address}: expected a store that answers, found ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "list", "--store", "nowhere"], "--store: expected an http(s) address, found 'nowhere'"),
        (["load", "--to", "http://me:pw@127.0.0.1/"], "--to: expected an address without a user's name and password"),
        (["load", "--to", "http://127.0.0.1:9/", "--update", "x"], "--update: expected an http(s) address"),
        (["load", "--to", "http://127.0.0.1:9/", "--graph-store", "x"], "--graph-store: expected an http(s) address"),
        (["load"], "Missing option '--to'"),
    ],
)
def test_what_is_no_address_is_a_users_error(run: Command, arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert (done.status, done.out) == (2, b"")
    assert told in done.err


def test_a_store_without_a_release_is_a_users_error(run: Command) -> None:
    none = b'{"head":{"vars":["at","digest","version","manifest"]},"results":{"bindings":[]}}'
    with scripted(lambda _: Reply(body=none)) as server:
        done = run("ask", "list", "--store", server.address)
    assert (done.status, done.out) == (2, b"")
    assert done.err == (
        f"mandategraph: {server.address}: expected a release; 'mandategraph load' puts one there, found 'none'\n"
    )


def test_without_its_package_a_store_is_not_asked(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("mandategraph.store.", "mandategraph.publication"))]:
        if name not in ("mandategraph.store.embedded", "mandategraph.store.addresses"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx", None)
    for arguments in (["ask", "list", "--store", "http://127.0.0.1:9/"], ["load", "--to", "http://127.0.0.1:9/"]):
        done = run(*arguments)
        assert (done.status, done.out) == (2, b"")
        assert done.err == ("mandategraph: a store elsewhere needs the package httpx; install 'mandategraph[remote]'\n")


def test_an_export_of_two_releases_is_not_given_as_one(remote: RemoteStore) -> None:
    changed = RemoteStore(remote.link, remote.dataset, lambda: False)
    with pytest.raises(StoreFault, match="expected one release from the first graph to the last, found 'two'"):
        list(changed.quads())

"""The way from paths at the service to the IRIs of a release, and back."""

import pytest

from mandategraph.iris import DEFAULT_BASE, RULES
from mandategraph.server.addresses import FORMATS, Addresses, routes, split
from mandategraph.vocabulary import MG

OTHER = "http://example.org/mandates/"


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER])
@pytest.mark.parametrize(
    "path", ["plan/2012", "plan/2012/action/2.1.2", "graph/source/x", "document/x/a/b-1", "report/1"]
)
def test_a_path_under_the_base_is_the_path_at_the_service(base: str, path: str) -> None:
    addresses = Addresses(base)
    assert addresses.iri(path) == base + path
    assert addresses.path(base + path) == f"/{path}"
    assert addresses.path(f"{base}{path}#evidence-quote") == f"/{path}#evidence-quote"


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER])
def test_the_terms_stand_where_they_are_whatever_the_base(base: str) -> None:
    addresses = Addresses(base)
    assert addresses.iri("ontology") == MG.iri.removesuffix("#")
    assert addresses.iri("ontology/0.1.0") == f"{DEFAULT_BASE}ontology/0.1.0"
    assert addresses.path(MG["Action"].value) == "/ontology#Action"
    assert addresses.vocabulary(f"{DEFAULT_BASE}shapes") == f"{base}graph/shapes"
    assert addresses.vocabulary(f"{DEFAULT_BASE}ontology/0.1.0") is None
    assert addresses.vocabulary(f"{OTHER}shapes") is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "plan", "plan/", "plan/2012/", "Plan/2012", "plan/2012#x", "plan/2012\n", "plan/20\x0012", "plan//2012"),
        *("plan/../plan/2012", "document/../../etc/passwd", "plan/é", "plan/\ufffd"),
        *("ontology/", "ontologyx", "ontology#Action", "shapes/../x"),
    ],
)
def test_what_no_rule_makes_is_no_iri(path: str) -> None:
    assert Addresses(DEFAULT_BASE).iri(path) is None


@pytest.mark.parametrize("iri", ["http://www.w3.org/ns/prov#Agent", "javascript:alert(1)", "", OTHER, f"{OTHER}plan"])
def test_what_is_not_under_the_base_is_not_found_at_the_service(iri: str) -> None:
    assert Addresses(DEFAULT_BASE).path(iri) is None


def test_a_suffix_names_a_format_and_the_points_of_a_number_do_not() -> None:
    for form in FORMATS:
        assert split(f"plan/2012/action/2.1.2{form.suffix}") == ("plan/2012/action/2.1.2", form)
    assert split("plan/2012/action/2.1.2") == ("plan/2012/action/2.1.2", None)
    assert split("ontology/0.1.0") == ("ontology/0.1.0", None)


def test_every_kind_of_resource_has_a_route() -> None:
    first = {rule.template.partition("/")[0] for rule in RULES.values()}
    assert sorted(routes()) == sorted(
        [f"/{name}/{{rest:path}}" for name in first - {"sparql", "dataset", "prefixes"}]
        + [f"/{name}{{rest:path}}" for name in ("ontology", "shapes", "sparql", "dataset", "prefixes")]
    )


def test_support_can_be_asked_for_parts_of_plans_only() -> None:
    addresses = Addresses(DEFAULT_BASE)
    assert addresses.action(f"{DEFAULT_BASE}plan/2012/action/2.1.2") == ("2012", "2.1.2")
    assert addresses.action(f"{DEFAULT_BASE}plan/2012/objective/2.1") == ("2012", "2.1")
    assert addresses.action(f"{DEFAULT_BASE}plan/2012") is None
    assert addresses.action("http://example.org/") is None


@pytest.mark.parametrize(
    ("path", "kind", "parts"),
    [
        ("plan/2012/action/2.1.2", "action", "2012 · 2.1.2"),
        ("order-part", "", "order-part"),
        ("ontology", "", "ontology"),
    ],
)
def test_a_resource_without_a_name_is_told_apart_by_what_its_iri_is_made_of(path: str, kind: str, parts: str) -> None:
    addresses = Addresses(DEFAULT_BASE)
    assert (
        addresses.kind(DEFAULT_BASE + path),
        addresses.told_apart(DEFAULT_BASE + path).removeprefix(DEFAULT_BASE),
    ) == (
        kind,
        parts,
    )

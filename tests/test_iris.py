"""Minting and parsing are inverse, and every resource of the release was minted."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mandategraph.iris import DEFAULT_BASE, RULES, Iris, is_name, passage_key, wording_key
from mandategraph.model import UnitKey, UnitKind, words_of
from mandategraph.vocabulary import MG

AWAITING_DATA = {"implementation-report", "implementation-entry"}
"""Rules for what is stated of forms that states fill in; no such form is in the release."""

SEPARATORS = " \n\u00a0-–_,.;“”()'"


@st.composite
def names(draw: st.DrawFn, rule: str = "") -> tuple[str, dict[str, str]]:
    """A rule and parts it can mint from."""
    held = RULES[rule or draw(st.sampled_from(sorted(RULES)))]
    return held.name, {key: draw(st.from_regex(pattern, fullmatch=True)) for key, pattern in held.patterns}


@pytest.mark.parametrize("rule", sorted(RULES))
@given(data=st.data())
def test_what_was_minted_is_parsed_back(rule: str, data: st.DataObject) -> None:
    name, parts = data.draw(names(rule))
    assert Iris().parse(Iris().mint(name, **parts).value) == (rule, parts)


@given(names(), names())
def test_minting_is_injective(one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]) -> None:
    same = Iris().mint(one[0], **one[1]) == Iris().mint(other[0], **other[1])
    assert same == (one == other)


@pytest.mark.parametrize("rule", sorted(RULES))
@settings(max_examples=25)
@given(data=st.data())
def test_no_path_is_parsed_by_two_rules(rule: str, data: st.DataObject) -> None:
    name, parts = data.draw(names(rule))
    path = RULES[name].mint(**parts)
    assert [each.name for each in RULES.values() if each.parse(path) is not None] == [rule]


@pytest.mark.parametrize(
    ("rule", "parts", "path"),
    [
        ("meeting", {"slug": "csh-wg-2012-03-15"}, "meeting/csh-wg-2012-03-15"),
        ("state", {"code": "mx"}, "state/mx"),
        ("person", {"slug": "jeremy-long"}, "person/jeremy-long"),
        ("programme", {"slug": "life-skills"}, "programme/life-skills"),
        ("symbol", {"slug": "csh-gt-dss-12-12"}, "symbol/csh-gt-dss-12-12"),
        ("membership", {"document": "d", "person": "p", "role": "chair-b"}, "membership/d/p/chair-b"),
        (
            "mention",
            {"document": "d", "start": "0", "end": "4", "kind": "body", "slug": "oas"},
            "mention/d/0/4/body/oas",
        ),
        ("statement", {"name": "s"}, "statement/s"),
        ("order", {"name": "o"}, "order/o"),
        ("order-part", {"name": "o", "number": "2"}, "order/o/2"),
        ("mandate", {"by": "o", "kind": "plan", "slug": "2012", "number": "1"}, "mandate/o/plan/2012/1"),
        ("outcome", {"order": "o", "number": "1"}, "outcome/o/1"),
        ("duty", {"name": "d"}, "duty/d"),
        ("duty-status", {"name": "d"}, "duty/d/status"),
        ("disagreement", {"name": "d"}, "discrepancy/d"),
        ("discrepancy", {"document": "d", "key": "res-0123456789"}, "discrepancy/d/res-0123456789"),
        ("identity", {"name": "i"}, "identity/i"),
        (
            "quotation-theme",
            {"document": "d", "notation": "1.1", "number": "2", "theme": "police"},
            "theme/quotation/d/1.1/2/police",
        ),
        ("action-theme", {"plan": "2012", "notation": "1.1.1", "theme": "police"}, "theme/action/2012/1.1.1/police"),
        ("principle", {"name": "p"}, "principle/p"),
    ],
)
def test_what_the_tables_hold_has_a_path_one_can_read(rule: str, parts: dict[str, str], path: str) -> None:
    assert Iris().mint(rule, **parts).value == DEFAULT_BASE + path
    assert Iris().parse(DEFAULT_BASE + path) == (rule, parts)


@pytest.mark.parametrize(
    ("rule", "parts", "message"),
    [
        ("action", {"plan": "2012"}, r"action: expected the parts \['notation', 'plan'\], found \['plan'\]"),
        ("plan", {"plan": "2012", "x": "y"}, r"plan: expected the parts \['plan'\], found \['plan', 'x'\]"),
        ("plan", {"plan": ""}, "plan: expected plan to match"),
        ("plan", {"plan": "A"}, "found 'A'"),
        ("plan", {"plan": "-a"}, "found '-a'"),
        ("plan", {"plan": "a/b"}, "found 'a/b'"),
        ("plan", {"plan": "a\n"}, r"found 'a\\n'"),
        ("plan", {"plan": ".."}, "found '..'"),
        ("action", {"plan": "2012", "notation": "1.1."}, "action: expected notation to match"),
        ("overlap", {"number": "0"}, "overlap: expected number to match"),
        ("state", {"code": "MX"}, "state: expected code to match"),
        ("mention", {"document": "d", "start": "01", "end": "4", "kind": "body", "slug": "b"}, "start to match"),
        ("mention", {"document": "d", "start": "0", "end": "0", "kind": "body", "slug": "b"}, "end to match"),
        ("element", {"document": "a", "path": "b//c"}, "element: expected path to match"),
        ("passage", {"slug": "a", "key": "words"}, "passage: expected key to match"),
    ],
)
def test_bad_parts_are_refused(rule: str, parts: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Iris().mint(rule, **parts)


@given(st.text(alphabet="ab1.-/_ Aé\n", max_size=4))
def test_a_name_is_what_can_be_minted(text: str) -> None:
    try:
        minted = Iris().parse(Iris().mint("plan", plan=text).value) == ("plan", {"plan": text})
    except ValueError:
        minted = False
    assert is_name(text) == minted


@pytest.mark.parametrize(
    "base",
    [
        "",
        "example.org/",
        "ftp://example.org/",
        "https://example.org",
        "https://",
        "https:///",
        "https:////",
        "https://example.org/a b/",
        "https://example.org/<a>/",
        "https://example.org/?a/",
        "https://example.org/#a/",
        "https://example.org:port/",
        "https://example.org/%zz/",
        "https://example.org/a/../",
        "https://example.org/\x00/",
    ],
)
def test_bad_bases_are_refused(base: str) -> None:
    with pytest.raises(ValueError, match="a base is an absolute"):
        Iris(base)


@pytest.mark.parametrize("base", [DEFAULT_BASE, "http://localhost:8000/", "https://example.org/a/b/", "https://é.org/"])
def test_a_base_moves_what_is_minted(base: str) -> None:
    moved = Iris(base)
    assert moved.mint("plan", plan="2012").value == f"{base}plan/2012"
    assert moved.parse(f"{base}plan/2012") == ("plan", {"plan": "2012"})
    assert moved.parse("https://elsewhere.example/plan/2012") is None
    assert moved.parse(f"{base}nothing/of/ours") is None


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (UnitKey(UnitKind.PLAN, "2012"), "plan/2012"),
        (UnitKey(UnitKind.CHAPTER, "2"), "plan/2012/chapter/2"),
        (UnitKey(UnitKind.OBJECTIVE, "2.1"), "plan/2012/objective/2.1"),
        (UnitKey(UnitKind.ACTION, "2.1.2"), "plan/2012/action/2.1.2"),
        (UnitKey(UnitKind.ACTION, "10.20.30"), "plan/2012/action/10.20.30"),
        (UnitKey(UnitKind.SECTION, "follow-up"), "plan/2012/section/follow-up"),
        (UnitKey(UnitKind.PARAGRAPH, "follow-up/2"), "plan/2012/section/follow-up/2"),
    ],
)
def test_every_kind_of_unit_has_its_iri(key: UnitKey, path: str) -> None:
    assert Iris().unit("2012", key).value == DEFAULT_BASE + path


def test_units_of_different_kinds_have_different_iris() -> None:
    minted = {Iris().unit("2012", UnitKey(kind, "1/1" if kind is UnitKind.PARAGRAPH else "1")) for kind in UnitKind}
    assert len(minted) == len(UnitKind)


@given(names(), st.lists(st.from_regex(r"[a-z0-9-]+", fullmatch=True), min_size=1))
def test_the_whole_of_a_part_is_what_it_is_a_part_of(name: tuple[str, dict[str, str]], parts: list[str]) -> None:
    node = Iris().mint(name[0], **name[1])
    assert Iris.part(node, *parts) != node
    assert Iris.whole(Iris.part(node, *parts)) == node
    assert Iris.whole(node) == node


@given(st.lists(st.text(alphabet="abcdeéñ0", min_size=1), min_size=1), st.data())
def test_a_passage_key_does_not_depend_on_case_spacing_or_punctuation(words: list[str], data: st.DataObject) -> None:
    between = st.text(alphabet=SEPARATORS, min_size=1)
    text = "".join((word.upper() if data.draw(st.booleans()) else word) + data.draw(between) for word in words)
    assert passage_key(text) == passage_key(" ".join(words))


@given(st.text(), st.text())
def test_passages_with_other_words_have_other_keys(one: str, other: str) -> None:
    assert (passage_key(one) == passage_key(other)) == (words_of(one) == words_of(other))


@given(st.text().filter(words_of))
def test_words_make_a_key_that_can_be_minted(text: str) -> None:
    parts = {"slug": "a", "key": passage_key(text)}
    assert Iris().parse(Iris().mint("passage", **parts).value) == ("passage", parts)


def test_a_wording_key_depends_on_every_character() -> None:
    keys = {wording_key(each) for each in ("Plan of X, 2001", "plan of X, 2001", "Plan of X 2001", "Plan of X,  2001")}
    assert len(keys) == 4
    assert {key.rpartition("-")[0] for key in keys} == {"plan-of-x-2001"}


def test_every_resource_of_the_release_was_minted_by_one_rule(root: Path, iris: Iris) -> None:
    files = [each for each in (root / "data/graph").rglob("*.ttl") if each.name not in ("ontology.ttl", "shapes.ttl")]
    named = {
        term.value
        for file in files
        for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE)
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(iris.base)
    }
    written_by_hand = (MG.iri, f"{iris.base}shapes#")
    paths = {
        Iris.whole(ox.NamedNode(each)).value.removeprefix(iris.base)
        for each in named
        if not each.startswith(written_by_hand)
    }
    parsed = {path: [rule.name for rule in RULES.values() if rule.parse(path) is not None] for path in paths}
    assert {path: rules for path, rules in parsed.items() if len(rules) != 1} == {}
    assert {rules[0] for rules in parsed.values()} == RULES.keys() - AWAITING_DATA

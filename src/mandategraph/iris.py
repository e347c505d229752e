"""The IRIs of this project's resources: each rule to mint one stands beside its inverse."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pyoxigraph import NamedNode

from mandategraph.model import UnitKey, UnitKind, words_of

DEFAULT_BASE = "https://w3id.org/mandategraph/"

_SEGMENT = r"[a-z0-9][a-z0-9.-]*"
_DATE = r"[0-9]{4}(?:-[0-9]{2}){0,2}"
_BASE = re.compile(r"https?://[\w.-]+(?::[0-9]+)?/(?:(?:[^\s<>\"{}|\\^`?#%/\x00-\x20]|%[0-9A-Fa-f]{2})+/)*")


def is_name(text: str) -> bool:
    """Whether a text can be a segment of an IRI of this project.

    >>> is_name("ag-dec-63-lima-2010"), is_name("Res 3")
    (True, False)
    """
    return bool(re.fullmatch(_SEGMENT, text))


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of IRI is put together and taken apart: a template of named segments, each with its pattern."""

    name: str
    template: str
    patterns: tuple[tuple[str, str], ...]

    def mint(self, **parts: str) -> str:
        """The path of the resource these parts name.

        Raises:
            ValueError: a part is missing or does not have the form of its place.
        """
        patterns = dict(self.patterns)
        if parts.keys() != patterns.keys():
            raise ValueError(f"{self.name}: expected the parts {sorted(patterns)}, found {sorted(parts)}")
        for key, value in parts.items():
            if not re.fullmatch(patterns[key], value):
                raise ValueError(f"{self.name}: expected {key} to match {patterns[key]!r}, found {value!r}")
        return self.template.format(**parts)

    def parse(self, path: str) -> dict[str, str] | None:
        """The parts a path was minted from, or None if this rule did not mint it."""
        found = _pattern(self).fullmatch(path)
        return found.groupdict() if found else None


@cache
def _pattern(rule: Rule) -> re.Pattern[str]:
    pattern = re.escape(rule.template)
    for key, part in rule.patterns:
        pattern = pattern.replace(re.escape("{" + key + "}"), f"(?P<{key}>{part})")
    return re.compile(pattern)


_DOCUMENT = ("document", _SEGMENT)
_NUMBER = ("number", r"[1-9][0-9]*")
_QUOTATION = ("quotation", r"[1-9][0-9]*")
_KEY = ("key", r"[\w-]+-[0-9a-f]{10}")
_PLAN = ("plan", _SEGMENT)
_NOTATION = ("notation", r"[0-9]+(?:\.[0-9]+)*")
_ROLE = ("role", _SEGMENT)
_THEME = ("theme", _SEGMENT)
_CHARACTERS = (("start", r"0|[1-9][0-9]*"), ("end", r"[1-9][0-9]*"))
_ROW = (("kind", r"[a-z]+"), ("slug", _SEGMENT))
_REPORT = (_PLAN, ("state", r"[a-z]{2}"), ("begins", _DATE), ("ends", _DATE))
_CODED = (_DOCUMENT, _NOTATION, _QUOTATION, _NUMBER)

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("document", "document/{document}", (_DOCUMENT,)),
        Rule("element", "document/{document}/{path}", (_DOCUMENT, ("path", rf"{_SEGMENT}(?:/{_SEGMENT})*"))),
        Rule("plan", "plan/{plan}", (_PLAN,)),
        Rule("chapter", "plan/{plan}/chapter/{notation}", (_PLAN, _NOTATION)),
        Rule("objective", "plan/{plan}/objective/{notation}", (_PLAN, _NOTATION)),
        Rule("action", "plan/{plan}/action/{notation}", (_PLAN, _NOTATION)),
        Rule("section", "plan/{plan}/section/{section}", (_PLAN, ("section", _SEGMENT))),
        Rule("paragraph", "plan/{plan}/section/{section}/{number}", (_PLAN, ("section", _SEGMENT), _NUMBER)),
        Rule("instrument", "instrument/{slug}", (("slug", _SEGMENT),)),
        Rule("body", "body/{slug}", (("slug", _SEGMENT),)),
        Rule("state", "state/{code}", (("code", r"[a-z]{2}"),)),
        Rule("quotation", "quotation/{document}/{notation}/{number}", (_DOCUMENT, _NOTATION, _NUMBER)),
        Rule("support", "support/{document}/{notation}/{number}", (_DOCUMENT, _NOTATION, _NUMBER)),
        Rule("passage", "passage/{slug}/{key}", (("slug", _SEGMENT), _KEY)),
        Rule("identification", "identification/{document}/{key}", (_DOCUMENT, _KEY)),
        Rule("discrepancy", "discrepancy/{document}/{key}", (_DOCUMENT, _KEY)),
        Rule("classification", "classification/{key}", (_KEY,)),
        Rule("reading", "reading/{document}/{notation}/{number}", (_DOCUMENT, _NOTATION, _NUMBER)),
        Rule("cue", "cue/{document}/{notation}/{quotation}/{number}", _CODED),
        Rule("address", "address/{document}/{notation}/{quotation}/{number}", _CODED),
        Rule("overlap", "overlap/{number}", (_NUMBER,)),
        Rule("stated-source", "stated-source/{plan}/{name}", (_PLAN, ("name", _SEGMENT))),
        Rule("scope", "scope/{name}", (("name", _SEGMENT),)),
        Rule("meeting", "meeting/{slug}", (("slug", _SEGMENT),)),
        Rule("person", "person/{slug}", (("slug", _SEGMENT),)),
        Rule("programme", "programme/{slug}", (("slug", _SEGMENT),)),
        Rule("symbol", "symbol/{slug}", (("slug", _SEGMENT),)),
        Rule("membership", "membership/{document}/{person}/{role}", (_DOCUMENT, ("person", _SEGMENT), _ROLE)),
        Rule("mention", "mention/{document}/{start}/{end}/{kind}/{slug}", (_DOCUMENT, *_CHARACTERS, *_ROW)),
        Rule("statement", "statement/{name}", (("name", _SEGMENT),)),
        Rule("order", "order/{name}", (("name", _SEGMENT),)),
        Rule("order-part", "order/{name}/{number}", (("name", _SEGMENT), _NUMBER)),
        Rule("mandate", "mandate/{by}/{kind}/{slug}/{number}", (("by", _SEGMENT), *_ROW, _NUMBER)),
        Rule("outcome", "outcome/{order}/{number}", (("order", _SEGMENT), _NUMBER)),
        Rule("duty", "duty/{name}", (("name", _SEGMENT),)),
        Rule("duty-status", "duty/{name}/status", (("name", _SEGMENT),)),
        Rule("disagreement", "discrepancy/{name}", (("name", _SEGMENT),)),
        Rule("identity", "identity/{name}", (("name", _SEGMENT),)),
        Rule(
            "quotation-theme",
            "theme/quotation/{document}/{notation}/{number}/{theme}",
            (_DOCUMENT, _NOTATION, _NUMBER, _THEME),
        ),
        Rule("action-theme", "theme/action/{plan}/{notation}/{theme}", (_PLAN, _NOTATION, _THEME)),
        Rule("principle", "principle/{name}", (("name", _SEGMENT),)),
        Rule("implementation-report", "implementation-report/{plan}/{state}/{begins}/{ends}", _REPORT),
        Rule(
            "implementation-entry",
            "implementation-report/{plan}/{state}/{begins}/{ends}/{notation}",
            (*_REPORT, _NOTATION),
        ),
        Rule("activity", "activity/{name}", (("name", _SEGMENT),)),
        Rule("agent", "agent/{name}", (("name", _SEGMENT),)),
        Rule("source-graph", "graph/source/{document}", (_DOCUMENT,)),
        Rule("graph", "graph/{name}", (("name", _SEGMENT),)),
        Rule("result", "report/{number}", (_NUMBER,)),
        Rule("service", "sparql", ()),
        Rule("dataset", "dataset", ()),
        Rule("prefixes", "prefixes", ()),
        Rule("example", "example/{name}", (("name", _SEGMENT),)),
    )
}  # fmt: skip


class Iris:
    """The IRIs under one base."""

    def __init__(self, base: str = DEFAULT_BASE) -> None:
        if not _BASE.fullmatch(base) or {".", ".."} & set(base.split("/")):
            raise ValueError(f"a base is an absolute http(s) IRI that ends in '/', not {base!r}")
        self.base = base

    def mint(self, rule: str, **parts: str) -> NamedNode:
        """The IRI a rule makes of its parts.

        >>> Iris().mint("action", plan="2012", notation="2.1.2").value
        'https://w3id.org/mandategraph/plan/2012/action/2.1.2'
        """
        return NamedNode(self.base + RULES[rule].mint(**parts))

    def parse(self, iri: str) -> tuple[str, dict[str, str]] | None:
        """The rule and the parts an IRI was minted from, or None if it is not one of ours.

        >>> Iris().parse("https://w3id.org/mandategraph/plan/2012/action/2.1.2")
        ('action', {'plan': '2012', 'notation': '2.1.2'})
        """
        if not iri.startswith(self.base):
            return None
        for rule in RULES.values():
            parts = rule.parse(iri.removeprefix(self.base))
            if parts is not None:
                return rule.name, parts
        return None

    def unit(self, plan: str, key: UnitKey) -> NamedNode:
        """The IRI of a plan or a part of it."""
        return _UNITS[key.kind](self, plan, key.notation)

    @staticmethod
    def whole(node: NamedNode) -> NamedNode:
        """The node that a part belongs to: the inverse of `part`.

        >>> Iris.whole(NamedNode("http://example.org/a#evidence-quote")).value
        'http://example.org/a'
        """
        return NamedNode(node.value.partition("#")[0])

    @staticmethod
    def part(node: NamedNode, *names: str) -> NamedNode:
        """The IRI of a node that belongs to another, behind its IRI and a '#'.

        >>> Iris.part(NamedNode("http://example.org/a"), "evidence", "quote").value
        'http://example.org/a#evidence-quote'
        """
        return NamedNode(f"{node.value}#{'-'.join(names)}")


def _named(rule: str) -> Callable[[Iris, str, str], NamedNode]:
    return lambda iris, plan, notation: iris.mint(rule, plan=plan, notation=notation)


def _paragraph(iris: Iris, plan: str, notation: str) -> NamedNode:
    section, _, number = notation.partition("/")
    return iris.mint("paragraph", plan=plan, section=section, number=number)


_UNITS: dict[UnitKind, Callable[[Iris, str, str], NamedNode]] = {
    UnitKind.PLAN: lambda iris, plan, _: iris.mint("plan", plan=plan),
    UnitKind.CHAPTER: _named("chapter"),
    UnitKind.OBJECTIVE: _named("objective"),
    UnitKind.ACTION: _named("action"),
    UnitKind.SECTION: lambda iris, plan, notation: iris.mint("section", plan=plan, section=notation),
    UnitKind.PARAGRAPH: _paragraph,
}


def passage_key(text: str) -> str:
    """A readable key of a passage that does not depend on order: its first words, and a digest of all its words.

    >>> passage_key("Take note of the contribution of subregional mechanisms")
    'take-note-of-the-contribution-4cfdb20fa6'
    """
    words = words_of(text)
    return _key(words, words)


def wording_key(wording: str) -> str:
    """A readable key of a wording to the letter: its first words, and a digest of its characters."""
    return _key(words_of(wording), wording)


def _key(words: str, digested: str) -> str:
    digest = hashlib.sha256(digested.encode()).hexdigest()[:10]
    return "-".join([*words.split()[:5], digest])

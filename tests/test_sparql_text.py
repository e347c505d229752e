"""What a SPARQL text is refused for: other endpoints, updates, merged graphs, deep nesting; and nothing else."""

import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.errors import SyntaxFault
from mandategraph.places import Place
from mandategraph.sparql_text import MAX_DEPTH, is_volatile, kind_of, merged, normalised, prefixes, refused, tokens

OTHER = "<http://127.0.0.1:9/>"
EMPTY = "PREFIX : <http://127.0.0.1:9/>"
GROUP = "{ ?s ?p ?o }"


def fault(text: str) -> SyntaxFault:
    """What a text is refused for."""
    with pytest.raises(SyntaxFault) as caught:
        refused(text, "a.rq")
    return caught.value


# Other endpoints


@pytest.mark.parametrize(
    "keyword", ["SERVICE", "service", "SeRvIcE", "SERVICE SILENT", "service\nsilent", "SERVICE#\n"]
)
@pytest.mark.parametrize("name", [OTHER, "?s", ":x", "ex:x"])
def test_service_is_refused_in_any_case(keyword: str, name: str) -> None:
    text = f"{EMPTY} PREFIX ex: {OTHER} SELECT * {{ {keyword} {name} {GROUP} }}"
    assert fault(text).expected == "a query without SERVICE: this endpoint calls no other"
    assert fault(text).found.upper().startswith("SERVICE")


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT*{{?s ?p ?o.SERVICE{OTHER}{GROUP}}}",
        f"SELECT * {{ ?s ?p 'a'SERVICE {OTHER} {GROUP} }}",
        f"SELECT * {{ ?s ?p 1 . SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ # SELECT '\nSERVICE {OTHER} {GROUP} }}",
        f"ASK {{ # a comment ends with a return\rSERVICE {OTHER} {GROUP} }}",
        f"ASK {{ ?s ?p '''it's''' . SERVICE {OTHER} {GROUP} }}",
        f'ASK {{ ?s ?p """a "quoted" word""" . SERVICE {OTHER} {GROUP} }}',
        f"ASK {{ ?s ?p '\\'' . SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ ?s ?p '' . SERVICE {OTHER} {{ ?s ?p '' }} }}",
        f"ASK {{ ?s ?p <http://example.org/a#b> . SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ FILTER(?a < 1 && 2 > ?b) SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE {OTHER} {GROUP} }} }}",
        f"CONSTRUCT WHERE {{ SERVICE {OTHER} {GROUP} }}",
        f"DESCRIBE ?s {{ SERVICE {OTHER} {GROUP} }}",
        f"SELECT * {{ {{ SELECT * {{ SERVICE {OTHER} {GROUP} }} }} }}",
    ],
)
def test_service_is_refused_wherever_it_stands(text: str) -> None:
    assert "SERVICE" in fault(text).expected


@pytest.mark.parametrize(
    "text",
    [
        f"ASK {{ FILTER(?a<'>') SERVICE {OTHER} {{ ?s ?p 'x' }} }}",
        f"ASK {{ FILTER(?a<?b#>'''\n) SERVICE {OTHER} {{ ?s ?p '''x''' }} }}",
        f"{EMPTY} ASK {{ SERVICE:x {GROUP} }}",
        f"ASK {{ SERVICESILENT{OTHER} {GROUP} }}",
        f"{EMPTY} ASK {{ SERVICESILENT:x {GROUP} }}",
        f"PREFIX ex: {OTHER} ASK {{ ?s ?p ex:.SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ <http://example.org/\u00a0#> ?p ?o . SERVICE {OTHER} {GROUP} }}",
        f"ASK {{ <http://example.org/\u2028'> ?p ?o . SERVICE {OTHER} {{ ?s ?p 'x' }} }}",
        f"PREFIX : <http://example.org:1> ASK {{ ?s ?p :SERVICE {OTHER} {GROUP} }}",
        f"PREFIX ex: <http://example.org:1> ASK {{ ?s ?p ex:SERVICE {OTHER} {GROUP} }}",
    ],
    ids=[
        *("less-than-read-as-iri", "comment-read-as-iri", "name-without-prefix", "silent-without-space"),
        *("silent-before-a-name", "dot-behind-a-prefix", "iri-with-a-no-break-space", "iri-with-a-line-separator"),
        *("name-that-is-no-iri", "name-with-a-prefix-that-is-no-iri"),
    ],
)
def test_service_is_refused_where_the_engine_reads_it(text: str) -> None:
    """Oxigraph reads SERVICE in each of these texts, though one token seems to hide it, and would make the call."""
    assert "SERVICE" in fault(text).expected


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p 'SERVICE <x:a> {}' }",
        'ASK { ?s ?p "SERVICE" }',
        "ASK { ?s ?p '''a\nSERVICE\n'b' SERVICE''' }",
        'ASK { ?s ?p """a "SERVICE" SERVICE""" }',
        "ASK { ?s ?p 'it\\'s SERVICE' }",
        "ASK { ?s ?p 'a'@service }",
        "ASK { ?s ?p <http://example.org/SERVICE#SERVICE> }",
        "# SERVICE <x:a> {}\nASK {} # SERVICE",
        "ASK { ?service ?SERVICE $service }",
        "PREFIX ex: <x:> ASK { ?s ex:SERVICE ex:a.service , ex:a-SERVICE , ex:service:service }",
        "PREFIX : <x:> ASK { ?s a :SERVICE ; :service : }",
        "ASK { ?s ?p _:service , _:SERVICE }",
    ],
)
def test_service_as_part_of_another_token_is_allowed(text: str) -> None:
    ox.Store().query(text)
    assert refused(text, "a.rq") == text


@given(st.text())
def test_nothing_is_refused_for_what_a_string_or_a_comment_holds(text: str) -> None:
    comment = re.sub(r"[\r\n]", " ", text)
    query = f"SELECT * {{ ?s ?p {ox.Literal(text)} }} # {comment}"
    assert refused(query, "a.rq") == query


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rf"ASK {{ \u0053ERVICE {OTHER} {{}} }}", r"\u0053"),
        (rf"ASK {{ \U00000053ervice {OTHER} {{}} }}", r"\U00000053"),
        (rf"ASK {{ ?s ?p 'a\u0027 . SERV\u0049CE {OTHER} {{}} #' }}", r"\u0027"),
        (rf"ASK {{ ?s ?p ex:a\u0020\u0053ERVICE {OTHER} {{}} }}", r"\u0020"),
        (f"ASK {{ \u017fervice {OTHER} {{}} }}", "\u017f"),
    ],
)
def test_service_is_refused_where_other_engines_read_it(text: str, found: str) -> None:
    """Oxigraph does not; those that read the escapes of characters first, or fold the case of all of Unicode, do."""
    assert fault(text).found == found


@pytest.mark.parametrize(
    "text",
    [
        r"ASK { ?s ?p 'caf\u00e9 service' }",
        r"ASK { ?s ?p 'it\u0027s', <http://example.org/caf\u00e9> }",
        "ASK { ?\u017fervice ?p '\u017fervice' }",
        r"ASK { ?s ?p '\uD83D' } # \UFFFFFFFF\u0053",
    ],
)
def test_escapes_that_spell_no_call_are_allowed(text: str) -> None:
    assert refused(text, "a.rq") == text


def test_the_engine_reads_a_text_by_its_base() -> None:
    text = "PREFIX ex: <a/> ASK { ?s ?p ?service , <b> }"
    assert "no SERVICE" in fault(text).expected
    assert refused(text, "a.rq", "http://example.org/") == text


# Updates


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "delete where { ?s ?p ?o }",
        "PREFIX ex: <x:> # SELECT\nDELETE { ?s ex:p ?o } INSERT { ?s ex:q ?o } WHERE { ?s ex:p ?o }",
        "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/>",
        "CLEAR ALL",
        "CREATE GRAPH <x:g>",
        "DROP SILENT DEFAULT",
        "COPY DEFAULT TO <x:g>",
        "MOVE DEFAULT TO <x:g>",
        "ADD DEFAULT TO <x:g>",
        "BASE <x:> CLEAR ALL",
    ],
)
def test_updates_are_refused(text: str) -> None:
    assert fault(text).expected == "a query: this graph is read-only"


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX add: <x:> SELECT ?insert ?drop { ?insert add:load ?drop }",
        "PREFIX load: <x:> BASE <x:clear> ASK { <x:drop> load:create 'INSERT DATA' }",
        "# DROP ALL\nDESCRIBE <x:a>",
    ],
)
def test_the_words_of_updates_are_allowed_in_names(text: str) -> None:
    ox.Store().query(text)
    assert refused(text, "a.rq") == text


# Merged graphs


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * FROM <x:a> FROM <x:b> {}", "x:a x:b", ""),
        ("SELECT * from <x:a> From <x:b> {}", "x:a x:b", ""),
        ("SELECT * FROM<x:a>FROM<x:b>{}", "x:a x:b", ""),
        ("SELECT * FROM <x:a> FROM NAMED <x:b> FROM <x:c> {}", "x:a x:c", "x:b"),
        ("PREFIX ex: <x:> ASK FROM ex:a FROM ex:b {}", "x:a x:b", ""),
        ("ASK FROM # FROM\n<x:a> # FROM\nFROM <x:b> {}", "x:a x:b", ""),
        ("PREFIX : <x:> ASK FROM:a FROM:b {}", "x:a x:b", ""),
        ("PREFIX g: <x:> DESCRIBE <x:d> FROM g:a FROM g:b FROM NAMED g:c FROM NAMED <x:d>", "x:a x:b", "x:c x:d"),
    ],
)
def test_merged_graphs_are_told(text: str, default: str, named: str) -> None:
    ox.Store().query(text)
    assert refused(text, "a.rq") == text
    assert merged(text) == (tuple(default.split()), tuple(named.split()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BASE <x:> SELECT * FROM <a> FROM <x:b> {}", "<a>"),
        ("BASE <x:> SELECT * FROM <x:b> FROM <a> {}", "<a>"),
        ("BASE <x:> SELECT * FROM <x:b> FROM <x:c> FROM NAMED <a> {}", "<a>"),
        ("PREFIX ex: <x:> PREFIX ex: <y:> ASK FROM ex:a FROM <x:b> {}", "ex:a"),
        (r"PREFIX ex: <x:> ASK FROM ex:a\-b FROM <x:b> {}", r"ex:a\-b"),
        (r"ASK FROM <x:\u0041> FROM <x:b> {}", "<"),
        ("PREFIX ex: <x:> ASK FROM <x:a> FROMex:b {}", "FROMex:b"),
        ("ASK FROM NAMED <x:a> FROMNAMED <x:b> FROM <x:c> {}", "FROMNAMED"),
        ("ASKFROM <x:a> FROM <x:b> {}", "ASKFROM"),
        ("PREFIX : <> ASK FROM :x:a FROM <x:b> {}", ":x:a"),
    ],
)
def test_graphs_to_merge_that_cannot_be_told_are_refused(text: str, found: str) -> None:
    assert fault(text).expected == "an absolute IRI or a prefixed name, where there is more than one FROM"
    assert fault(text).found == found


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <x:a> {}",
        "SELECT * FROM <x:a> FROM NAMED <x:b> {}",
        "SELECT * FROM NAMED <x:a> FROM named <x:b> FROM <x:c> {}",
        "SELECT * FROM <x:FROM> { ?from ?p 'FROM <x:a> FROM <x:b>' }",
        "PREFIX ex: <x:> SELECT * FROM ex:from { ?s ex:from ?from }",
        "PREFIX from: <x:> SELECT * FROM from:a { ?s from:b ?from }",
        "PREFIX from: <x:> SELECT ?from { ?s from:b ?from }",
    ],
)
def test_one_graph_and_any_number_of_named_ones_are_left_to_the_engine(text: str) -> None:
    ox.Store().query(text)
    assert refused(text, "a.rq") == text
    assert merged(text) is None


# Nesting


@pytest.mark.parametrize(("opening", "closing"), [("{", "}"), ("(", ")"), ("[", "]")])
def test_brackets_nest_so_deep_and_no_deeper(opening: str, closing: str) -> None:
    text = f"ASK {opening * MAX_DEPTH}{closing * MAX_DEPTH}"
    assert refused(text, "a.rq") == text
    deeper = fault(f"ASK {opening * (MAX_DEPTH + 1)}")
    assert deeper.expected.endswith(f"at most {MAX_DEPTH} deep")
    assert (deeper.place, deeper.found) == (Place("a.rq", 1, 5 + MAX_DEPTH), opening)


def test_brackets_of_every_kind_add_up() -> None:
    assert "deep" in fault("ASK " + "{([" * (MAX_DEPTH // 3 + 1)).expected


@pytest.mark.parametrize("text", ["(!", "IF(!", "( ! "])
def test_negated_brackets_nest_less_deep(text: str) -> None:
    """A fault within them takes the engine's parser twice as long with each level: minutes at 25."""
    assert "deep" in fault("ASK { FILTER " + text * 25 + ")" * 25 + " }").expected
    shallow = "ASK { FILTER " + "(!" * 5 + "?a" + ")" * 5 + " }"
    assert refused(shallow, "a.rq") == shallow


def test_brackets_side_by_side_are_not_deep() -> None:
    text = "ASK {" + "{} " * (2 * MAX_DEPTH) + "}"
    assert refused(text, "a.rq") == text


def test_brackets_in_other_tokens_are_not_deep() -> None:
    many = "(" * (2 * MAX_DEPTH)
    text = f"ASK {{ <http://example.org/{many}> ?p '{many}' , '''{many}''' }} # {many}"
    assert refused(text, "a.rq") == text


def test_the_deepest_nesting_is_one_the_engine_bears() -> None:
    inner = MAX_DEPTH - 1
    assert ox.Store().query("ASK {" + "{" * inner + "}" * inner + "}")


def test_quotation_marks_without_their_second_are_few() -> None:
    """Behind each the rest of the text is looked through for the second."""
    text = "ASK { <urn:it's> ?p " + ", ".join("'\n" for _ in range(30)) + "}"
    assert fault(text).expected == "at most 20 quotation marks without their second in a query"
    assert refused("ASK { <urn:it's> ?p ?o }", "a.rq")


# Places


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        (f"SELECT * {{\n ?s ?p ?o .\n  Service {OTHER} {{}} }}", Place("a.rq", 3, 3), "Service"),
        (f"SELECT * {{ ?s ?p 'é𝔘' . SERVICE {OTHER} {{}} }}", Place("a.rq", 1, 25), "SERVICE"),
        ("# first\n\n DROP ALL", Place("a.rq", 3, 2), "DROP"),
        ("ASK\nFROM <x:a>\nFROM <b> {}", Place("a.rq", 3, 6), "<b>"),
    ],
)
def test_the_place_is_told(text: str, place: Place, found: str) -> None:
    assert (fault(text).place, fault(text).found) == (place, found)


# Tokens


@given(st.text() | st.text("?$:_@#<>'\"\\\n .aéS-%1{}"))
def test_tokens_are_pieces_of_the_text_and_leave_out_only_space_and_comments(text: str) -> None:
    end = 0
    for _, found, offset in tokens(text):
        assert text[offset : offset + len(found)] == found
        assert not re.sub(r"#[^\n\r]*", "", text[end:offset]).strip()
        end = offset + len(found)
    assert not re.sub(r"#[^\n\r]*", "", text[end:]).strip()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("SELECT ?a $b {", ["word", "variable", "variable", "other"]),
        ("<x:a> ex:b :c 'd'@en-GB", ["iri", "prefixed", "prefixed", "string", "language"]),
        ("ex:a.b.", ["prefixed", "other"]),
        ("ex:a%20b\\,c", ["prefixed"]),
        ("'a\nb'", ["other", "word", "word", "other"]),
        ("", []),
    ],
)
def test_the_kinds_of_tokens(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _, _ in tokens(text)] == kinds


# What the cache asks


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * {}", "rows"),
        ("# ASK\nBASE <x:ASK> PREFIX ask: <x:> select * {}", "rows"),
        ("PREFIX : <x:>ASK{}", "boolean"),
        ("DESCRIBE <x:a>", "graph"),
        ("CONSTRUCT WHERE { ?select ?ask ?describe }", "graph"),
        ("", None),
        ("INSERT DATA {}", None),
        ("PREFIX a: <urn:(SELECT)> ASK {}", None),
        ("PREFIX a: <urn:it's> ASK {}", None),
    ],
)
def test_the_kind_of_results_is_told_from_the_text(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize("name", ["NOW", "rand", "Uuid", "STRUUID", "BNODE"])
@pytest.mark.parametrize("call", ["()", " ()", "\n( )", "#(\n()", " # a\n # b\n()"])
def test_a_call_that_answers_differently_each_time_is_seen(name: str, call: str) -> None:
    assert is_volatile(f"SELECT * {{ BIND({name}{call} AS ?x) }}")


@pytest.mark.parametrize("text", ["SELECT ?now { ?rand a ?uuid }", "ASK { ?s <x:now> 'known (all)' }", "ASK {}"])
def test_a_query_without_such_a_call_is_not_volatile(text: str) -> None:
    assert not is_volatile(text)


@pytest.mark.parametrize("text", ["ASK { FILTERNOW() }", "SELECT * {} ORDER BYRAND()", "SELECT (1ASNOW()) {}"])
def test_a_call_is_seen_where_it_is_joined_to_what_is_before_it(text: str) -> None:
    assert is_volatile(text)


def test_an_escape_of_a_character_counts_as_volatile_for_it_may_spell_such_a_call() -> None:
    text = r"SELECT (\u004EOW() AS ?x) {}"
    assert is_volatile(text)


PIECES = [
    "SELECT * {",
    "}",
    "?s",
    "<x:p>",
    "<",
    "'a  b'",
    '"',
    "#c\n",
    "# '\n",
    " ",
    "\n\t",
    "FILTER(?a<?b)",
    "ex:a",
    ".",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_normalised_text_has_the_same_tokens_and_is_normal(text: str) -> None:
    normal = normalised(text)
    assert [(kind, found) for kind, found, _ in tokens(normal)] == [(kind, found) for kind, found, _ in tokens(text)]
    assert normalised(normal) == normal


@pytest.mark.parametrize("text", ["ASK\u00a0 {}", "ASK  {}\u2028", "ASK { \x0c }"])
def test_what_is_white_space_to_unicode_only_is_left_as_it_is(text: str) -> None:
    """It is a fault to the engine, and must not be taken for the query without it."""
    assert normalised(text) == text


def test_the_prefixes_of_a_text_are_those_of_its_prologue() -> None:
    declared = "PREFIX a: <x:> PREFIXb:<y:>prefix c: # <no:>\n<z:> BASE <q:> PREFIX:<w:>"
    assert prefixes(f"{declared} SELECT * {{ ?s ex: <no:> }}") == {"a": {"x:"}, "b": {"y:"}, "c": {"z:"}, "": {"w:"}}
    assert prefixes("PREFIX a: <x:> PREFIX a: <y:> DESCRIBE b: <z:>") == {"a": {"x:", "y:"}}


def test_texts_that_differ_in_white_space_and_comments_only_are_one() -> None:
    assert len({normalised(text) for text in ("ASK  { }", "ASK # x\n{ }", "\nASK\t{ }\n", "ASK { }#")}) == 1


@pytest.mark.parametrize("text", ["ASK { FILTER(1<2) #a>\n }", "ASK {  FILTER(?a <?b)  }"])
def test_where_a_sign_could_be_read_in_two_ways_the_text_is_left_as_it_is(text: str) -> None:
    assert normalised(text) == text

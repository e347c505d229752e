"""What a corpus leaves open: names that no row means, and oddities of the texts that no discrepancy covers."""

import re
from collections.abc import Iterable

from mandategraph import anomalies, mentions
from mandategraph.errors import LocatedError, TableError
from mandategraph.model import Corpus, Reading
from mandategraph.places import Place, Span
from mandategraph.triples.spans import located, placed, reading_of

_ANY = "any"


def faults(corpus: Corpus) -> list[LocatedError]:
    """Everything that a corpus leaves open."""
    return [*unread_lines(corpus), *open_names(corpus), *open_oddities(corpus)]


def open_names(corpus: Corpus) -> list[LocatedError]:
    """The names of each text that are in no mention and not excused, and the excuses that no text needs.

    Mentions whose words are not where they say come first, and alone: what they cover cannot be told.
    """
    faults: list[LocatedError] = [*_misplaced(corpus)]
    if faults:
        return faults
    forms, needed = forms_of(corpus), set[tuple[str, str]]()
    for reading in corpus.readings:
        document = reading.source.identifier
        spans = mentioned(reading, corpus)
        excused = [each.words for each in corpus.entities.excused if each.document in (document, _ANY)]
        faults += mentions.unknown(reading.source.file, reading.text, spans, excused, forms)
        idle = set(mentions.idle(reading.text, spans, excused, forms))
        needed |= {(of, words) for words in excused if words not in idle for of in (document, _ANY)}
    faults += [
        TableError(each.place, "words that a check reports and no mention covers", each.words)
        for each in corpus.entities.excused
        if (each.document, each.words) not in needed
    ]
    return faults


def _misplaced(corpus: Corpus) -> Iterable[TableError]:
    for mention in corpus.entities.mentions:
        try:
            placed(corpus, mention)
        except TableError as fault:
            yield fault


def unread_lines(corpus: Corpus) -> list[TableError]:
    """The lines that a source of the registry's entities names and that no text has."""
    lines = {reading.source.file: reading.text.count("\n") + 1 for reading in corpus.readings}
    held = corpus.entities
    cited = [("bodies", slug, "source", row.source) for slug, row in held.bodies.items()]
    cited += [("bodies", slug, "part_of_source", row.part_of_source) for slug, row in held.bodies.items()]
    cited += [("meetings", slug, "source", meeting.source) for slug, meeting in held.meetings.items()]
    cited += [("states", slug, "source", state.source) for slug, state in held.states.items()]
    cited += [("persons", slug, "source", person.source) for slug, person in held.persons.items()]
    cited += [("programmes", slug, "source", programme.source) for slug, programme in held.programmes.items()]
    cited += [("symbols", slug, "source", symbol.source) for slug, symbol in held.symbols.items()]
    return [
        TableError(Place(f"data/registry/{table}.tsv"), f"{column} of {slug}: a line of a text here", each)
        for table, slug, column, sources in cited
        for each in sources.split(" ; ")
        if each and not each.startswith(("http://", "https://"))
        for file, _, named in [each.partition(":")]
        if not all(0 < int(number) <= lines.get(file, 0) for number in re.findall(r"[0-9]+", named))
    ]


def open_oddities(corpus: Corpus) -> list[TableError]:
    """What is at odds with itself in a text and has no discrepancy of its kind over it."""
    kinds = {row.name: row.kind for row in corpus.claims.discrepancies}
    spans: dict[str, dict[str, list[Span]]] = {}
    faults: list[TableError] = []
    for side in corpus.claims.sides:
        try:
            span = located(reading_of(corpus, side.document, side.place), side.words, side.place)
        except TableError as fault:
            faults.append(fault)
        else:
            spans.setdefault(side.document, {}).setdefault(kinds[side.discrepancy], []).append(span)
    return faults or [
        fault
        for reading in corpus.readings
        for fault in anomalies.unknown(reading, anomalies.find(reading), spans.get(reading.source.identifier, {}))
    ]


def left_names(corpus: Corpus) -> list[tuple[str, mentions.Candidate]]:
    """The names that are in no mention and not excused, each with its document."""
    forms = forms_of(corpus)
    found: list[tuple[str, mentions.Candidate]] = []
    for reading in corpus.readings:
        document = reading.source.identifier
        excused = [each.words for each in corpus.entities.excused if each.document in (document, _ANY)]
        left = mentions.uncovered(reading.text, mentioned(reading, corpus), excused, forms)
        found += [(document, each) for each in left]
    return found


def mentioned(reading: Reading, corpus: Corpus) -> list[Span]:
    """The characters of a document that mentions cover."""
    document = reading.source.identifier
    return [Span(each.start, each.end) for each in corpus.entities.mentions if each.document == document]


def forms_of(corpus: Corpus) -> frozenset[str]:
    """The forms in which rows of the registry are known: names, short forms, symbols, and every wording mentioned."""
    held = corpus.entities
    bodies: Iterable[str] = (form for row in held.bodies.values() for form in (row.name, row.abbreviation))
    named = (row.name for rows in (held.meetings, held.states, held.persons, held.programmes) for row in rows.values())
    symbols = (row.symbol for row in held.symbols.values())
    titles = (row.title for row in corpus.registry.instruments.values())
    return frozenset(filter(None, [*bodies, *named, *symbols, *titles, *(each.words for each in held.mentions)]))

"""The pipeline: calls the stages in order, from the files of a checkout to a release."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import metadata, version
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mandategraph import completeness, corpora, description, queries, schemes, selectors, triples, turtle
from mandategraph.corpora import Inputs
from mandategraph.description import dataset, examples
from mandategraph.errors import ClashError, InvalidGraphError, MandategraphError, MissingError, raise_all
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.release import MANIFEST, Home, Manifest, checked_triples, digest, is_data, manifest, publish, texts
from mandategraph.vocabulary import SH, lexical

if TYPE_CHECKING:
    from mandategraph.validation import Report

Watch = Callable[[str], AbstractContextManager[object]]
NOT_DATA_SHAPES = "shapes/style.ttl"


def unwatched(stage: str) -> AbstractContextManager[object]:
    """No interest in the stages."""
    del stage
    return nullcontext()


@dataclass(frozen=True)
class Built:
    """A release that was made: its manifest, its files, and what was taken over from the one before."""

    manifest: Manifest
    files: dict[str, str]
    reused: tuple[str, ...]


@dataclass
class _Build:
    where: Home
    iris: Iris
    watch: Watch
    fresh: bool

    @cached_property
    def inputs(self) -> Inputs:
        return Inputs(self.where.inputs(), str(self.where.root))

    @cached_property
    def version(self) -> str:
        return version("mandategraph")

    @cached_property
    def before(self) -> tuple[Manifest, dict[str, str]] | None:
        """The release that stands, if there is a sound one."""
        if self.fresh:
            return None
        try:
            held = manifest(self.where.release)
            found = texts(self.where.release, held)
        except MandategraphError:
            return None
        return held, {held.graphs[name.value]: text for name, text in found.items()}

    def joined(self, folder: str, leave_out: str = "") -> str:
        """The Turtle files of a folder as one text, in the order of their names."""
        names = [name for name in self.inputs.files if name.startswith(f"{folder}/") and name.endswith(".ttl")]
        if not names:
            raise MissingError(f"{folder}/*.ttl", str(self.where.root))
        faults: list[MandategraphError] = []
        for name in names:
            try:
                schemes.parsed(self.inputs.text(name), name)
            except MandategraphError as fault:
                faults.append(fault)
        raise_all(faults)
        return "\n".join(self.inputs.text(name) for name in names if name != leave_out)

    def corpus(self, held: schemes.Schemes) -> Corpus:
        """What the documents and tables hold.

        Raises:
            MandategraphError: a text or a table has a fault; several together as `Faults`.
        """
        with self.watch("reading"):
            readings = corpora.readings(self.inputs)
        with self.watch("resolving"):
            corpus = corpora.assembled(self.inputs, readings, held)
        with self.watch("looking for names and oddities"):
            raise_all(completeness.faults(corpus))
        return corpus


def build(where: Home, base: str, *, fresh: bool = False, watch: Watch = unwatched) -> Built:
    """A release of a checkout, made and checked but not yet written.

    The closure and the report are taken over from the release that stands if what they were made from is
    the same, unless `fresh`.

    Raises:
        MandategraphError: an input has a fault, the graph contradicts an axiom, or it violates a shape.
    """
    run = _Build(where, Iris(base), watch, fresh)
    ontology = run.joined("ontology")
    shapes = run.joined("shapes", NOT_DATA_SHAPES)
    terms = schemes.parsed(ontology, "ontology")
    held = schemes.schemes_of(terms, "ontology")
    stated = _stated(run, held)
    with watch("writing Turtle"):
        files = {
            _file(run.iris, name): turtle.written(graph, base, _inputs_of(run, name)) for name, graph in stated.items()
        }
    data = [triple for graph in stated.values() for triple in graph]
    inferred, inferred_from, old_closure = _closed(run, files, data, terms, ontology)
    files |= {"inferred.ttl": inferred, "examples.ttl": _examples(run)}
    everything = {*data, *turtle.read(inferred, base)}
    named = {**{name: _file(run.iris, name) for name in stated}, **_rest(run.iris)}
    terms_and_shapes = {"ontology.ttl": _headed(ontology, base), "shapes.ttl": _headed(shapes, base)}
    counts, sizes = dataset.counted(everything), _sizes({**files, **terms_and_shapes}, base)
    unfinished = _description(run, named, counts, sizes)
    report, against, old_report = _checked(run, files, everything, unfinished, shapes)
    files |= {**terms_and_shapes, "report.ttl": report}
    sizes |= _sizes({"report.ttl": report}, base)
    files["service.ttl"] = _description(run, named, counts, sizes)
    sizes |= _sizes({"service.ttl": files["service.ttl"]}, base)
    made = Manifest(
        version=run.version,
        base=base,
        inputs={name: digest(content) for name, content in run.inputs.files.items()},
        graphs={name.value: file for name, file in named.items()},
        digests={name: digest(text) for name, text in files.items()},
        inferred_from=inferred_from,
        checked_against=against,
        findings=_findings(report, base),
        triples=sizes,
    )
    taken = (["inferred"] if old_closure else []) + (["report"] if old_report else [])
    return Built(made, {**files, MANIFEST: made.text()}, tuple(taken))


def _stated(run: _Build, held: schemes.Schemes) -> triples.Graphs:
    """The data graphs, every selector of which points at its words."""
    corpus = run.corpus(held)
    with run.watch("stating"):
        stated = triples.state(corpus, run.iris, held, run.version)
    with run.watch("checking selectors"):
        read = {run.iris.mint("document", document=r.source.identifier): r.text for r in corpus.readings}
        raise_all([fault for graph in stated.values() for fault in selectors.misplaced(graph, read)])
    return stated


def write(where: Home, built: Built) -> None:
    """Put a built release in place of the one before."""
    publish(where.release, built.files)


def differences(where: Home, built: Built) -> list[str]:
    """The files in which the release that stands differs from one just built."""
    folder = where.release
    standing = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    changed = {
        name for name, text in built.files.items() if name in standing and (folder / name).read_text("utf-8") != text
    }
    return sorted(changed | (standing ^ built.files.keys()))


def names_left(where: Home) -> list[dict[str, str]]:
    """The names in the texts of a checkout that no row of the registry means yet, with the characters to point to.

    Raises:
        MandategraphError: a text or a table has a fault.
    """
    inputs = Inputs(where.inputs(), str(where.root))
    run = _Build(where, Iris(), unwatched, fresh=True)
    held = schemes.schemes_of(schemes.parsed(run.joined("ontology"), "ontology"), "ontology")
    corpus = corpora.assembled(inputs, corpora.readings(inputs), held)
    return [
        {
            "document": document,
            "start": str(each.span.start),
            "end": str(each.span.end),
            "words": each.words,
            "looks_like": each.why,
        }
        for document, each in completeness.left_names(corpus)
    ]


def report_of(where: Home) -> "Report":
    """The report of holding the release that stands against the shapes, made afresh.

    The shapes are those of the checkout, or those an installed package ships with its release.

    Raises:
        MandategraphError: there is no build, or a file cannot be read.
    """
    from mandategraph import validation

    held = manifest(where.release)
    return validation.check(checked_triples(where.release, held), shapes_of(where, held))


def shapes_of(where: Home, held: Manifest) -> list[ox.Triple]:
    """The shapes of a checkout, or those an installed package ships with its release.

    Raises:
        MandategraphError: a file is missing or cannot be read.
    """
    run = _Build(where, Iris(held.base), unwatched, fresh=True)
    shipped = texts(where.release, held)[run.iris.mint("graph", name="shapes")]
    return schemes.parsed(run.joined("shapes", NOT_DATA_SHAPES) if where.checkout else shipped, "shapes")


def _closed(
    run: _Build, files: Mapping[str, str], data: list[ox.Triple], terms: list[ox.Triple], ontology: str
) -> tuple[str, str, bool]:
    """The text of the inferred graph, the digest of what it follows from, and whether it was taken over."""
    key = digest("\n".join([*files.values(), ontology, version("owlrl"), _code("reasoning"), _code("rdflib_terms")]))
    if run.before and run.before[0].inferred_from == key:
        return run.before[1]["inferred.ttl"], key, True
    with run.watch("reasoning"):
        from mandategraph import reasoning

        closure = reasoning.infer(data, terms, run.iris.base)
    if closure.clashes:
        raise ClashError("\n".join(str(clash) for clash in closure.clashes))
    comments = _made_from("What the axioms of ontology/ entail and the other graphs do not state.", files, ontology)
    return turtle.written(closure.triples, run.iris.base, comments), key, False


def _checked(
    run: _Build, files: Mapping[str, str], data: set[ox.Triple], unfinished: str, shapes: str
) -> tuple[str, str, bool]:
    """The text of the report, the digest of what it is about, and whether it was taken over.

    The description that is checked with the data is unfinished: what it will say of the report itself is not known yet.
    """
    key = digest("\n".join([*files.values(), unfinished, shapes, version("pyshacl"), _code("validation")]))
    if run.before and run.before[0].checked_against == key:
        return run.before[1]["report.ttl"], key, True
    with run.watch("validating"):
        from mandategraph import validation

        described = (turtle.read(text, run.iris.base) for text in (unfinished, files["examples.ttl"]))
        report = validation.check(data.union(*described), schemes.parsed(shapes, "shapes"))
    raise_all(
        [
            InvalidGraphError(f"{each.focus}: {each.message} ({each.shape}, found {each.value or 'nothing'!r})")
            for each in report.violations
        ]
    )
    comments = _made_from("What shapes/ found in the data and its description.", files, shapes)
    text = turtle.written(validation.stated(report, run.iris), run.iris.base, comments)
    return text, key, False


def _examples(run: _Build) -> str:
    """The text of the graph of example queries."""
    files = {name: run.inputs.text(name) for name in run.inputs.files if name.startswith("queries/")}
    faults: list[MandategraphError] = []
    found: set[ox.Triple] = set()
    for name, text in files.items():
        try:
            found |= examples.stated([queries.parsed(text, name)], run.iris)
        except MandategraphError as fault:
            faults.append(fault)
    raise_all(faults)
    return turtle.written(found, run.iris.base, _generated(f"{digest(text)}  {name}" for name, text in files.items()))


def _description(
    run: _Build, named: Mapping[ox.NamedNode, str], counts: dataset.Counts, sizes: Mapping[str, int]
) -> str:
    """The text of what the service and its data set are; a graph of unknown size counts as empty."""
    base = run.iris.base
    held = {name: sizes.get(file, 0) for name, file in named.items()}
    data = [name for name in named if is_data(name, base)]
    about = metadata("mandategraph")["Summary"]
    stated = description.described(held, data, counts, about, run.iris, run.version)
    return turtle.written(stated, base, ["Generated by 'mandategraph build'; not edited by hand."])


def _made_from(what: str, files: Mapping[str, str], terms: str) -> list[str]:
    """The header of a graph made from others: their digests, and that of the axioms or shapes."""
    lines = [f"{digest(text)}  {name}" for name, text in sorted(files.items())]
    return [what, "Generated by 'mandategraph build'. Made from:", *lines, f"{digest(terms)}  the axioms or shapes"]


def _generated(inputs: Iterable[str]) -> list[str]:
    """The header of a graph made from inputs."""
    return ["Generated by 'mandategraph build'; not edited by hand. Made from:", *inputs]


def _code(module: str) -> str:
    return (Path(__file__).parent / f"{module}.py").read_text("utf-8")


def _rest(iris: Iris) -> dict[ox.NamedNode, str]:
    names = ("inferred", "ontology", "shapes", "report", "service", "examples")
    return {iris.mint("graph", name=name): f"{name}.ttl" for name in names}


def _file(iris: Iris, name: ox.NamedNode) -> str:
    return name.value.removeprefix(iris.mint("graph", name="x").value.removesuffix("x")) + ".ttl"


def _inputs_of(run: _Build, name: ox.NamedNode) -> list[str]:
    """The header of a generated file: which inputs it was made from, by digest."""
    file = _file(run.iris, name).removesuffix(".ttl")
    if file.startswith("source/"):
        patterns = [
            f"data/sources/{file.removeprefix('source/')}.txt",
            "data/sources/sources.toml",
            "data/registry/",
            "data/process/",
        ]
    else:
        patterns = [f"data/{file}/"] if file == "registry" else [f"data/{file}/", "data/process/"]
    return _generated(
        f"{digest(content)}  {key}" for key, content in run.inputs.files.items() if key.startswith(tuple(patterns))
    )


def _headed(text: str, base: str) -> str:
    head = "# Generated by 'mandategraph build' from the folder of the same name; not edited by hand."
    return f"{head}\n@base <{base}> .\n{text}"


def _findings(report: str, base: str) -> dict[str, int]:
    """How many findings of each severity a report holds."""
    found = turtle.read(report, base)
    severities = (lexical(each.object) for each in found if each.predicate == SH["resultSeverity"])
    return dict(Counter(each.removeprefix(SH.iri) for each in severities))


def _sizes(files: Mapping[str, str], base: str) -> dict[str, int]:
    """How many triples each of some files holds."""
    return {name: len(turtle.read(text, base)) for name, text in files.items()}

"""The endpoint as OpenAPI describes it: its parameters, bodies and answers, for GET and for POST."""

from typing import Any

from mandategraph import results
from mandategraph.server.operation import DIRECT, FORM, FORMATS

_EXAMPLE = "SELECT (COUNT(*) AS ?actions) WHERE { ?action a <https://w3id.org/mandategraph/ontology#Action> }"
_GRAPHS = {"type": "array", "items": {"type": "string", "minLength": 1, "format": "iri"}}
_SCHEMAS: dict[str, tuple[dict[str, Any], str]] = {
    "query": ({"type": "string"}, "The query, in SPARQL 1.1."),
    "default-graph-uri": (_GRAPHS, "The graphs whose set union is the default graph."),
    "named-graph-uri": (_GRAPHS, "The graphs that GRAPH reaches."),
    "format": ({"type": "string", "enum": list(FORMATS)}, "The format of the answer; overrides Accept."),
    "timeout": (
        {"type": "number", "exclusiveMinimum": 0},
        "The time limit of the query in seconds, if it is to be lower than the service's.",
    ),
}
_PROBLEM = {"application/problem+json": {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "string"}}}
_ANSWERS: dict[str, str] = {
    "400": "The query is missing, repeated, not SPARQL 1.1, or asks for what is refused (SERVICE, updates).",
    "406": "No format is wanted that the results can be had in.",
    "408": "The request took too long to arrive.",
    "413": "The query or its answer is too large; the problem names the limit.",
    "415": "The body is of another type or charset.",
    "429": "The client has used its query time, or has too many queries under way.",
    "503": "The query reached a limit of time or memory, or too many wait; the problem names the limit.",
}
_OK = {
    "description": "The results, whole.",
    "content": {media: {"schema": {}} for media in (*results.ROW_MEDIA, *results.GRAPH_MEDIA, "text/html")},
}


def _responses(*without: str) -> dict[str, Any]:
    told = {code: {"description": text, "content": _PROBLEM} for code, text in _ANSWERS.items() if code not in without}
    return {"200": _OK, **told}


def _parameters(*without: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "description": meaning,
            "schema": schema,
            **({"example": _EXAMPLE} if name == "query" else {}),
        }
        for name, (schema, meaning) in _SCHEMAS.items()
        if name not in without
    ]


PATHS: dict[str, Any] = {
    "/sparql": {
        "get": {
            "operationId": "query_by_get",
            "description": "A SPARQL 1.1 query by GET; without parameters the description of the service.",
            "parameters": _parameters(),
            "responses": {**_responses("415"), "304": {"description": "The client holds the answer already."}},
        },
        "post": {
            "operationId": "query_by_post",
            "description": "A SPARQL 1.1 query by POST, as a form or as the body itself.",
            "requestBody": {
                "required": True,
                "content": {
                    FORM: {
                        "schema": {
                            "type": "object",
                            "required": ["query"],
                            "properties": {name: schema for name, (schema, _) in _SCHEMAS.items()},
                            "additionalProperties": False,
                        },
                        "example": {"query": _EXAMPLE},
                    },
                    DIRECT: {"schema": {"type": "string"}, "example": _EXAMPLE},
                },
            },
            "responses": _responses(),
        },
    }
}

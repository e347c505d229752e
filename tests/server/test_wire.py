"""What is said between the server and its workers comes out as it went in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.server.wire import HEAD, Job, Reply, job_of, lengths, packed_job, packed_reply, reply_of

texts = st.text()
several = st.lists(texts, max_size=3).map(tuple)
jobs = st.builds(
    Job,
    query=texts,
    forms=st.dictionaries(st.sampled_from(["rows", "boolean", "graph"]), texts),
    most=st.integers(0, 2**40),
    default=several,
    named=several,
    bound=st.dictionaries(texts, st.tuples(st.sampled_from(["iri", "string"]), texts), max_size=3),
    coding=st.sampled_from(["", "gzip", "zstd"]),
    base=st.none() | texts,
)


@given(jobs)
def test_a_job_is_the_one_that_was_packed(job: Job) -> None:
    packed = packed_job(job)
    head, body = lengths(packed[:HEAD])
    assert (head, body) == (len(packed) - HEAD, 0)
    assert job_of(packed[HEAD:]) == job


replies = st.builds(
    Reply,
    outcome=texts,
    facts=st.dictionaries(texts, texts | st.integers()),
    body=st.binary(),
    spent=st.booleans(),
    seconds=st.just(0.0),
)


def unpacked(parts: list[bytes]) -> tuple[bytes, bytes]:
    """The head and the body of a reply, as their lengths tell them apart."""
    sent = b"".join(parts)
    head, body = lengths(sent[:HEAD])
    assert len(sent) == HEAD + head + body
    return sent[HEAD : HEAD + head], sent[HEAD + head :]


@given(replies)
def test_a_reply_is_the_one_that_was_packed(reply: Reply) -> None:
    assert reply_of(*unpacked(packed_reply(reply))) == reply


def test_a_long_body_is_not_copied() -> None:
    reply = Reply("ok", {"kind": "rows"}, bytes(100_000))
    parts = packed_reply(reply)
    assert parts[-1] is reply.body
    assert reply_of(*unpacked(parts)) == reply
    assert len(packed_reply(Reply("ok", {}, b"x"))) == 1


def test_how_long_it_ran_is_for_the_server_to_say() -> None:
    head, body = unpacked(packed_reply(Reply("ok", {}, b"x", seconds=3.0)))
    assert "seconds" not in json.loads(head)
    assert reply_of(head, body).seconds == 0


@pytest.mark.parametrize("head", [b"", b"[]", b'{"query": "ASK {}"}'])
def test_what_is_no_job_is_none(head: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        job_of(head)

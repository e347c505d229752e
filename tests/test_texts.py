"""The characters of a document from the graph alone: those of the source, each."""

import pytest

from mandategraph.texts import text_of
from serving import DOCUMENTS, folder_of, source, store


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_put_together_to_the_character(document: str) -> None:
    assert text_of(store(), folder_of("lookups"), document) == source(document)


def test_of_a_document_that_is_not_there_there_is_nothing() -> None:
    assert text_of(store(), folder_of("lookups"), "nothing") == ""

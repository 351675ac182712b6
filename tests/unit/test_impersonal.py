"""A person's address or number is seen in texts, lists and JSON; what only resembles one is not."""

from __future__ import annotations

import pytest

from scaup.promises import impersonal
from scaup.warehouse import connect, execute

TYPES = {"text": "VARCHAR", "texts": "VARCHAR[]", "document": "JSON"}
PERSONAL = (
    "jane@example.org",
    "x jane.doe+a@mail.example.org y",
    "10.0.0.1",
    "from 203.0.113.77, twice",
    "+49 171 1234567",
    "2001:0db8:0000:0000:0000:ff00:0042:8329",
)
IMPERSONAL = (
    "aaaa.a99@x.example",  # the shape of an address
    "atlas-2.1.0",
    "1.2.3.4.5",
    "+5",
    "2026-05-01T10:00:00+00:00",
    "9f86d081884c7d659a2feaa0c55ad015",
    "",
)


@pytest.mark.parametrize(
    ("value", "is_personal"), [*((v, True) for v in PERSONAL), *((v, False) for v in IMPERSONAL)]
)
def test_a_personal_value_is_told_from_what_resembles_it(value: str, is_personal: bool) -> None:
    (promise,) = impersonal("marts.rows", TYPES)
    places = [(value, None, None), (None, [value], None), (None, None, f'{{"key": "{value}"}}')]
    with connect() as connection:
        connection.execute("create table found (text varchar, texts varchar[], document json)")
        for text, texts, document in places:
            values = {"text": text, "texts": texts, "document": document}
            execute(connection, "insert into found values ($text, $texts, $document)", values)
        counted = connection.table("found").filter(str(promise.broken_where)).count("*").fetchall()
    assert counted == [(3 if is_personal else 0,)]


def test_a_table_without_texts_promises_nothing() -> None:
    assert impersonal("marts.numbers", {"count": "BIGINT"}) == []

"""Perceptual hashes and near-duplicate prompts against every pair compared with every other."""

from __future__ import annotations

import numpy as np
from model_sql import model_sql

from scaup import warehouse


def flipped(value: int, bits: list[int]) -> int:
    for bit in bits:
        value ^= 1 << int(bit)
    return value


def test_image_matches_equal_a_popcount_of_every_pair():
    random = np.random.default_rng(5)
    entries = [int.from_bytes(random.bytes(32), "big") for _ in range(60)]
    uploads = [
        flipped(entries[n % 60], random.choice(256, size=n % 45, replace=False).tolist()) for n in range(900)
    ]
    qualities = [int(quality) for quality in random.integers(45, 56, size=900)]
    connection = warehouse.connect()
    connection.execute(
        "create table int_uploads (content_id varchar, account_id varchar, created_at timestamptz, "
        "sha256 varchar, pdq_hex varchar, pdq_quality bigint)"
    )
    connection.execute(
        "insert into int_uploads select unnest($1::varchar[]), 'a', null, 's', unnest($2::varchar[]), "
        "unnest($3::bigint[])",
        [[f"c{n}" for n in range(900)], [f"{value:064x}" for value in uploads], qualities],
    )
    connection.execute(
        "create table stg_hash_entries as select 'l' as list_id, unnest($1::varchar[]) as entry_id, "
        "'pdq' as type, unnest($2::varchar[]) as value, 'positive' as opinion, 'active' as status",
        [[f"e{n}" for n in range(60)], [f"{value:064X}" for value in entries]],
    )
    found = connection.sql(model_sql("marts/features/feat_image_matches")).project(
        "content_id, entry_id, distance"
    )
    expected = {
        (f"c{n}", f"e{k}", (upload ^ entry).bit_count())
        for n, upload in enumerate(uploads)
        for k, entry in enumerate(entries)
        if qualities[n] >= 50 and (upload ^ entry).bit_count() <= 31
    }
    assert set(found.fetchall()) == expected
    assert {distance for _, _, distance in expected} == set(range(32))


def test_similar_templates_equal_a_popcount_of_every_pair():
    random = np.random.default_rng(6)
    centres = [int.from_bytes(random.bytes(8), "big") for _ in range(40)]
    hashes = [
        flipped(centres[n % 40], random.choice(64, size=n // 40 % 4, replace=False).tolist())
        for n in range(400)
    ]
    connection = warehouse.connect()
    connection.execute(
        "create table int_requests as select unnest($1::varchar[]) as template_hash, "
        "unnest($2::ubigint[]) as prompt_simhash",
        [[f"t{n:03}" for n in range(400)], hashes],
    )
    connection.execute("create table int_templates as select template_hash from int_requests")
    found = connection.sql(model_sql("intermediate/int_similar_templates"))
    expected = {
        (f"t{a:03}", f"t{b:03}", (hashes[a] ^ hashes[b]).bit_count())
        for b in range(400)
        for a in range(b)
        if (hashes[a] ^ hashes[b]).bit_count() <= 3
    }
    assert set(found.fetchall()) == expected
    assert {distance for _, _, distance in expected} == {0, 1, 2, 3}


def test_a_band_that_too_many_templates_share_finds_nobody():
    connection = warehouse.connect()
    connection.execute(
        "create table int_requests as select 't' || n as template_hash, 0::ubigint as "
        "prompt_simhash from range(201) as numbers(n)"
    )
    connection.execute("create table int_templates as select template_hash from int_requests")
    query = f"select count(*) from ({model_sql('intermediate/int_similar_templates')}) as found"  # noqa: S608
    assert connection.sql(query).fetchall() == [(0,)]
    connection.execute("delete from int_requests where template_hash = 't0'")
    assert connection.sql(query).fetchall() == [(200 * 199 // 2,)]

"""Totals of real traffic against the files themselves, through ingest, build and `scaup ask`."""

from __future__ import annotations

import json

import duckdb
import pytest


@pytest.fixture(scope="module")
def totals(scaup_on_real_data):
    """The row of each source system."""
    lines = scaup_on_real_data(
        "ask", "traffic_totals", "--since", "2000-01-01", "--format", "jsonl"
    ).splitlines()
    return {row["source_system"]: row for row in map(json.loads, lines)}


def test_mooncake_has_the_published_totals_and_prefix_reuse(totals, expected):
    row = totals["mooncake"]
    found = [
        row["request_count"],
        round(row["mean_input_tokens"], 0),
        round(row["mean_output_tokens"], 0),
        round(row["prefix_block_reuse"], 4),
    ]
    assert found == expected["mooncake (requests, avg_in, avg_out, block_reuse)"]


@pytest.mark.parametrize(
    ("source", "file"),
    [("azure_llm", "azure_llm_2023.parquet"), ("mooncake", "mooncake_conversation.parquet")],
)
def test_requests_and_tokens_add_up_to_those_of_the_file(totals, real, source, file):
    raw = duckdb.execute(
        "select count(*), sum(input_tokens)::bigint, sum(output_tokens)::bigint from read_parquet($path)",
        {"path": str(real / "llm_traffic" / file)},
    ).fetchall()[0]
    row = totals[source]
    assert (row["request_count"], row["input_tokens"], row["output_tokens"]) == raw


def test_traffic_without_prefix_blocks_has_no_reuse_rather_than_none_of_it(totals):
    assert totals["azure_llm"]["prefix_block_reuse"] is None


def test_the_coordination_data_is_whole_but_for_the_act_that_stands_twice_in_the_file(totals, real):
    acts = duckdb.execute(
        "select count(*), count(distinct (content_id, object_id)) from read_parquet($path)",
        {"path": str(real / "coordination_russian/events.parquet")},
    ).fetchall()[0]
    assert acts == (35_125, 35_124)
    assert totals["coordination_russian"]["request_count"] == acts[1]

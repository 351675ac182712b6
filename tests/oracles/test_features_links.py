"""Links, clusters and target days against brute force and scipy's graph routines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sql import model_sql
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scaup import warehouse

START = datetime(2026, 3, 1, tzinfo=UTC)
LINKS = """
    create table int_account_links (
        account_id varchar, linked_account_id varchar, link_type varchar, link_group varchar,
        rarity_bits double, joins_alone boolean, can_carry boolean, same_verified_org boolean
    )
"""
KEYS = """
    create table int_account_keys (
        account_id varchar, key_type varchar, key_value varchar, link_group varchar, account_count bigint,
        is_hub boolean, is_allowlisted boolean, joins_alone boolean, can_carry boolean,
        rarity_bits decimal(9, 3), first_seen_at timestamptz
    )
"""


def clusters_of(pairs: set[tuple[str, str]]) -> dict[str, set[str]]:
    """The clusters that the model makes of pairs which a rare key joins: name to members."""
    connection = warehouse.connect()
    connection.execute(LINKS)
    connection.execute(
        "insert into int_account_links "
        "select unnest($1::varchar[]), unnest($2::varchar[]), 'payment', 'payment', 9, true, true, false",
        [[a for a, _ in sorted(pairs)], [b for _, b in sorted(pairs)]],
    )
    found: dict[str, set[str]] = {}
    for account, cluster, count in connection.sql(model_sql("intermediate/int_account_clusters")).fetchall():
        found.setdefault(cluster, set()).add(account)
        assert count >= 2
    return found


def components_of(pairs: set[tuple[str, str]]) -> dict[str, set[str]]:
    """The same from scipy."""
    names = sorted({name for pair in pairs for name in pair})
    if not names:
        return {}
    position = {name: number for number, name in enumerate(names)}
    ends = np.array([[position[a], position[b]] for a, b in sorted(pairs)]).T
    graph = coo_array((np.ones(len(pairs)), (ends[0], ends[1])), shape=(len(names), len(names)))
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, set[str]] = {}
    for name, label in zip(names, labels, strict=True):
        groups.setdefault(int(label), set()).add(name)
    return {min(group): group for group in groups.values()}


@settings(max_examples=12, deadline=None)
@given(
    st.sets(
        st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda pair: pair[0] < pair[1]), max_size=60
    )
)
def test_clusters_equal_scipys_components(pairs):
    named = {(f"a{a:03}", f"a{b:03}") for a, b in pairs}
    assert clusters_of(named) == components_of(named)


def test_a_long_chain_and_a_large_random_graph_equal_scipys_components():
    random = np.random.default_rng(3)
    order = random.permutation(300)
    chain = {tuple(sorted((f"c{a:05}", f"c{b:05}"))) for a, b in pairwise(order)}
    ends = random.integers(0, 20_000, size=(9_000, 2))
    sparse = {tuple(sorted((f"g{a:05}", f"g{b:05}"))) for a, b in ends if a != b}
    assert clusters_of(chain | sparse) == components_of(chain | sparse)


@settings(max_examples=12, deadline=None)
@given(
    st.sets(
        st.tuples(st.integers(0, 8), st.sampled_from(["device", "payment"]), st.integers(0, 6)), max_size=40
    )
)
def test_links_equal_every_pair_compared_with_every_other(holdings):
    cap = 4
    holders: dict[tuple[str, int], list[int]] = {}
    for account, key_type, value in sorted(holdings):
        holders.setdefault((key_type, value), []).append(account)
    connection = warehouse.connect()
    connection.execute(KEYS)
    connection.execute("create table int_verified_memberships (account_id varchar, org_id varchar)")
    connection.execute(
        "insert into int_account_keys select 'a' || held.a, held.kind, 'k' || held.v, held.kind, held.d, "
        "held.d > $2, false, false, true, 10 - held.d, $3 "
        "from (select unnest($1::struct(a bigint, kind varchar, v bigint, d bigint)[]) as held)",
        [
            [{"a": a, "kind": kind, "v": v, "d": len(holders[kind, v])} for a, kind, v in sorted(holdings)],
            cap,
            START,
        ],
    )
    expected = {}
    for a, b in combinations(range(9), 2):
        for key_type in ("device", "payment"):
            shared = [
                (len(held), f"k{value}")
                for (kind, value), held in holders.items()
                if kind == key_type and a in held and b in held and len(held) <= cap
            ]
            if shared:
                degree, rarest = min(shared)
                expected[f"a{a}", f"a{b}", key_type] = (len(shared), rarest, degree, 10.0 - degree)
    found = {
        (row[0], row[1], row[2]): row[3:]
        for row in connection.sql(model_sql("intermediate/int_account_links"))
        .project(
            "account_id, linked_account_id, link_type, shared_key_count, rarest_key_value, "
            "rarest_key_account_count, rarity_bits"
        )
        .fetchall()
    }
    assert found == expected


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 60 * 48)),
        min_size=1,
        max_size=60,
        unique=True,
    )
)
def test_accounts_in_six_hours_equal_a_count_at_every_request(events):
    connection = warehouse.connect()
    connection.execute(
        "create table int_requests (target_hmac varchar, account_id varchar, activity_date date, "
        "occurred_at timestamptz, task_label varchar)"
    )
    connection.execute("create table stg_accounts (account_id varchar, created_at timestamptz)")
    connection.execute(
        "insert into int_requests select 'g' || said.target, 'a' || said.account, said.at_::date, said.at_, "
        "'harassment' "
        "from (select unnest($1::struct(account bigint, target bigint, at_ timestamptz)[]) as said)",
        [[{"account": a, "target": g, "at_": START + timedelta(minutes=m)} for a, g, m in events]],
    )
    expected: dict[tuple[str, object], int] = {}
    for _, target, minute in events:
        window = {a for a, other, at in events if other == target and minute - 360 <= at <= minute}
        key = (f"g{target}", (START + timedelta(minutes=minute)).date())
        expected[key] = max(expected.get(key, 0), len(window))
    found = connection.sql(model_sql("marts/features/feat_target_days")).project(
        "target_hmac, activity_date, max_accounts_in_6_hours"
    )
    assert {(target, day): number for target, day, number in found.fetchall()} == expected

"""Links, clusters and target days against brute force and scipy's graph routines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

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
        rarity_bits double, joins_alone boolean, can_carry boolean, same_verified_org boolean,
        first_linked_at timestamptz, rarest_key_value varchar
    )
"""
KEYS = """
    create table int_account_keys (
        account_id varchar, key_type varchar, key_value varchar, link_group varchar, account_count bigint,
        is_hub boolean, is_allowlisted boolean, joins_alone boolean, can_carry boolean,
        alone_key_count bigint, rarity_bits decimal(9, 3), first_seen_at timestamptz
    )
"""


LINK = tuple[str, str, str, str]  # two accounts, the kind of link, the key
MODELS = (
    "int_account_pairs",
    "int_pair_sides",
    "int_account_communities",
    "int_account_groups",
    "int_group_ties",
    "int_account_clusters",
)


def clusters_of(links: list[LINK]) -> set[frozenset[str]]:
    """The clusters that the models make of links. `payment` joins two alone; `ip_prefix` never does."""
    return {frozenset(members) for members in named_clusters_of(links).values()}


def named_clusters_of(links: list[LINK]) -> dict[str, set[str]]:
    """The same, by name. A link is as old as its place in the list, in days."""
    connection = warehouse.connect()
    connection.execute(LINKS)
    for day, (one, other, kind, key) in enumerate(links):
        alone = kind == "payment"
        connection.execute(
            "insert into int_account_links values ($1, $2, $3, $3, $4, $5, true, false, $6, $7)",
            [
                *(min(one, other), max(one, other), kind, 9 if alone else 4, alone),
                *(START + timedelta(days=day), key),
            ],
        )
    for model in MODELS:
        connection.execute(f"create table {model} as {model_sql(f'intermediate/{model}')}")
    found: dict[str, set[str]] = {}
    for account, cluster, count in connection.sql("from int_account_clusters").fetchall():
        found.setdefault(cluster, set()).add(account)
        assert count >= 2
    assert all(name in members for name, members in found.items())
    return found


def clique(*accounts: str) -> list[LINK]:
    return [(a, b, "payment", f"card of {accounts[0]}") for a, b in combinations(accounts, 2)]


A, B = ("a1", "a2", "a3", "a4"), ("b1", "b2", "b3")
APART = {frozenset(A), frozenset(B)}
TOGETHER = {frozenset(A + B)}
BRIDGES = {
    "one pair": [("a1", "b1", "payment", "k")],
    "an account paired to one, and to a whole community, by keys of its own": [
        ("a1", b, "payment", "device of b") for b in B
    ],
    "one account and a neighbourhood that all share": [
        ("a1", "b1", "payment", "k"),
        *(("a1", b, "ip_prefix", "street") for b in B),
    ],
    "one key": [(a, b, "payment", "k") for a, b in (("a1", "b1"), ("a2", "b2"))],
}


def test_no_bridge_makes_one_cluster_of_two_communities():
    links = [
        (f"{one} ({name})", f"{other} ({name})", kind, f"{key} ({name})")
        for name, bridge in BRIDGES.items()
        for one, other, kind, key in clique(*A) + clique(*B) + bridge
    ]
    expected = {frozenset(f"{account} ({name})" for account in side) for name in BRIDGES for side in APART}
    assert clusters_of(links) == expected


def test_an_account_outside_both_hangs_on_one_and_joins_neither_to_the_other():
    between = [("a1", "x", "payment", "k1"), ("x", "y", "payment", "k2"), ("y", "b1", "payment", "k3")]
    found = clusters_of(clique(*A) + clique(*B) + between)
    assert found in (
        {frozenset((*A, "x", "y")), frozenset(B)},
        {frozenset(A), frozenset((*B, "x", "y"))},
    )


def test_two_accounts_on_either_side_and_two_keys_do_make_one():
    ties = [("a1", "b1", "payment", "k1"), ("a2", "b2", "ip_prefix", "k2")]
    assert clusters_of(clique(*A) + clique(*B) + ties) == TOGETHER
    assert clusters_of(clique(*A) + clique(*B) + clique("a1", "a2", "b1", "b2")) == TOGETHER


def test_twenty_communities_on_a_ring_of_bridges_stay_twenty():
    rings = [[f"c{n:02}m{k}" for k in range(4)] for n in range(20)]
    links = [link for ring in rings for link in clique(*ring)]
    links += [(f"c{n:02}m0", f"c{(n + 1) % 20:02}m1", "payment", f"k{n}") for n in range(20)]
    assert clusters_of(links) == {frozenset(ring) for ring in rings}


@settings(max_examples=4, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda pair: pair[0] != pair[1]),
        max_size=25,
        unique_by=lambda pair: (min(pair), max(pair)),
    )
)
def test_without_a_triangle_clusters_are_the_components(pairs):
    links, adjacent = [], {}
    for a, b in pairs:
        if not adjacent.get(a, set()) & adjacent.get(b, set()):
            adjacent.setdefault(a, set()).add(b)
            adjacent.setdefault(b, set()).add(a)
            links.append((f"a{a:02}", f"a{b:02}", "payment", f"{a}-{b}"))
    assert clusters_of(links) == components_of({(a, b) for a, b, _, _ in links})


def test_a_cluster_keeps_its_name_when_others_join_it_later():
    links = clique("m1", "m2", "m3")
    (before,) = named_clusters_of(links)
    later = [("a0", "m1", "payment", "k1"), ("a0", "m2", "payment", "k2"), ("a0", "m3", "payment", "k3")]
    assert named_clusters_of(links + later) == {before: {"a0", "m1", "m2", "m3"}}


def components_of(pairs: set[tuple[str, str]]) -> set[frozenset[str]]:
    """Connected components from scipy."""
    names = sorted({name for pair in pairs for name in pair})
    if not names:
        return set()
    position = {name: number for number, name in enumerate(names)}
    ends = np.array([[position[a], position[b]] for a, b in sorted(pairs)]).T
    graph = coo_array((np.ones(len(pairs)), (ends[0], ends[1])), shape=(len(names), len(names)))
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, set[str]] = {}
    for name, label in zip(names, labels, strict=True):
        groups.setdefault(int(label), set()).add(name)
    return {frozenset(group) for group in groups.values()}


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
        "held.d > $2, false, false, true, case held.kind when 'device' then 2 end, 10 - held.d, $3 "
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
            joins = key_type == "device"
            if len(shared) >= (2 if joins else 1):
                degree, rarest = min(shared)
                expected[f"a{a}", f"a{b}", key_type] = (len(shared), rarest, degree, 10.0 - degree, joins)
    found = {
        (row[0], row[1], row[2]): row[3:]
        for row in connection.sql(model_sql("intermediate/int_account_links"))
        .project(
            "account_id, linked_account_id, link_type, shared_key_count, rarest_key_value, "
            "rarest_key_account_count, rarity_bits, joins_alone"
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

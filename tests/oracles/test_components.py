"""Connected components in SQL against igraph and scipy: the same partition, whatever the graph."""

from __future__ import annotations

from itertools import pairwise

import igraph
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from model_sql import macros
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scaup import warehouse

LARGEST = 2**32 - 1
Edges = list[tuple[int, int]]


def found(edges: NDArray[np.uint32]) -> set[frozenset[int]]:
    """The components that the macro finds, as sets of node numbers."""
    connection = warehouse.connect()
    connection.execute("create table edges (a uinteger, b uinteger)")
    connection.execute(
        "insert into edges select unnest($1::uinteger[]), unnest($2::uinteger[])",
        [edges[:, 0].tolist(), edges[:, 1].tolist()],
    )
    rows = connection.sql(
        f"select component, list(node) from ({macros()['components']('edges')}) as found group by component"  # noqa: S608
    ).fetchall()
    groups = [frozenset(nodes) for _, nodes in rows]
    assert all(component in nodes for component, nodes in rows), "a component is named by a node of it"
    assert sum(map(len, groups)) == len(set(edges.flatten().tolist())), "each node is named once"
    return set(groups)


def grouped(numbers: NDArray[np.uint32], labels: NDArray[np.int64]) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for number, label in zip(numbers.tolist(), labels.tolist(), strict=True):
        groups.setdefault(label, set()).add(number)
    return {frozenset(group) for group in groups.values()}


def igraphs(edges: NDArray[np.uint32]) -> set[frozenset[int]]:
    numbers, ends = np.unique(edges, return_inverse=True)
    graph = igraph.Graph(n=len(numbers), edges=ends.reshape(-1, 2))
    return grouped(numbers, np.array(graph.connected_components().membership, dtype=np.int64))


def scipys(edges: NDArray[np.uint32]) -> set[frozenset[int]]:
    numbers, ends = np.unique(edges, return_inverse=True)
    ends = ends.reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(numbers), len(numbers))
    ).tocsr()
    return grouped(numbers, connected_components(graph, directed=False)[1])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=60))
@example([(7, 7)])
@example([(0, LARGEST), (LARGEST, 0), (1, 1), (LARGEST, 2)])
@example([(1, 2), (2, 1), (1, 2), (3, 3), (3, 4)])
def test_small_graphs_with_loops_and_duplicates_fall_apart_as_igraph_and_scipy_say(edges: Edges):
    graph = np.array(edges, dtype=np.uint32)
    assert found(graph) == igraphs(graph) == scipys(graph)


def shapes() -> dict[str, NDArray[np.uint32]]:
    random = np.random.default_rng(11)
    pairs = np.arange(4_000).reshape(-1, 2)
    path = np.array(list(pairwise(range(20_000))))
    cliques = [(50 * k + i, 50 * k + j) for k in range(20) for i in range(50) for j in range(i)]
    return {
        "a path in order": path,
        "a path in any order": random.permutation(20_000)[path],
        "paths as long as a star is wide": np.vstack([path, [(0, 30_000 + n) for n in range(5_000)]]),
        "cliques on a ring of bridges": np.array(
            cliques + [(50 * k, 50 * ((k + 1) % 20) + 1) for k in range(19)]
        ),
        "isolated pairs": pairs,
        "a sparse random graph": random.integers(0, 30_000, size=(14_000, 2)),
        "a dense random graph": random.integers(0, 900, size=(20_000, 2)),
        "a tree, each node under the half of it": np.array([(n // 2, n) for n in range(1, 30_000)]),
        "numbers over the whole range": random.integers(0, LARGEST, size=(300, 2))[
            random.integers(0, 300, size=5_000)
        ].reshape(-1, 2),
    }


@pytest.mark.parametrize("shape", shapes())
def test_large_graphs_of_every_shape_fall_apart_as_igraph_says(shape: str):
    graph = shapes()[shape].astype(np.uint32)
    assert found(graph) == igraphs(graph)


def test_too_few_rounds_stop_the_query_rather_than_split_a_component():
    connection = warehouse.connect()
    connection.execute(
        "create table edges as select n::uinteger a, (n + 1)::uinteger b from range(5000) t(n)"
    )
    few = macros()["components"]("edges", rounds=3)
    with pytest.raises(Exception, match="more rounds are needed"):
        connection.sql(few).fetchall()


def test_scattered_names_come_back():
    connection = warehouse.connect()
    scattered, gathered = macros()["scattered"], macros()["gathered"]
    connection.execute(
        "create table numbers as select (n * 429496729 + n)::uinteger as n from range(10) t(n)"
    )
    connection.execute(f"create table named as select n, {scattered('n')} as name from numbers")  # noqa: S608
    assert connection.sql(f"select count(*) from named where {gathered('name')} <> n").fetchall() == [(0,)]  # noqa: S608

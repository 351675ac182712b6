"""Which layer may read which. This dictionary is the only place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EVENTS_AND_BELOW = {"staging", "intermediate", "seeds"}
MAY_READ = {
    "staging": {"raw"},
    "intermediate": EVENTS_AND_BELOW,
    "features": EVENTS_AND_BELOW | {"features"},
    "signals": {"features", "signals", "seeds"},
    "enforcement": EVENTS_AND_BELOW | {"signals", "enforcement"},
    "operations": EVENTS_AND_BELOW | {"operations"},
    "regulatory": {"enforcement", "operations", "seeds"},
    "analyses": {"intermediate", "features", "signals", "enforcement", "operations", "regulatory", "seeds"},
}


def test_no_layer_reads_what_it_may_not(dbt_manifest: Mapping[str, Any]):
    nodes = dbt_manifest["nodes"]
    for node in nodes.values():
        if node["resource_type"] in ("model", "analysis"):
            layer = _layer(node)
            for name in node["depends_on"]["nodes"]:
                below = "raw" if name.startswith("source.") else _layer(nodes[name])
                assert below in MAY_READ[layer], (
                    f"{node['original_file_path']} reads {name}: {layer} may read {sorted(MAY_READ[layer])}"
                )


def test_a_models_folder_is_its_schema(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] == "model":
            folder = node["original_file_path"].split("/")[-2]
            assert folder == node["schema"], f"{node['original_file_path']} is built into {node['schema']}"
            assert folder in MAY_READ, f"{node['original_file_path']} is in no layer of {__file__}"


def test_no_model_asks_the_database_while_it_compiles(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] in ("model", "analysis"):
            for word in ("run_query", "statement(", "adapter.", "var("):
                assert word not in node["raw_code"], f"{node['original_file_path']} uses {word}"


def _layer(node: Mapping[str, Any]) -> str:
    if node["resource_type"] == "seed":
        return "seeds"
    return "analyses" if node["resource_type"] == "analysis" else str(node["schema"])

"""What one would pick instead of the models: the features of account days in polars, pandas and ClickHouse.

Each takes a folder with requests.parquet, and the file to write. bench_features.py runs them and compares
what they write with what the models say.
"""

from __future__ import annotations

from pathlib import Path

DISTINCT = {
    "conversation_count": "conversation_id",
    "task_label_count": "task_label",
    "ip_count": "ip_hmac",
    "ip_prefix_count": "ip_prefix_hmac",
    "country_count": "country",
    "device_count": "device_id",
    "model_count": "model_version",
    "system_count": "system_hash",
    "slot_count": "slot_hash",
    "target_count": "target_hmac",
}
EXACT = (
    "request_count", "input_tokens", "output_tokens", "tool_call_count", "refused_count", "error_count",
    "rate_limited_count", *DISTINCT, "template_count", "active_hour_count", "gap_count", "request_count_7d",
    "request_count_28d", "active_days_7d", "active_days_28d",
)  # fmt: skip
CLOSE = (
    "output_input_ratio", "refused_share", "hour_entropy", "gap_mean_seconds", "gap_cv", "gap_burstiness",
    "gap_memory", "top_template_share", "repeated_template_share", "reasoning_share", "capped_output_share",
    "newest_model_share", "chat_share", "api_share", "mcp_share",
)  # fmt: skip
# The hash of the day's most used template breaks ties by its size, as feat_account_days does.
FEATURES = (*EXACT, "top_template_hash", *CLOSE)
NEEDED = (
    "request_id", "account_id", "occurred_at", "activity_date", "surface", "model_version", "conversation_id",
    "input_tokens", "output_tokens", "max_tokens", "tool_calls", "status", "refused", "ip_hmac",
    "ip_prefix_hmac", "country", "device_id", "template_hash", "slot_hash", "system_hash", "task_label",
    "target_hmac", "is_newest_model", "seconds_since_previous", "seconds_before_previous",
)  # fmt: skip
REASONING = ("reasoning_trace", "rubric_grading")


def run_polars(folder: Path, out: Path) -> None:
    """Lazy frames and the streaming engine; joins of the partial results at the end."""
    import polars as pl
    from polars import col

    grain = ["account_id", "activity_date"]
    midnight = (
        col("occurred_at").dt.epoch("us") - col("activity_date").cast(pl.Datetime("us")).dt.epoch("us")
    ).alias("since")
    rows = pl.scan_parquet(folder / "requests.parquet").with_columns(midnight)
    gap = (col("seconds_since_previous") * 1e6).round().cast(pl.Int64)
    before = (col("seconds_before_previous") * 1e6).round().cast(pl.Int64)
    both = ((col("seconds_since_previous") + col("seconds_before_previous")) * 1e6).round().cast(pl.Int64)
    rows = rows.with_columns(
        gap=pl.when(gap <= col("since")).then(gap), gap_before=pl.when(both <= col("since")).then(before)
    )
    pair = col("gap").filter(col("gap_before").is_not_null())
    wide = pl.Int128
    sums = rows.group_by(grain).agg(
        request_count=pl.len(),
        input_tokens=col("input_tokens").sum(),
        output_tokens=col("output_tokens").sum(),
        tool_call_count=col("tool_calls").sum(),
        refused_count=col("refused").sum(),
        error_count=(col("status") >= 400).sum(),
        rate_limited_count=(col("status") == 429).sum(),
        reasoning=col("task_label").is_in(REASONING).sum(),
        capped=(col("output_tokens") >= 0.95 * col("max_tokens")).sum(),
        limited=col("max_tokens").count(),
        newest=col("is_newest_model").sum(),
        released=col("is_newest_model").count(),
        chat=(col("surface") == "chat").sum(),
        api=(col("surface") == "api").sum(),
        mcp=(col("surface") == "mcp").sum(),
        templated=col("template_hash").count(),
        gap_count=col("gap").count(),
        gap_sum=col("gap").cast(wide).sum(),
        gap_squares=(col("gap").cast(wide) * col("gap").cast(wide)).sum(),
        pair_count=col("gap_before").count(),
        later=pair.cast(wide).sum(),
        earlier=col("gap_before").cast(wide).sum(),
        later_squares=(pair.cast(wide) * pair.cast(wide)).sum(),
        earlier_squares=(col("gap_before").cast(wide) * col("gap_before").cast(wide)).sum(),
        products=(col("gap").cast(wide) * col("gap_before").cast(wide)).sum(),
        **{name: col(value).drop_nulls().n_unique() for name, value in DISTINCT.items()},
    )
    hours = (
        rows.group_by([*grain, col("occurred_at").dt.hour().alias("hour")])
        .agg(n=pl.len())
        .group_by(grain)
        .agg(
            active_hour_count=pl.len(),
            hour_entropy=(
                (col("n").sum().log() - (col("n") * col("n").log()).sum() / col("n").sum())
                / pl.lit(24.0).log()
            ),
        )
    )
    templates = (
        rows.filter(col("template_hash").is_not_null())
        .group_by([*grain, "template_hash"])
        .agg(n=pl.len())
        .group_by(grain)
        .agg(
            template_count=pl.len(),
            top_template_count=col("n").max(),
            top_template_hash=col("template_hash").filter(col("n") == col("n").max()).max(),
            repeated=col("n").filter(col("n") > 1).sum(),
        )
    )
    joined = sums.join(hours, on=grain, how="left").join(templates, on=grain, how="left")
    n, cv = col("gap_count"), col("gap_cv")
    spread = (col("gap_count") * col("gap_squares") - col("gap_sum") * col("gap_sum")).cast(pl.Float64).sqrt()

    def part(square: str, total: str) -> pl.Expr:
        return (col("pair_count") * col(square) - col(total) * col(total)).cast(pl.Float64).sqrt()

    memory_of = (col("pair_count") * col("products") - col("later") * col("earlier")).cast(pl.Float64)
    result = joined.with_columns(
        gap_mean_seconds=pl.when(n > 0).then(col("gap_sum").cast(pl.Float64) / n / 1e6),
        gap_cv=pl.when(col("gap_sum") > 0).then(spread / col("gap_sum").cast(pl.Float64)),
        gap_memory=pl.when(
            (col("pair_count") >= 50)
            & (part("later_squares", "later") * part("earlier_squares", "earlier") > 0)
        ).then(memory_of / (part("later_squares", "later") * part("earlier_squares", "earlier"))),
        output_input_ratio=pl.when(col("input_tokens") > 0).then(col("output_tokens") / col("input_tokens")),
        refused_share=col("refused_count") / col("request_count"),
        top_template_share=col("top_template_count") / col("templated"),
        repeated_template_share=pl.when(col("templated") > 0).then(col("repeated") / col("templated")),
        reasoning_share=col("reasoning") / col("request_count"),
        capped_output_share=pl.when(col("limited") > 0).then(col("capped") / col("limited")),
        newest_model_share=pl.when(col("released") > 0).then(col("newest") / col("released")),
        chat_share=col("chat") / col("request_count"),
        api_share=col("api") / col("request_count"),
        mcp_share=col("mcp") / col("request_count"),
        template_count=col("template_count").fill_null(0),
    ).with_columns(
        gap_burstiness=pl.when((n >= 20) & cv.is_not_null()).then(
            ((n + 1).sqrt() * cv - (n - 1).sqrt()) / (((n + 1).sqrt() - 2) * cv + (n - 1).sqrt())
        )
    )
    # The windows look back over calendar days; polars has them on sorted frames only, out of the stream.
    done = result.collect(engine="streaming").sort(grain)
    for days in (7, 28):
        back = done.rolling("activity_date", period=f"{days}d", group_by="account_id").agg(
            col("request_count").sum().alias(f"request_count_{days}d"), pl.len().alias(f"active_days_{days}d")
        )
        done = done.join(back, on=grain, how="left")
    done.select(*grain, *FEATURES).write_parquet(out)


def run_pandas(folder: Path, out: Path) -> None:
    """The same by groupby. Squares of gaps are summed as Python's floats: pandas has no wider integer."""
    import numpy as np
    import pandas as pd

    rows = pd.read_parquet(folder / "requests.parquet", columns=[c for c in NEEDED if c != "request_id"])
    grain = ["account_id", "activity_date"]
    rows["activity_date"] = pd.to_datetime(rows["activity_date"]).astype("datetime64[us]")
    at = rows["occurred_at"].dt.tz_localize(None).astype("datetime64[us]")
    since = at.astype("int64") - rows["activity_date"].astype("int64")
    gap = (rows["seconds_since_previous"] * 1e6).round()
    both = ((rows["seconds_since_previous"] + rows["seconds_before_previous"]) * 1e6).round()
    rows["gap"] = gap.where(gap <= since)
    rows["gap_before"] = (rows["seconds_before_previous"] * 1e6).round().where(both <= since)
    rows["hour"] = at.dt.hour
    has_pair = rows["gap_before"].notna()
    rows["later"] = rows["gap"].where(has_pair)
    rows["gap_squares"] = rows["gap"] ** 2
    rows["later_squares"] = rows["later"] ** 2
    rows["earlier_squares"] = rows["gap_before"] ** 2
    rows["products"] = rows["gap"] * rows["gap_before"]
    rows["is_error"] = rows["status"] >= 400
    rows["is_limited"] = rows["status"] == 429
    rows["is_reasoning"] = rows["task_label"].isin(REASONING)
    rows["is_capped"] = rows["output_tokens"] >= 0.95 * rows["max_tokens"]
    rows["is_newest"] = rows["is_newest_model"].eq(True)
    for surface in ("chat", "api", "mcp"):
        rows[surface] = rows["surface"] == surface
    groups = rows.groupby(grain, sort=False)
    found = groups.agg(
        request_count=("surface", "size"),
        input_tokens=("input_tokens", "sum"),
        output_tokens=("output_tokens", "sum"),
        tool_call_count=("tool_calls", "sum"),
        refused_count=("refused", "sum"),
        error_count=("is_error", "sum"),
        rate_limited_count=("is_limited", "sum"),
        reasoning=("is_reasoning", "sum"),
        capped=("is_capped", "sum"),
        limited=("max_tokens", "count"),
        newest=("is_newest", "sum"),
        released=("is_newest_model", "count"),
        chat=("chat", "sum"),
        api=("api", "sum"),
        mcp=("mcp", "sum"),
        templated=("template_hash", "count"),
        gap_count=("gap", "count"),
        gap_sum=("gap", "sum"),
        gap_squares=("gap_squares", "sum"),
        pair_count=("gap_before", "count"),
        later=("later", "sum"),
        earlier=("gap_before", "sum"),
        later_squares=("later_squares", "sum"),
        earlier_squares=("earlier_squares", "sum"),
        products=("products", "sum"),
        **{name: (value, "nunique") for name, value in DISTINCT.items()},
    )
    hours = rows.groupby([*grain, "hour"], sort=False).size()
    by_hour = pd.DataFrame({"n": hours, "term": hours * np.log(hours)}).groupby(grain, sort=False)
    found["active_hour_count"] = by_hour["n"].size()
    total = by_hour["n"].sum()
    found["hour_entropy"] = (np.log(total) - by_hour["term"].sum() / total) / np.log(24)
    used = rows.groupby([*grain, "template_hash"], sort=False).size().rename("n").reset_index()
    by_day = used.groupby(grain, sort=False)
    found["template_count"] = by_day.size()
    found["template_count"] = found["template_count"].fillna(0)
    found["top_count"] = by_day["n"].max()
    top = used[used["n"] == by_day["n"].transform("max")]
    found["top_template_hash"] = top.groupby(grain, sort=False)["template_hash"].max()
    found["repeated"] = used[used["n"] > 1].groupby(grain, sort=False)["n"].sum()
    templated = found["templated"].where(found["templated"] > 0)
    n = found["gap_count"]
    found["gap_mean_seconds"] = found["gap_sum"] / n.where(n > 0) / 1e6
    spread = (n * found["gap_squares"] - found["gap_sum"] ** 2).clip(lower=0)
    found["gap_cv"] = np.sqrt(spread) / found["gap_sum"].where(found["gap_sum"] > 0)
    cv = found["gap_cv"]
    found["gap_burstiness"] = (
        (np.sqrt(n + 1) * cv - np.sqrt(n - 1)) / ((np.sqrt(n + 1) - 2) * cv + np.sqrt(n - 1))
    ).where(n >= 20)
    pairs = found["pair_count"]
    scale = np.sqrt((pairs * found["later_squares"] - found["later"] ** 2).clip(lower=0)) * np.sqrt(
        (pairs * found["earlier_squares"] - found["earlier"] ** 2).clip(lower=0)
    )
    memory_of = (pairs * found["products"] - found["later"] * found["earlier"]) / scale.where(scale > 0)
    found["gap_memory"] = memory_of.where(pairs >= 50)
    requests = found["request_count"]
    found["output_input_ratio"] = found["output_tokens"] / found["input_tokens"].where(
        found["input_tokens"] > 0
    )
    found["refused_share"] = found["refused_count"] / requests
    found["top_template_share"] = found["top_count"] / templated
    found["repeated_template_share"] = found["repeated"].fillna(0) / templated
    found["reasoning_share"] = found["reasoning"] / requests
    found["capped_output_share"] = found["capped"] / found["limited"].where(found["limited"] > 0)
    found["newest_model_share"] = found["newest"] / found["released"].where(found["released"] > 0)
    for surface in ("chat", "api", "mcp"):
        found[f"{surface}_share"] = found[surface] / requests
    found = found.reset_index().sort_values(grain)
    for days in (7, 28):
        back = found.set_index("activity_date").groupby("account_id")["request_count"].rolling(f"{days}D")
        found[f"request_count_{days}d"] = back.sum().to_numpy().astype("int64")
        found[f"active_days_{days}d"] = back.count().to_numpy().astype("int64")
    found[[*grain, *FEATURES]].to_parquet(out)


def run_chdb(folder: Path, out: Path) -> None:
    """One statement; partial results are joined, as in the model."""
    import chdb

    sql = (Path(__file__).parent / "bench_features_chdb.sql").read_text(encoding="utf-8")
    distinct = ",\n        ".join(f"uniqExact({value}) as {name}" for name, value in DISTINCT.items())
    filled = sql.replace("/* distinct */", distinct).replace("/* features */", ", ".join(FEATURES))
    filled = filled.replace("/* file */", f"file('{folder}/requests.parquet', Parquet)")
    chdb.query(f"insert into function file('{out}', Parquet) {filled}", "CSV")

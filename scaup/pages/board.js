"use strict";
// The leads' filters: they add up counts that are embedded in the page, and show what the mart computed
// where counts cannot be added. The interval is Wilson's at 95 %, as in macros/statistics/wilson.sql.
(() => {
  const source = document.getElementById("board-data");
  if (!source) return;
  const rows = JSON.parse(source.textContent);
  const field = (name) => document.getElementById("filter-" + name);
  const z = 1.959963984540054;
  const wilson = (k, n) => {
    const half = z * Math.sqrt((k * (n - k)) / n + (z * z) / 4);
    const middle = k + (z * z) / 2;
    return [Math.max(0, (middle - half) / (n + z * z)), Math.min(1, (middle + half) / (n + z * z))];
  };
  const number = (value, isShare) =>
    value === null ? "–" : isShare ? (100 * value).toFixed(1) + " %" : value.toLocaleString("en", { maximumFractionDigits: 1 });
  const draw = (tile, points) => {
    const line = tile.querySelector("polyline");
    const known = points.filter((value) => value !== null);
    const top = Math.max(...known, 0) || 1;
    const step = points.length > 1 ? 118 / (points.length - 1) : 0;
    line.setAttribute(
      "points",
      points.map((value, place) => (value === null ? "" : (1 + place * step).toFixed(1) + "," + (27 - (26 * value) / top).toFixed(1))).join(" ")
    );
  };
  const show = () => {
    const [surface, policy, since, until] = ["surface", "policy", "since", "until"].map((name) => field(name).value);
    for (const tile of document.querySelectorAll("[data-metric]")) {
      const mine = rows.filter((row) => row[0] === tile.dataset.metric && (!since || row[1] >= since) && (!until || row[1] < until));
      const fits = (wantedSurface, wantedPolicy) => mine.filter((row) => row[2] === wantedSurface && row[3] === wantedPolicy);
      const hasSurface = rows.some((row) => row[0] === tile.dataset.metric && row[2] === surface);
      const hasPolicy = rows.some((row) => row[0] === tile.dataset.metric && row[3] === policy);
      const picked = fits(hasSurface ? surface : "all", hasPolicy ? policy : tile.dataset.whole);
      const isShare = tile.dataset.unit === "share" || tile.dataset.unit === "0–1";
      let value = null, low = null, high = null, of = "no data in this range";
      if (tile.dataset.adds === "yes") {
        const part = picked.reduce((sum, row) => sum + row[4], 0);
        const whole = picked.reduce((sum, row) => sum + (row[5] || 0), 0);
        if (picked.length && isShare && whole) {
          value = part / whole;
          [low, high] = wilson(part, whole);
          of = part.toLocaleString("en") + " of " + whole.toLocaleString("en");
        } else if (picked.length && !isShare) {
          value = part;
          of = picked.length + " periods";
        }
      } else if (picked.length) {
        const last = picked[picked.length - 1];
        [value, low, high] = [last[6], last[7], last[8]];
        of = (last[5] === null ? "" : "of " + last[5].toLocaleString("en") + ", ") + "period from " + last[1] + "; periods do not add up";
      }
      tile.querySelector(".value").textContent = number(value, isShare);
      tile.querySelector(".interval").textContent = low === null || high === null ? "" : number(low, isShare) + " to " + number(high, isShare);
      const apart = [surface !== "all" && !hasSurface ? "all surfaces" : "", policy !== "all" && !hasPolicy && tile.dataset.whole === "all" ? "all policies" : "", !hasPolicy && tile.dataset.whole !== "all" ? tile.dataset.whole : ""].filter(Boolean);
      tile.querySelector(".of").textContent = of + (apart.length ? " (" + apart.join(", ") + ")" : "");
      draw(tile, picked.map((row) => row[6]));
    }
  };
  for (const name of ["surface", "policy", "since", "until"]) field(name).addEventListener("change", show);
  show();
})();

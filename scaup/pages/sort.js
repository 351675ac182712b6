"use strict";
// Tables sort by a click on a heading: up, down, and back to the order of the source. Nothing else.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const original = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const number = (text) => (text === "–" ? NaN : parseFloat(text.replace(/[,\s%]/g, "")));
  heads.forEach((head, place) => {
    // No <button>: with one inside, Chromium does not repeat the head of a table on each printed page.
    const button = document.createElement("span");
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    button.append(...head.childNodes);
    head.append(button);
    const isNumber = head.classList.contains("number");
    const value = (row) => {
      const cell = row.cells[place];
      return isNumber ? number(cell.dataset.v ?? cell.textContent) : cell.textContent.trim();
    };
    const isNothing = (found) => (isNumber ? Number.isNaN(found) : found === "–");
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      for (const other of heads) other.removeAttribute("aria-sort");
      if (before === "descending") {
        body.append(...original);
        return;
      }
      const sign = before === "ascending" ? -1 : 1;
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const keyed = original.map((row) => [value(row), row]);
      keyed.sort(([a], [b]) => {
        if (isNothing(a) || isNothing(b)) return isNothing(a) - isNothing(b);
        return sign * (isNumber ? a - b : a < b ? -1 : a > b ? 1 : 0);
      });
      body.append(...keyed.map(([, row]) => row));
    });
  });
}

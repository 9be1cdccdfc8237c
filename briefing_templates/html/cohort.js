
"use strict";
// Shows the filters and makes the marks of each chart one stop of the keyboard, with the arrow keys from mark to mark.
(() => {
  const filters = document.getElementById("filters"), form = filters.querySelector("form");
  const told = document.getElementById("shown");
  const lines = [...document.querySelectorAll("[data-kind]")];
  const groups = [...document.querySelectorAll(".todo-group")];
  const words = new Map(lines.map(line => [line, line.textContent.toLowerCase()]));
  const parts = new Map();
  for (const part of document.querySelectorAll("[data-o]")) {
    const of = parts.get(part.dataset.o);
    if (of) of.push(part); else parts.set(part.dataset.o, [part]);
  }

  const charts = [...document.querySelectorAll(".funnel svg")];
  const marks = chart => [...chart.querySelectorAll("a:not([hidden])")];
  const first = () => {
    for (const chart of charts) {
      for (const [at, mark] of marks(chart).entries()) mark.setAttribute("tabindex", at ? "-1" : "0");
    }
  };
  for (const chart of charts) {
    chart.addEventListener("keydown", event => {
      const all = marks(chart), at = all.indexOf(event.target.closest("a"));
      const to = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
        Home: 0, End: all.length - 1}[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const next = all[(to + all.length) % all.length];
      for (const mark of all) mark.setAttribute("tabindex", mark === next ? "0" : "-1");
      next.focus();
    });
  }

  const apply = () => {
    const asked = new FormData(form);
    const wanted = name => asked.get(name) || "";
    const text = wanted("text").trim().toLowerCase();
    let shown = 0, nobody = 0;
    for (const line of lines) {
      const free = "nobody" in line.dataset;
      const fits = (!wanted("kind") || line.dataset.kind === wanted("kind"))
        && (free || !wanted("region") || line.dataset.region === wanted("region"))
        && (free || !wanted("type") || line.dataset.type === wanted("type"))
        && (!text || words.get(line).includes(text));
      if (fits) { shown += 1; nobody += free; }
      for (const part of parts.get(line.dataset.o)) part.toggleAttribute("hidden", !fits);
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-kind]:not([hidden])");
    const kept = nobody && (wanted("region") || wanted("type"))
      ? " Refused files stay in the list: nobody knows whose they are." : "";
    told.textContent = shown === lines.length ? "" : shown
      ? `${shown} of ${lines.length} lines are shown, and their organisations alone in every chart and table.${kept}`
      : "Nothing fits these filters. Show all, or choose less.";
    first();
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 0); };
  form.addEventListener("input", soon);
  form.addEventListener("reset", soon);
  form.addEventListener("submit", event => event.preventDefault());
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
  filters.hidden = false;
  filters.open = matchMedia("(min-width: 48rem)").matches;
  first();
})();

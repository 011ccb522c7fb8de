// Each table of the page becomes one that can be sorted and searched. The text of its cells is all
// that is read of it, and text is all that is made of that again.
"use strict";

const narrow = window.innerWidth < 520;
const LEAST = narrow ? { long: 160, name: 96, "": 82 } : { long: 240, name: 130, "": 110 };

// Names such as unit.exercise.test_of_it are broken where they have a sign.
function shown(cell) {
  const span = document.createElement("span");
  for (const part of String(cell.getValue()).split(/(?<=[_@])|(?=\.test_)/)) {
    span.append(part, document.createElement("wbr"));
  }
  return span;
}

function numbered(one, other) {
  const [a, b] = [one, other].map((text) => parseFloat(text));
  return (isNaN(a) ? -1 : a) - (isNaN(b) ? -1 : b);
}

function columnsOf(table) {
  return [...table.tHead.rows[0].cells].map((head, n) => ({
    title: head.textContent,
    field: `c${n}`,
    formatter: shown,
    titleFormatter: shown,
    sorter: head.className === "number" ? numbered : "string",
    headerSortStartingDir: head.className === "number" ? "desc" : "asc",
    hozAlign: head.className === "number" ? "right" : "left",
    headerHozAlign: head.className === "number" ? "right" : "left",
    widthGrow: { long: 4, name: 3 }[head.className] || 1,
    minWidth: LEAST[head.className] || LEAST[""],
    variableHeight: true,
  }));
}

function rowsOf(table) {
  return [...table.tBodies[0].rows].map((row) =>
    Object.fromEntries([...row.cells].map((cell, n) => [`c${n}`, cell.textContent])));
}

// Headers sort by the keyboard as by the mouse.
function withKeys(place) {
  for (const head of place.querySelectorAll(".tabulator-col-sorter-element, .tabulator-sortable")) {
    if (!head.matches("[role=columnheader]")) continue;
    head.tabIndex = 0;
    head.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      head.click();
    });
  }
}

function searchOf(table, made, name) {
  const label = document.createElement("label");
  const field = document.createElement("input");
  const told = document.createElement("output");
  label.className = "search";
  field.type = "search";
  field.setAttribute("aria-label", `Search: ${name}`);
  label.append("Search ", field, " ", told);
  field.addEventListener("input", () => {
    const asked = field.value.toLowerCase();
    if (!asked) made.clearFilter();
    else made.setFilter((row) =>
      Object.values(row).some((text) => String(text).toLowerCase().includes(asked)));
    told.textContent = asked ? `${made.getDataCount("active")} found` : "";
  });
  return label;
}

for (const table of document.querySelectorAll("table.sortable")) {
  const rows = rowsOf(table);
  const name = table.getAttribute("aria-label");
  const place = document.createElement("div");
  const around = document.createElement("div");
  around.className = "screen";
  table.before(around);
  around.append(place);
  table.classList.add("paper");
  const made = new Tabulator(place, {
    data: rows,
    columns: columnsOf(table),
    layout: "fitColumns",
    renderVertical: "basic",
    pagination: rows.length > 25,
    paginationSize: 25,
    paginationSizeSelector: [25, 100, true],
    paginationCounter: "rows",
  });
  made.on("tableBuilt", () => {
    place.setAttribute("aria-label", name);
    withKeys(place);
    if (rows.length > 5) around.prepend(searchOf(table, made, name));
  });
}

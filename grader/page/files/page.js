// The newest parts of the page come as events. A part that differs takes the place of the old one;
// what the reader has opened or closed stays so, and the focus stays where it was.
"use strict";

const RETRY_MILLISECONDS = 3000;
const ended = document.getElementById("ended");
const chosen = new Map();

const keyOf = (summary) =>
  [summary.closest("li")?.querySelector("h3"), summary].map((e) => e?.textContent).join("\n");

const places = (part) => [part, ...part.querySelectorAll("summary, a, [tabindex]")];

function replace(old, fresh) {
  for (const summary of fresh.querySelectorAll("summary"))
    if (chosen.has(keyOf(summary))) summary.parentElement.open = chosen.get(keyOf(summary));
  const place = places(old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (place >= 0) (places(fresh)[place] || fresh).focus({ preventScroll: true });
}

function show(parts) {
  for (const fresh of [...new DOMParser().parseFromString(parts, "text/html").body.children]) {
    const old = document.getElementById(fresh.id);
    if (old.isEqualNode(fresh)) continue;
    if (old.getAttribute("role") !== "status") replace(old, document.adoptNode(fresh));
    else old.textContent = fresh.textContent;  // or it would not be read out
  }
}

function say(text) {
  if (ended.textContent !== text) ended.textContent = text;
  document.body.classList.toggle("alone", text !== "");
}

function follow() {
  const events = new EventSource("events");
  events.onopen = () => say("");
  events.onmessage = (event) => show(event.data);
  events.onerror = () => {
    say(ended.dataset.text);
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MILLISECONDS);
  };
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest("summary");
  if (summary) chosen.set(keyOf(summary), !summary.parentElement.open);
});
follow();

"""The style sheets of the page and of the fragment; both read well without them, too."""

# Colours that differ in lightness as well. Text has a contrast of at least 4.5, marks of 3.
LIGHT = """
  --paper: #fbfaf7; --raised: #ffffff; --ink: #22211e; --soft: #5f5c55; --rule: #dcd8cf;
  --code: #f3f1eb; --accent: #1f6f5c; --yours: #b84f08; --right: #1f6ca9; --data: #6f7683;
  --difference: #7d4fd0; --cell: #2273b3;
"""
DARK = """
  --paper: #16171a; --raised: #1d1f23; --ink: #e6e3dc; --soft: #a9a59b; --rule: #383a40;
  --code: #24262b; --accent: #7fcdb5; --yours: #f2a35e; --right: #74b9ee; --data: #9aa3b2;
  --difference: #bda2fb; --cell: #5aa9e6;
"""
# A notebook's theme is its own, and no media query knows it: these do on light and on dark.
EITHER = """
  --soft: currentColor; --rule: rgba(128, 128, 128, 0.4); --code: rgba(128, 128, 128, 0.13);
  --yours: #d0651a; --right: #3b86c6; --data: #7f8796; --difference: #9a70e0; --cell: #3b86c6;
"""
_FIGURES = """
.tk-figure { margin: 1.25em 0; padding: 0; break-inside: avoid; }
.tk-figure figcaption { margin: 0 0 .5em; font-size: .95em; line-height: 1.45; }
.tk-figure figcaption p { margin: .1em 0 0; color: var(--soft); }
.tk-drawing, .tk-pair { display: flex; flex-wrap: wrap; gap: 1em 2em; align-items: flex-start; }
.tk-drawing svg { max-width: 100%; height: auto; }
.tk-pair { max-width: 100%; }
.tk-plot text, .tk-grid text, .tk-graph text {
  font-family: inherit; font-variant-numeric: tabular-nums; fill: currentColor;
}
.tk-plot .tk-yours, .tk-grid .tk-wrong, .tk-graph .tk-wrong { stroke: var(--yours); }
.tk-plot .tk-gone { stroke: var(--yours); }
.tk-grid .tk-corner, .tk-graph .tk-corner { fill: var(--yours); }
.tk-plot .tk-right { stroke: var(--right); }
.tk-plot .tk-data { stroke: var(--data); }
.tk-plot .tk-difference { stroke: var(--difference); }
.tk-grid .tk-cell { fill: var(--cell); }
.tk-grid .tk-name { font-weight: 600; }
@media (max-width: 520px) { .tk-plot text { font-size: 17px; } }
"""
_FEEDBACK = """
dl { margin: .75em 0 0; display: grid; grid-template-columns: 6.5em minmax(0, 1fr);
     gap: .45em 1em; }
dt { color: var(--soft); font-size: .95em; line-height: 1.6; }
dd { margin: 0; min-width: 0; line-height: 1.6; }
dd p { margin: 0; max-width: 62ch; }
pre { margin: 0; padding: .3em .6em; background: var(--code); border-radius: 4px;
      font: .86em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
      overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; color: inherit; }
.verbatim { margin: .6em 0 1.2em; white-space: pre; overflow-wrap: normal; }
@media print { .verbatim { white-space: pre-wrap; } }
dd code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
          font-size: .9em; overflow-wrap: anywhere; }
summary { cursor: pointer; line-height: 1.5; overflow-wrap: anywhere; }
.points { float: right; margin-left: 1em; font-weight: 400; color: var(--soft);
          font-variant-numeric: tabular-nums; }
.likely p { border-left: 3px solid var(--right); padding-left: .7em; }
@media (max-width: 520px) {
  dl { display: block; }
  dt { margin-top: .6em; }
}
"""
_PAGE = """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
       font: 1rem/1.6 "Iowan Old Style", "Source Serif 4", Charter, Cambria, Georgia, serif; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; }
h1 { margin: 0; font-size: 2.6rem; line-height: 1.15; font-weight: 600; letter-spacing: -.01em;
     font-variant-numeric: lining-nums; }
h1 small { font-size: 1.15rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
h2 { margin: 3rem 0 1rem; font-size: 1.35rem; line-height: 1.3; font-weight: 600; }
h3 { margin: 0; font-size: 1.12rem; line-height: 1.35; font-weight: 600; overflow-wrap: anywhere; }
h4 { margin: .5rem 0 0; font-size: 1rem; line-height: 1.5; font-weight: 600;
     overflow-wrap: anywhere; }
p { overflow-wrap: anywhere; }
.lead { margin: .6rem 0 0; color: var(--soft); }
.note { margin: 1rem 0 0; padding: .6rem .9rem; background: var(--code); border-radius: 4px; }
.board { width: 100%; border-collapse: collapse; margin: 2rem 0 0;
         font-variant-numeric: tabular-nums lining-nums; }
.board th, .board td { padding: .5rem 0; border-bottom: 1px solid var(--rule); text-align: left;
                       font-weight: 400; vertical-align: middle; }
.board th { overflow-wrap: anywhere; padding-right: 1rem; }
.board .bar { width: 38%; padding-right: 1rem; }
.board .number { text-align: right; padding-right: 1rem; white-space: nowrap; }
.board .word { color: var(--soft); white-space: nowrap; width: 1%; }
.board thead th { color: var(--soft); font-size: .85rem; padding: 0 1rem .3rem 0; }
.board thead .number { text-align: right; }
.bar svg { display: block; width: 100%; height: 10px; }
.bar .track { fill: var(--rule); }
.bar .part { fill: var(--accent); }
.exercise { margin: 0 0 1.25rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--raised);
            border: 1px solid var(--rule); border-radius: 8px; }
.exercise > :last-child { margin-bottom: 0; }
.exercise details { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
.waiting { margin: .75rem 0 0; color: var(--soft); }
.names { list-style: none; margin: 0; padding: 0; }
.names li { padding: .3rem 0; overflow-wrap: anywhere; }
.names strong { font-weight: 600; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 3rem; color: var(--soft);
         font-size: .88rem; overflow-wrap: anywhere; }
summary:focus-visible { outline: 3px solid var(--right); outline-offset: 3px; }
@media (max-width: 520px) {
  header { padding-top: 1.75rem; }
  h1 { font-size: 2rem; }
  .board .word { white-space: normal; }
  .board .bar { width: 24%; }
  .exercise { padding: .9rem; margin-left: -.5rem; margin-right: -.5rem; }
}
@page { margin: 16mm 18mm; }
@media print {
  body { font-size: 10.5pt; background: none; }
  header { padding-top: 0; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .exercise { border: 0; border-top: 1px solid var(--rule); border-radius: 0; padding: .6rem 0;
              background: none; }
  dl { display: block; }
  dt { float: left; clear: left; width: 5.5rem; }
  dd { margin: 0 0 .4rem 6rem; }
  h2, h3, h4, figcaption { break-after: avoid; }
  pre { break-inside: avoid; }
  pre, svg { print-color-adjust: exact; }
}
"""


def page_style() -> str:
    return (
        f":root {{ color-scheme: light dark; {LIGHT} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}\n"
        f"{_FIGURES}{_FEEDBACK}{_PAGE}"
    )


def fragment_style() -> str:
    """Nothing outside the fragment is touched: every rule is nested in its class."""
    inner = f"{_FIGURES}{_FEEDBACK}"
    return f""".torchkata {{ {EITHER} max-width: 46rem; line-height: 1.55;
  h3 {{ margin: 1rem 0 0; font-size: 1.1em; overflow-wrap: anywhere; }}
  h4 {{ margin: .4rem 0 0; font-size: 1em; overflow-wrap: anywhere; }}
  details {{ margin-top: .6rem; }}
  {inner} }}
"""

"""The pictures of a report as HTML figures, in a page and in a notebook."""

from grader.formats.parts.markup import Markup, element
from grader.formats.parts.text import one_line
from grader.formats.pictures.graph import graph_notes, graph_svg
from grader.formats.pictures.grid import grid_notes, grid_svgs
from grader.formats.pictures.plot import plot_notes, plot_svg
from grader.report import Graph, Grid, Plot


def figure(picture: Plot | Grid | Graph) -> Markup:
    """One figure: its title, the drawing, and what the drawing cannot say."""
    if isinstance(picture, Plot):
        drawings, notes = [plot_svg(picture)], plot_notes(picture)
    elif isinstance(picture, Graph):
        drawings, notes = [graph_svg(picture)], graph_notes(picture)
    else:
        given, yours, right = grid_svgs(picture)
        pair = element("div", yours, right, class_="tk-pair")  # they are to be compared
        drawings, notes = [given, pair], grid_notes(picture)
    title = element("strong", one_line(picture.title))
    said = [element("p", note) for note in notes]
    return element(
        "figure",
        element("figcaption", title, *said),
        element("div", *drawings, class_="tk-drawing"),
        class_="tk-figure",
    )

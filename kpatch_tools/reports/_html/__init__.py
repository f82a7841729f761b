"""The parts of the HTML report: each turns values into a piece of the page."""

"""What axe-core finds on a page."""

from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}}).then(result =>
    result.violations.map(found => [found.id, found.nodes.map(node => node.html.slice(0, 160))]))"""


def violations(page):
    """Each rule that is broken, with where. axe is put into the page, which the policy of the site refuses: the window
    must go past it (``bypass_csp``)."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return page.evaluate(RUN, RULES)

"""What axe-core finds on a page."""

from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# All that can change where a style sheet gives other colours and nothing else.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false}).then(result =>
    result.violations.map(broken => [broken.id, broken.nodes.map(node => node.html.slice(0, 160))]))"""


def with_axe(context):
    """Have the browser put axe into each page of this window itself: the policy of the site does not hear of it."""
    context.add_init_script(path=SCRIPT)
    return context


def violations(page, rules=EVERY_RULE):
    """Each rule that is broken, with where. For a window ``with_axe``."""
    return page.evaluate(RUN, rules)

"""Mermaid read back: by a strict grammar of what is written, and drawn by Mermaid itself where it is at hand.

KMSLINT_MERMAID names a directory whose `node_modules` hold npm's mermaid and jsdom.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

MERMAID = os.environ.get("KMSLINT_MERMAID", "")

# A label: letters, digits, codes, a few signs and line ends; and nothing that Mermaid would take for Markdown.
_LABEL: Final = r'"((?:[^\W_]|[ .,/:-]|#\d{1,7};|<br/>)*)"'
_LINES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"  n\d+(?:\({_LABEL}\)|\[{_LABEL}\])",
        rf"  n\d+ (?:-->|-\.->|--x)(?:\|{_LABEL}\|)? n\d+",
        r"  classDef \w+ [a-z-]+:[\w#]+(?:,[a-z-]+:[\w# ]+)*",
        r"  class n\d+(?:,n\d+)* (?:key|deny|found)",
    )
)
_MARKDOWN: Final = re.compile(r"(?m)^(?:[ -]|\d+\. )|://|www\.|:fa-|#36;#36;")


class Picture(NamedTuple):
    """What a picture shows."""

    nodes: list[str]
    edges: list[str]
    """Their labels; there are none without."""


def read(text: str) -> Picture:
    """What is written in a picture. Fails on whatever is not of the form that kmslint writes."""
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "flowchart LR"
    nodes: list[str] = []
    edges: list[str] = []
    for line in lines:
        match = next(filter(None, (pattern.fullmatch(line) for pattern in _LINES)), None)
        assert match is not None, line
        label = next(filter(None, match.groups()), "")
        assert not any(_MARKDOWN.search(part) for part in label.split("<br/>")), line
        plain = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label.replace("<br/>", "\n"))
        if " class" not in line:
            (edges if re.match(r"  n\d+ -", line) else nodes).append(plain)
    return Picture(nodes, list(filter(None, edges)))


_SCRIPT: Final = """
import fs from 'fs';
import { JSDOM } from 'jsdom';
const { window } = new JSDOM('<!DOCTYPE html><body></body>', { pretendToBeVisual: true });
for (const name of ['document', 'Element', 'SVGElement', 'HTMLElement', 'Node', 'DOMParser', 'XMLSerializer',
                    'MutationObserver', 'CSSStyleSheet', 'getComputedStyle']) globalThis[name] = window[name];
globalThis.window = window;
window.SVGElement.prototype.getBBox = () => ({ x: 0, y: 0, width: 100, height: 20 });
const mermaid = (await import('mermaid')).default;
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
const drawn = [];
for (const text of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
  const { svg } = await mermaid.render(`m${drawn.length}`, text);
  const body = new window.DOMParser().parseFromString(svg, 'text/html');
  const written = (selector) => [...body.querySelectorAll(selector)].map((label) => {
    for (const end of label.querySelectorAll('br')) end.replaceWith('\\n');
    return label.textContent;
  });
  drawn.push({
    nodes: written('.node .nodeLabel'),
    edges: written('.edgeLabels span.edgeLabel').filter((label) => label),
    others: [...body.querySelectorAll('a, img, script, iframe, i, b, em, strong, code, li')].map((it) => it.outerHTML),
  });
}
console.log(JSON.stringify(drawn));
"""


def drawn_by_mermaid(texts: list[str], scratch: Path) -> list[Picture]:
    """The same as Mermaid draws it; fails if it draws anything else besides."""
    file = scratch / "pictures.json"
    file.write_text(json.dumps(texts), encoding="utf-8")
    arguments = ["node", "--input-type=module", "-", str(file)]
    run = subprocess.run(arguments, input=_SCRIPT, cwd=MERMAID, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    pictures = json.loads(run.stdout)
    assert [each["others"] for each in pictures] == [[] for _ in texts]
    return [Picture(each["nodes"], each["edges"]) for each in pictures]

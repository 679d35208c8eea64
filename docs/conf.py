"""The site of the documentation, built by `cargo xtask docs` into target/site/.

Sphinx, because it has been kept for almost twenty years by many people and released this autumn, is in PyPI ready to run,
fails on a broken link, and searches in the page itself. MyST reads the same Markdown that a forge shows; Furo loads nothing
from other hosts. Looked at in November 2026: Material for MkDocs is in maintenance mode and MkDocs has had no release since
2024; its successor Zensical is at 0.1; VitePress is well kept and has been on the way to 2.0 for long, but needs a hundred
packages of npm.
"""

import re
from pathlib import Path

project = "Lido"
author = "the authors of Lido"
project_copyright = "the authors of Lido"
extensions = ["myst_parser"]

# The sources are the pages where they lie, so that links work here and in a forge alike.
root_doc = "README"
include_patterns = [
    "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    "docs/*.md", "clients/*/README.md", "codegen/*.md", "examples/*.md", "examples/*/README.md", "facts/README.md", "model/README.md", "server/tests/FACTS.md", "server/tests/CLIENTS.md",
]
exclude_patterns = [".git", "target", "generated", "server/src", "**/node_modules"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = "Lido"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False


def add_navigation(app, docname, source):
    """The navigation is the table of pages in README.md, a caption for each row."""
    if docname != root_doc:
        return
    table = source[0].split("## Documentation", 1)[1].split("\n## ", 1)[0]
    for caption, pages in re.findall(r"^\| ([a-z ]+) \| (\[.*) \|$", table, re.MULTILINE):
        entries = "\n".join(re.findall(r"\]\(([^)#]+)\.md\)", pages))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption.capitalize()}\n\n{entries}\n```\n"


def keep_text_of_folder(app, env, node, contnode):
    """A link to a folder, which a forge shows, is text here."""
    if node.get("refdomain") in (None, "") and "refdoc" in node:
        folder = Path(env.doc2path(node["refdoc"])).parent / node["reftarget"]
        return contnode if folder.is_dir() else None
    return None


def add_index(app, exception):
    """`index.html` leads to the root document."""
    if exception is None and app.builder.name == "html":
        page = '<!doctype html><meta http-equiv="refresh" content="0; url=README.html"><a href="README.html">Lido</a>\n'
        Path(app.outdir, "index.html").write_text(page)


def setup(app):
    app.connect("source-read", add_navigation)
    app.connect("missing-reference", keep_text_of_folder)
    app.connect("build-finished", add_index)

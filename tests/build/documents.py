"""Each ```cpp block of the given Markdown files compiles, and links if it has a main.

A block is named by the line above it, `<!-- build: name -->`. Blocks of one file with the same name
are one program, in order.
"""

import re
import sys
import tempfile
from pathlib import Path

import compiler

FENCE = re.compile(r"^(?P<above>.*)\n```(?:cpp|c\+\+)[^\n]*\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- build: ([\w-]+) -->")


def programs(path, text):
    """{name: source} of the blocks in `text`; exits when one has no name."""
    found = {}
    line = 1
    above = ""
    block = None
    for number, content in enumerate(text.splitlines(), 1):
        if block is not None:
            if content.strip() == "```":
                block = None
            else:
                block.append(content)
        elif re.fullmatch(r"\s*```\s*(cpp|c\+\+|C\+\+).*", content):
            name = MARK.fullmatch(above.strip())
            if not name:
                sys.exit(f"{path}:{number}: a cpp block needs `<!-- build: name -->` on the line above")
            block = found.setdefault(name[1], [])
            block.append(f'#line {number + 1} "{path}"')
        above = content
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}

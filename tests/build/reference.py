"""Doxygen makes the API reference without a warning, and every public name is in it, in its group.

usage: reference.py <source folder> <output folder>
"""

import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

SKIPPED = 77


def names_by_group(tags):
    """{title of a group: the names of namespace ctnn in it} of Doxygen's tag file."""
    found = {}
    for compound in xml.etree.ElementTree.parse(tags).getroot():
        if compound.get("kind") == "group":
            qualified = [e.text.split("<")[0].strip() for e in compound if e.tag in ("class", "concept")]
            inside = [name.split("::")[-1] for name in qualified if name.count("::") == 1]
            members = [member.find("name").text for member in compound.iter("member")]
            found[compound.find("title").text] = {*inside, *members}
    return found


def main():
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    if shutil.which("doxygen") is None:
        print("skipped: no doxygen (scripts/install-dependencies docs)")
        sys.exit(SKIPPED)
    output.mkdir(exist_ok=True)
    tags = output / "ctnn.tag"
    options = f"{(source / 'docs/Doxyfile').read_text()}\nOUTPUT_DIRECTORY={output}\nGENERATE_TAGFILE={tags}\n"
    if subprocess.run(["doxygen", "-"], input=options, text=True, cwd=source).returncode != 0:
        sys.exit("doxygen warned")
    shown = names_by_group(tags)
    missing = False
    for line in (source / "tests/build/public_names.txt").read_text().splitlines():
        if line.startswith("#"):
            group = line[1:].strip()
        else:
            for name in set(line.split()) - shown.get(group, set()):
                print(f"{name} is not in the reference's group `{group}`")
                missing = True
    sys.exit(missing)


if __name__ == "__main__":
    main()

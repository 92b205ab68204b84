"""Which header may include which. usage: include_rules.py <include/ctnn>

A header includes its own folder or one before it in FOLDERS, and each outside library has one door.
"""

import re
import sys
from pathlib import Path

FOLDERS = ["core", "kernels", "layers", "plan", "network", "train", "io", "data"]
DOORS = {
    "boost/hana": "core/",
    "boost/random": "data/mixup.hpp",
    "xsimd/": "kernels/simd.hpp",
    "xtensor/": "network/tensor.hpp",
    "Random123/": "kernels/random.hpp",
    "nlohmann/": "io/",
    "zlib.h": "io/gzip.hpp",
    "stb/": "src/images/",  # no header: ctnn::images
    "turbojpeg.h": "src/images/",
}


def complaints(path, text):
    """What is wrong with the includes of the header at `path`, relative to include/ctnn."""
    folder = path.split("/")[0]
    if folder != path and folder not in FOLDERS:
        yield f"{path}: folder {folder}/ has no place in the order {' '.join(FOLDERS)}"
        return
    for included in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE):
        for library, door in DOORS.items():
            if included.startswith(library) and not path.startswith(door):
                yield f"{path}: includes <{included}>, whose door is {door}"
        if not included.startswith("ctnn/") or folder == path:  # an umbrella may include all
            continue
        target = included.split("/")[1]
        if target not in FOLDERS:
            yield f"{path}: includes the umbrella <{included}>"
        elif FOLDERS.index(target) > FOLDERS.index(folder):
            yield f"{path}: includes <{included}>, but {target}/ comes after {folder}/"


def check_the_checker():
    """A rule that nothing can break is no rule."""
    for path, line, wrong in [
        ("layers/a.hpp", "#include <ctnn/kernels/a.hpp>", False),
        ("layers/a.hpp", "#include <ctnn/layers/b.hpp>", False),
        ("kernels/simd.hpp", "#include <xsimd/xsimd.hpp>", False),
        ("ctnn.hpp", "#include <ctnn/data/a.hpp>", False),
        ("layers/a.hpp", "#include <ctnn/network/a.hpp>", True),
        ("layers/a.hpp", "  # include <ctnn/core.hpp>", True),
        ("kernels/a.hpp", "#include <xsimd/xsimd.hpp>", True),
        ("ctnn.hpp", "#include <xtensor/xview.hpp>", True),
        ("io/image_file.hpp", "#include <turbojpeg.h>", True),
        ("odd/a.hpp", "", True),
    ]:
        assert any(complaints(path, line)) == wrong, (path, line)


def main():
    check_the_checker()
    root = Path(sys.argv[1])
    headers = sorted(root.rglob("*.hpp"))
    if not headers:
        sys.exit(f"{root}: no headers")
    found = [
        complaint
        for header in headers
        for complaint in complaints(header.relative_to(root).as_posix(), header.read_text())
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()

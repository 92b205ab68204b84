"""The names in namespace ctnn are those of public_names.txt, which people may rely on; whatever else
the headers declare is in ctnn::detail, kernels, plan, transforms, init or io.

usage: public_names.py <include/ctnn> <public_names.txt>
"""

import re
import sys
from pathlib import Path

INNER = {"detail", "kernels", "plan", "transforms", "init", "io", "simd"}


def without_comments(text):
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text, flags=re.DOTALL)
    return re.sub(
        r'//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*(?:\\\n[^\n]*)*|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\])+\'',
        " ",
        text,
        flags=re.DOTALL | re.MULTILINE,
    )


def without_instruction_sets(text):
    """The text, line for line, without the inline namespaces that core/instruction_set.hpp tells of."""
    text = re.sub(r"^(\} //|inline) namespace CTNN_INSTRUCTION_SET\b[^\n]*$", "", text, flags=re.M)
    return text.replace("::inline CTNN_INSTRUCTION_SET", "")


def declared_name(declaration):
    """The name that a declaration at namespace scope introduces, or None."""
    words = declaration
    while (begin := re.match(r"\s*template\s*<", words)) or re.match(r"\s*requires\b", words):
        if begin is None:  # a constraint, up to what it constrains
            words = re.split(r"\b(?=struct|class|auto|inline|constexpr|bool)", words, maxsplit=1)[-1]
            continue
        depth, at = 1, begin.end()
        while depth:
            if words[at] == "<":
                depth += 1
            elif words[at] == ">" and words[at - 1] != "-":
                depth -= 1
            elif words[at] == "(":  # a > in parentheses is an operator
                inner = 1
                while inner:
                    at += 1
                    inner += {"(": 1, ")": -1}.get(words[at], 0)
            at += 1
        words = words[at:]
    words = re.sub(r"\[\[.*?\]\]", " ", words)
    if match := re.match(r"\s*(?:struct|class|enum(?:\s+class)?|concept)\s+(\w+)", words):
        return match[1]
    if match := re.match(r"\s*using\s+(\w+)\s*=", words):
        return match[1]
    if re.match(r"\s*(using|extern|static_assert|friend)\b", words):
        return None
    head = re.split(r"[({=;]|\brequires\b", words, maxsplit=1)[0]
    if "operator" in head:
        return None
    head = re.sub(r"<[^<>]*(?:<[^<>]*>[^<>]*)*>\s*$", "", head.strip())  # a specialisation
    match = re.search(r"(\w+)\s*$", head)
    return match[1] if match else None


def names_in(text):
    """Every name that `text` declares in namespace ctnn itself."""
    text = without_comments(without_instruction_sets(text))
    spaces = []  # open namespaces
    found = set()
    at = 0
    while at < len(text):
        if match := re.compile(r"\s*(?:inline\s+)?namespace\s+([\w:]+)\s*\{").match(text, at):
            spaces.append(match[1])
            at = match.end()
            continue
        if match := re.compile(r"\s*\}").match(text, at):
            spaces.pop()
            at = match.end()
            continue
        # One declaration: to its `;`, or to the end of its body.
        begin, parentheses, braces = at, 0, 0
        while at < len(text):
            c = text[at]
            parentheses += {"(": 1, ")": -1}.get(c, 0)
            braces += {"{": 1, "}": -1}.get(c, 0)
            at += 1
            if braces == 0 and parentheses == 0 and c == ";":
                break
            if braces == 0 and parentheses == 0 and c == "}":
                rest = re.compile(r"\s*([;=,)(&|>.]|\(|->|\|\|)").match(text, at)
                if not rest:
                    break
        declaration = text[begin:at]
        if not declaration.strip():
            break
        if "::".join(spaces) == "ctnn" and (name := declared_name(declaration)):
            found.add(name)
    return found


def check_the_checker():
    text = """
    #include <a>
    namespace ctnn { namespace detail { struct Hidden {}; }
    // struct Comment {};
    template <class T, int N> struct Shown { int f() { return 0; } };
    template <class T> struct Shown<T, 1> {};
    template <class T> requires(sizeof(T) > 1) class Bounded<T> {};
    template <class T> concept Idea = requires(T t) { { t.f() } -> Same<int>; } && true;
    enum class Choice { a, b };
    using Alias = int;
    template <class T> using Generic = T;
    inline constexpr Type value{1};
    template <class T> inline constexpr bool variable = [] { return true; }();
    constexpr auto function(int x) -> int { return x; }
    Bounded(int) -> Bounded<int>;
    bool operator==(int, int);
    namespace kernels { void inner(); } void after(); }
    namespace ctnn::io { void deep(); }
    namespace ctnn::detail::inline CTNN_INSTRUCTION_SET { void hidden(); }
    namespace ctnn {
inline namespace CTNN_INSTRUCTION_SET {
    struct Fast {};
} // namespace CTNN_INSTRUCTION_SET
    }
    """
    wanted = "Fast Shown Bounded Idea Choice Alias Generic value variable function after".split()
    assert names_in(text) == set(wanted), names_in(text) ^ set(wanted)


def main():
    check_the_checker()
    root, listed_in = Path(sys.argv[1]), Path(sys.argv[2])
    declared = {}
    for header in sorted(root.rglob("*.hpp")):
        for name in names_in(header.read_text()):
            declared.setdefault(name, header.relative_to(root).as_posix())
    if "--print" in sys.argv:
        return print("\n".join(f"{declared[name]}: {name}" for name in sorted(declared)))
    listed = {
        name
        for line in listed_in.read_text().splitlines()
        if not line.startswith("#")
        for name in line.split()
    }
    for name in sorted(set(declared) - listed):
        print(f"{declared[name]}: declares {name} in namespace ctnn, but {listed_in.name} has no such name")
    for name in sorted(listed - set(declared)):
        print(f"{listed_in.name}: has {name}, which no header declares in namespace ctnn")
    sys.exit(set(declared) != listed)


if __name__ == "__main__":
    main()

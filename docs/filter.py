"""What Doxygen reads in place of a header: the header, line for line, without its inline namespaces, with
three things told once.

- A name belongs to the group under which tests/build/public_names.txt lists it.
- The members by which a type meets a concept mean what the concept says: CONTRACTS tells it of each.
- Of the inner namespaces only what users meet is shown: SHOWN.

Of documents, it takes the headings out of the links.

usage: filter.py <header or document>
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/build"))
from public_names import declared_name, without_comments, without_instruction_sets  # noqa: E402

SHOWN = {
    "a_network_as_a_type": "ConvolutionAlgorithm FixedString",
    "what_is_known_of_it": "Graph Node ParameterNode Name",
    "a_layer_of_one_s_own": "Context ForwardContext BackwardContext JoinForwardContext "
    "JoinBackwardContext View ParameterView Initial BoundedText",
}
SHOWN = {name: group for group, names in SHOWN.items() for name in names.split()}

LAYER = {
    "output_shape": "is the shape of one sample's output, for an input of shape `in`",
    "parameters": "is the tensors that the layer owns, for an input of shape `in`",
    "check": "says what is wrong with the arguments or with an input of shape `in`, or nothing",
    "kind": "is the layer's name in the table that summary prints",
    "describe": "is the layer as it is written in code, for error messages",
    "multiply_adds": "is the number of multiply-adds that one sample takes forward",
    "backward_reads": "says which of x and y backward() looks at",
    "in_place": "says whether y may be x, and dx may be dy",
    "gives": "says what y is to a loss",
    "sees_batch": "says whether it trains by statistics of the batch, unless it is Frozen",
    "tape_size": "is the number of elements that one sample hands from forward() to backward()",
    "forward": "assigns all of `c.y`; `c` is a detail::ForwardContext",
    "backward": "assigns all of `c.dx` and adds to `c.gradients`; `c` is a detail::BackwardContext",
}
JOIN = {
    "output_shape": "is the shape of one sample's output, for inputs of shapes `in`",
    "check": "says what is wrong with inputs of shapes `in`, or nothing",
    "check_shortcut": "says what is wrong with two inputs of which the second is the branches' own",
    "kind": LAYER["kind"],
    "backward_reads": "says which of the inputs and y backward() looks at",
    "in_place": "says whether y may be an input of its shape",
    "passes_gradient": "says whether the gradient by each input is the one by y",
    "forward": "assigns all of `c.y`; `c` is a detail::JoinForwardContext",
    "backward": "assigns all of each `c.dx`; `c` is a detail::JoinBackwardContext",
}
LOSS = {
    "class_targets": "says whether targets are classes, or tensors like the output",
    "check": "says what is wrong with an output of shape `out`, or nothing",
    "check_members": "says what is wrong with the members for an output of shape `out`, or nothing",
    "wants": "says what the last layer has to give",
    "sum": "returns the sum of the losses of `n` samples and assigns `scale` times its gradient to `dy`",
    "swallows": "is the layer that the loss goes backward with as one",
}
OPTIMIZER = {
    "state_names": "are the names of the blocks of state, as PyTorch's state_dict has them",
    "update": "makes step number `step`, from 1, of `count` parameters `w` with gradients `g`",
    "before_update": "sees all weights and gradients before the updates of a step, and may change these",
    "by_parameter": "says that a stretch is of one parameter, which update() is told",
    "scratch_size": "is the elements of scratch for a parameter, which is updated as a whole",
    "check": "says what is wrong with a network, or nothing",
}
SCHEDULER = {"lr_at": "is the learning rate after `step` calls of PyTorch's scheduler.step()"}
TRANSFORM = {
    "output": "is the form of what is made of an image of form `in`",
    "check": "says what is wrong with the arguments or with an image of form `in`, or nothing",
    "describe": "is the transform as it is written in code, for error messages",
    "in_place": "says whether `out` may be `in`",
    "apply": "assigns all of `out`; `in` and `out` are Planes",
    "branches": "are the pipelines that choose() chooses from",
    "choose": "returns the index of the branch that an image takes",
}
CONTRACTS = {
    "layers/sum.hpp": ("Join", JOIN),
    "layers/product.hpp": ("Join", JOIN),
    "layers/concat.hpp": ("Join", JOIN),
    "layers/": ("Layer", LAYER),
    "train/class_losses.hpp": ("Loss", LOSS),
    "train/tensor_losses.hpp": ("Loss", LOSS),
    "train/optimizers.hpp": ("Optimizer", OPTIMIZER),
    "train/parameter_groups.hpp": ("Optimizer", OPTIMIZER),
    "train/clip_grad.hpp": ("Optimizer", OPTIMIZER),
    "train/muon.hpp": ("Optimizer", OPTIMIZER),
    "train/ema.hpp": ("Optimizer", OPTIMIZER),
    "train/schedulers.hpp": ("Scheduler", SCHEDULER),
    "data/transforms/": ("Transform", TRANSFORM),
}


def hide_inner(text):
    names = "|".join(SHOWN)
    shown = re.compile(
        r"^(?:///[^\n]*\n)+(?:template <[^\n]*\n)?"
        rf"(?:struct (?:{names})\b.*?^\}};|using (?:{names})\b.*?;)$",
        re.MULTILINE | re.DOTALL,
    )

    def keep_shown(block):
        begin, end = block.span("body")
        kept = ""
        for entry in shown.finditer(text, begin, end):
            kept += "\n" * text.count("\n", begin, entry.start()) + entry[0]
            begin = entry.end()
        return block["open"] + kept + "\n" * text.count("\n", begin, end) + block["close"]

    return re.sub(
        r"^(?P<open>namespace (?:[\w:]+::)?(?P<inner>detail|kernels|plan) \{)$(?P<body>.*?)"
        r"^(?P<close>\} // namespace [\w:]*(?P=inner))$",
        keep_shown,
        text,
        flags=re.MULTILINE | re.DOTALL,
    )


def tell_contracts(text, path):
    concept, members = next((c for place, c in CONTRACTS.items() if place in path), ("", {}))
    if not members:
        return text
    member = re.compile(
        r"^ +(?=(?:template <[^\n]*>\n +)?(?:static|using|double|void|Sentence) "
        rf"(?:[^\n;={{(]* )?(?P<name>{'|'.join(members)})\b)",
        re.MULTILINE,
    )

    def add(found):
        above = text[: found.start()].rsplit("\n", 2)[1].strip()
        if above.startswith(("///", "template <")):
            return found[0]
        return f"{found[0]}/** {found['name']} {members[found['name']]}. See {concept}. */ "

    return member.sub(add, text)


def group_of():
    """{name: group} as public_names.txt and SHOWN list them."""
    group, found = None, dict(SHOWN)
    for line in (ROOT / "tests/build/public_names.txt").read_text().splitlines():
        if line.startswith("#"):
            group = re.sub(r"\W+", "_", line[1:].strip()).lower()
        else:
            found.update({name: group for name in line.split()})
    return found


def add_groups(text):
    groups = group_of()
    others = "transforms" if "\nnamespace ctnn::transforms {" in text else None

    def add(entry):
        name = declared_name(without_comments(entry["declaration"]))
        group = groups.get(name, others) if name else None
        return f"{entry['comment']}/** @ingroup {group} */ " if group else entry[0]

    return re.sub(
        r"^(?P<comment>///(?! @file)[^\n]*\n(?:///[^\n]*\n)*)(?=(?P<declaration>[^/\s](?:[^\n]+\n){1,6}))",
        add,
        text,
        flags=re.MULTILINE,
    )


def without_anchors(text):
    """Links to headings lead to their page: Doxygen names headings in its own way."""
    text = re.sub(r"\[([^\]]+)\]\(#[^)]*\)", r"\1", text)
    return re.sub(r"(\]\([^)\s#]+\.md)#[^)]*\)", r"\1)", text)


def main():
    path = Path(sys.argv[1]).resolve().relative_to(ROOT).as_posix()
    if path.endswith(".md"):
        return sys.stdout.write(without_anchors((ROOT / path).read_text()))
    text = without_instruction_sets((ROOT / path).read_text())
    sys.stdout.write(add_groups(tell_contracts(hide_inner(text), path)))


if __name__ == "__main__":
    main()

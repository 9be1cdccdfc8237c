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

# The rooms, each and the rooms below it that it may import: no other arrow, so everything runs one way. A module
# imports its own room too. A module at the root is a room of its own. `GROUND` is everybody's.
GROUND = {"model", "numbers", "memo", "resources", "_"}  # `_` is the package: its version
ROOMS = {
    "model": "",
    "stats": "",
    "arrow": "",
    "figures": "",
    "personal": "figures",
    "rulebook": "",
    "facts": "rulebook",
    "read": "figures",
    # the stages, and what is said of what they found: one floor
    "conform": "figures personal rulebook read",
    "derive": "facts figures rulebook stats",
    "compare": "facts figures rulebook stats",
    "check": "facts figures rulebook",
    "slips": "facts rulebook stats",
    "score": "facts figures rulebook stats",
    "wording": "facts figures rulebook stats",
    "disclose": "facts rulebook",
    # the pipeline
    "one_return": "facts read rulebook conform derive compare check score",
    "plan": "figures rulebook read conform",
    "assess": "facts read rulebook conform derive compare check slips score one_return plan",
    "release": "facts read rulebook conform derive disclose wording",
    "aggregate": "facts rulebook stats derive compare score wording",
    # for rule writers; the document; the result
    "authoring": "facts figures personal rulebook conform compare plan check wording",
    "briefing": "facts figures personal rulebook wording",
    "results": "figures read rulebook wording",
    # a format each
    "render": "rulebook wording",
    "render.workbooks": "results rulebook wording",
    "render.annotate": "read rulebook wording render.workbooks",
    "render.briefing": "briefing wording",
    "render.cohort": "briefing results wording render.briefing",
    # many returns, staff records, one call, the command line
    "extract": "arrow figures read rulebook conform wording results",
    "tables": "arrow figures read rulebook",
    "run": "facts read rulebook wording conform compare one_return plan assess release briefing results render tables",
    "cohort": "arrow facts read rulebook wording conform compare disclose one_return assess aggregate release briefing "
    "results render render.briefing render.cohort render.workbooks tables run",
    "cli": "conform read rulebook wording assess authoring briefing results render render.workbooks render.annotate "
    "render.briefing release run cohort extract",
    "__main__": "cli run",
}
STAGES = {"conform", "derive", "compare", "check", "slips", "score", "disclose"}
# What of a room is for others; of a room not named here that is its `__init__` alone.
DOORS = {
    "authoring": "cases coverage difference layout_file lint manual mutants official prefixes",
    "briefing": "audiences document dossier governance public public_report published sign_off",
    "check": "_ assertion explanations notes",
    "cli": "commands plain",
    "cohort": "executors expected kept output page public run several work",
    "tables": "gate table",
    "compare": "_ change claims national peer_scales peers published",
    "conform": "_ bands blank earlier explanations grades narrative personal staff_survey table wordings",
    "read": "_ cells package preflight references result table text_rows workbook xml",
    "disclose": "_ attack",
    "extract": "codes prefill told",
    "render": "goals_text score_text terminal text",
    "render.briefing": "drawing forms html",
    "render.cohort": "page",
    "render.workbooks": "cohort findings plan style template",
    "results": "cohort_told difference difference_told explanations public record result rounds",
    "rulebook": "_ compile expression parser records selectors strict_yaml",
    "run": "every_return files inputs judged_folder outputs part_file peer_files releaser",
    "score": "_ profile reliability usable",
    "stats": "comparisons power power_of_change proportions",
    "wording": "aggregate cells change findings goals indicators numbers peers public releaser report said score shows "
    "small_counts text verdict",
}

# Third parties, and the rooms or modules that own them.
OWNERS = {
    "click": {"cli", "__main__"},
    "rich": {"cli", "run", "render.terminal"},
    "jinja2": {"render.briefing"},
    "markupsafe": {"render.briefing", "render.cohort"},
    "justhtml": {"render.briefing.allowed"},
    "tinycss2": {"render.briefing.allowed"},
    "highspy": {"disclose.attack"},
    "typst": {"render.briefing"},
    "font_source_sans_pro": {"render.briefing"},
    "docx": {"render.briefing"},
    "yaml": {"rulebook", "authoring"},
    "pydantic": {"rulebook", "authoring"},
    "xlsxwriter": {"render.workbooks"},
    "pandas": {"tables", "extract"},
    "numpy": {"tables"},
    "pandera": {"tables", "extract"},
    "pyarrow": {"arrow"},
    "pebble": {"cohort.executors"},
    "dask": {"cohort.executors"},
    "distributed": {"cohort.executors"},
}  # openpyxl and python_calamine have no owner here: they are oracles of the tests

# imported where they are there, and said to be missing where they are not
EXTRAS = {"dask", "distributed", "docx", "font_source_sans_pro", "highspy", "pebble", "pyarrow", "typst"}
RUN_TIME = [
    "click", "jinja2", "justhtml", "pandas", "pandera", "pydantic", "pyyaml", "rich", "tinycss2", "xlsxwriter",
]  # fmt: skip

BANNED_MODULES = {
    "asyncio", "ctypes", "ftplib", "http", "importlib", "marshal", "multiprocessing", "pickle", "random", "secrets",
    "shelve", "smtplib", "socket", "ssl", "subprocess", "urllib", "uuid", "xmlrpc",
}  # fmt: skip
PROCESSES = {"multiprocessing", "subprocess"}
# Returns of a cohort, and templates of strangers, in processes of their own.
STARTING = ("cohort.", "render.briefing.custom")
BANNED_CALLS = {"eval", "exec", "compile", "__import__"}
BANNED_ATTRIBUTES = {"time.time", "time.time_ns", "os.system", "os.popen", "os.fork", "os.urandom"}
CLOCKS = {"now", "today", "utcnow"}  # of datetime and date, whatever they were imported as


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
    full = f"{inner}.{member}".lstrip(".")
    for candidate in (full, f"{full}._", inner, f"{inner}._".lstrip(".")):
        if candidate in modules:
            return f".{candidate}"
    return f".{inner}"


IMPORTS = {name: imported(name, tree, MODULES) for name, tree in TREES.items()}


def room(name: str) -> str:
    """The room a module stands in: its folder, or itself at the root."""
    return name.rpartition(".")[0] or name


def may(name: str, target: str) -> bool:
    """Whether a module may import another: of its own room, of the ground, or by the door of a room below."""
    own, other = room(name), room(target)
    if other in (own, *GROUND):
        return True
    leaf = target.rpartition(".")[2] if "." in target else "_"
    return other in ROOMS.get(own, "").split() and leaf in DOORS.get(other, "_").split()


def not_allowed(name: str) -> list[str]:
    return sorted(found[1:] for found in IMPORTS[name] if found.startswith(".") and not may(name, found[1:]))


def test_every_module_stands_in_a_room_of_the_table() -> None:
    assert sorted({room(name) for name in FILES} - set(ROOMS) - GROUND) == []
    assert sorted(set(ROOMS) - {room(name) for name in FILES}) == []


@pytest.mark.parametrize("name", FILES)
def test_no_arrow_but_those_of_the_table(name: str) -> None:
    assert not_allowed(name) == []


def test_no_door_leads_nowhere() -> None:
    """Each is a module, and one that somebody outside imports."""
    used = {found[1:] for name in FILES for found in IMPORTS[name]
            if found.startswith(".") and room(found[1:]) != room(name)}  # fmt: skip
    assert sorted({f"{name}.{door}" for name, doors in DOORS.items() for door in doors.split()} - used) == []


def test_the_ground_stands_on_nothing_but_itself() -> None:
    assert [(name, found) for name in GROUND for found in IMPORTS[name]
            if found.startswith(".") and found[1:] not in GROUND] == []  # fmt: skip


def test_the_table_itself_runs_one_way() -> None:
    """No room may, over however many steps, import itself; and no stage imports another."""

    def reach(name: str, seen: set[str]) -> set[str]:
        for target in set(ROOMS[name].split()) - seen:
            seen |= {target} | reach(target, seen | {target})
        return seen

    assert [name for name in ROOMS if name in reach(name, set())] == []
    assert [stage for stage in STAGES if STAGES & reach(stage, set())] == []
    assert [name for name in ROOMS if name.startswith("render") and STAGES & reach(name, set())] == []


@pytest.mark.parametrize("name", FILES)
def test_third_parties_are_imported_by_their_owners_alone(name: str) -> None:
    others = {found for found in IMPORTS[name] if not found.startswith(".")} - sys.stdlib_module_names
    assert sorted(party for party in others if not {name, room(name)} & OWNERS.get(party, set())) == []


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

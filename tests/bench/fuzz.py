"""Tens of thousands of damaged inputs of eight kinds: each is judged or refused, soon, in little memory, plainly.

    python tests/bench/fuzz.py --count 30000 --seed 1 --write

Every input is read; every readable one is judged through two commands drawn by lot with their options, every other
through one, which has to refuse it. Commands run as they do for people, but in one warm process, which is forked for a
few inputs at a time: one that hangs or asks for too much memory ends that process alone and is known by its number.
`--only N --keep FOLDER` makes input N of a seed again, writes it, and prints its commands.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import os
import random
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench import mutations  # noqa: E402
from bench.mutations import IN_TURN, KINDS, TOGETHER, Made, Random  # noqa: E402
from conftest import SAMPLES, STORIES  # noqa: E402
from wres_assure import rulebook  # noqa: E402
from wres_assure.__main__ import main as command_line  # noqa: E402
from wres_assure.conform.narrative import facts_of  # noqa: E402
from wres_assure.model import Refused  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402
from wres_assure.read import sheet as sheet_reader  # noqa: E402
from wres_assure.render.briefing import custom  # noqa: E402
from wres_assure.rulebook import RulebookUnusable, compile  # noqa: E402
from wres_assure.run import files  # noqa: E402

SECONDS, MEGABYTES = 5, 300  # of processor time, of one command or reading; of the whole process
PANDAS = 130  # MB of a process that has loaded the rulebook and pandas, the most that one command loads
LOADED = {"beforehand": 0.0}
HANGS = 120.0  # seconds after which a process that says nothing is ended
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where files are made in no time
RESULTS = Path(__file__).with_name("simulation_fuzz.md")


class Judged(NamedTuple):
    """What became of an input: `read` or the code it was refused by, exit codes, time, memory, what was wrong."""

    number: int
    kind: str
    way: str
    outcome: str
    codes: list[int]
    seconds: float
    megabytes: float
    wrong: list[str]


# --- what is asked of an input --------------------------------------------------------------------------------------


def commands(what: Made, rng: Random) -> Iterator[list[str]]:
    """Command lines about an input without end, drawn by lot; paths are names in the current folder."""
    while True:
        yield _command(what, rng)


def _command(what: Made, rng: Random) -> list[str]:
    story = rng.choice(STORIES)
    path, own = f"{SAMPLES / story / 'return.xlsx'}", [f"--{what.kind.removesuffix('s')}", what.path]
    if what.kind in ("workbooks", "tables", "results"):
        if rng.random() < 0.75:
            path, own = what.path, []
        else:
            own = ["--previous", what.path]
    elif what.kind == "rulebooks":
        if rng.random() < 0.4:
            return ["rules", *_about_rules(what, rng)]
        own = ["--rules", what.path]
    elif what.kind in ("peers", "templates"):
        own = [f"--{what.kind}", what.path]
    if what.kind == "results" and rng.random() < 0.25:
        pair = rng.choice([[what.path, "good.json"], ["good.json", what.path], [what.path, what.path]])
        return ["diff", *pair, *_some(rng, 0.5, "--format", "json"), *_some(rng, 0.5, "--fail-on", "explain")]
    words = [*_verb(what, path, rng), *own]
    for share, option in (
        (0.12, ["--previous", str(SAMPLES / story / "previous.xlsx")]),
        (0.12, ["--narrative", "good.yaml"]),
        (0.12, ["--survey", "good.csv"]),
        (0.05, ["--peers", "good_peers.csv"]),
        (0.02, ["--rules", "good_rules"]),
        (0.12, ["--year", rng.choice(["2021", "2021", "2016", "2025", "2020", "2099", "1", "x"])]),
        (0.25, ["--show-values"]),
    ):
        if option[0] not in own and (option[0] != "--show-values" or words[0] != "score"):
            words += _some(rng, share, *option)
    return words


def _verb(what: Made, path: str, rng: Random) -> list[str]:
    verb = rng.choice(["check"] * 20 + ["score"] * 5 + ["brief"] * 6 + ["annotate"] * 3 + ["findings"])
    if what.kind == "templates":
        verb = "brief"
    elif verb == "annotate" and not path.endswith(".xlsx"):
        verb = "check"
    if verb == "check":
        form = rng.choice(["text", "text", "json", "csv", "html", "facts"])
        return [verb, path, *_some(rng, 0.8, "--format", form), *_some(rng, 0.2, "-o", "out.txt"),
                *_some(rng, 0.2, "--fail-on", rng.choice(["explain", "never"])), *_some(rng, 0.2, "--require", "all")]
    if verb == "score":
        return [verb, path, *_some(rng, 0.5, "--explain"), *_some(rng, 0.3, "--format", "json")]
    if verb in ("findings", "annotate"):
        return [verb, path, "-o", "out.xlsx"]
    form = rng.choice(["html"] * 9 + ["md"] * 9 + ["docx", "pdf"]) if what.kind != "templates" else "html"
    audience = rng.choice(["inspector", "commissioner", "trust", "board", "system"] * 2 + ["public"])
    return [verb, path, "--format", form, "-o", f"out.{form}", *_some(rng, 0.7, "--audience", audience),
            *_some(rng, 0.2, "--private-session"),
            *_some(rng, 0.2, "--framework", rng.choice(["kloe", "quality_statements", "eds2", "eds_2022", "x"]))]


def _about_rules(what: Made, rng: Random) -> list[str]:
    named = rng.choice(["OWN-00", "OWN-01", "CON-03a", "TYP-01a", "x\x1b[1m"])
    return rng.choice([
        *[["list", "--rules", what.path], ["test", "--rules", what.path], ["show", named, "--rules", what.path]] * 3,
        ["lint", "--rules", what.path], ["coverage", "--rules", what.path],
        ["diff", what.path, str(ROOT / "rules")], ["docs", "--rules", what.path, "-o", "out"],
    ])  # fmt: skip


def _some(rng: Random, share: float, *words: str) -> list[str]:
    return list(words) if rng.random() < share else []


# --- reading --------------------------------------------------------------------------------------------------------


def read(what: Made) -> str:
    """`read`, or the code by which an input is refused; AssertionError where that is not said plainly."""
    try:
        if what.kind == "narratives":
            facts_of(what.path, rulebook.load())
        elif what.kind == "rulebooks":
            rulebook.load(what.path)
        elif what.kind == "peers":
            refused = []
            for path in files.inside(what.path, (*files.RETURNS, ".json"), "groups.csv"):
                try:
                    files.submissions(path, rulebook.load())
                except Refused as e:
                    refused.append(e)
                else:
                    return "read"
            raise (refused or [Refused("no_peers", "None.", "None.", "")])[0]
        elif what.kind != "templates":  # those are read by the command alone
            files.submissions(what.path, rulebook.load())
    except Refused as e:
        said = (e.code, e.message, e.remedy, e.place)
        assert max(map(len, said)) < 2_000 and e.remedy.endswith("."), "a refusal that is not plain"
        in_one_line = "\n" not in (e.message + e.place).replace("e\n.csv", "")
        assert what.kind == "narratives" or (e.message.endswith(".") and in_one_line), f"not plain: {said}"
        return e.code
    except RulebookUnusable as e:
        assert e.of_user, "a rulebook of the user's is said to be ours"
        return "rulebook"
    return "read"


def read_alike(data: bytes) -> bool:
    """Whether a workbook is read alike where no table is taken apart in the quick way."""

    def outcome() -> str:
        try:
            return repr(read_bytes(data, "return.xlsx"))
        except Refused as e:
            return repr((e.code, e.message, e.remedy, e.place))

    quick, found = sheet_reader.plain_table, outcome()
    sheet_reader.plain_table = lambda content: None
    try:
        return found == outcome()
    finally:
        sheet_reader.plain_table = quick


# --- in the process of a few inputs ---------------------------------------------------------------------------------


def judged(number: int, seed: int) -> Judged:
    """Input `number` of a seed, read and judged in the current folder; what is wrong is said, never raised."""
    what, rng = mutations.made(number, seed), Random(f"{seed}:{number}:asked")
    mutations.keep(what, Path())
    good(Path())
    before = _listing()
    found = Judged(number, what.kind, what.way, "", [], 0.0, 0.0, [])
    outcome, seconds, _, wrong = measured(lambda: read(what), "reading", lambda: 0.0)  # every command reads it again
    found.wrong.extend(wrong)
    if what.kind == "workbooks" and number % 10 == 0 and not read_alike(what.files[what.path]):
        found.wrong.append("read differently where tables are taken apart in the careful way")
    lines, megabytes = commands(what, rng), 0.0
    for _ in range(2 if outcome == "read" else 1):
        words = next(lines)
        _remove_outputs()
        (code, out, err), took, most, wrong = measured(
            lambda words=words: run(words), " ".join(words), lambda words=words: alone(words)
        )
        found.wrong.extend(wrong)
        found.wrong.extend(f"{' '.join(words)}: {said}" for said in ill(words, code, out, err))
        found.codes.append(code)
        seconds, megabytes = max(seconds, took), max(megabytes, most)
        if what.kind == "templates" and "made no page" in err:
            outcome = "no_page"
            break
    _remove_outputs()
    if _listing() != before:
        found.wrong.append("an input was changed, or a file left behind")
    return found._replace(outcome=outcome or "failed", seconds=seconds, megabytes=megabytes)


def _listing() -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in Path().rglob("*") if path.is_file()}


def _remove_outputs() -> None:
    for path in Path().glob("out*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(words: list[str]) -> tuple[int, str, str]:
    """Exit code, output and what was said beside it, of one command line."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command_line(words)
    out.flush()
    return code, out.buffer.getvalue().decode("utf-8", "strict"), err.getvalue()  # type: ignore[attr-defined]


def ill(words: list[str], code: int, out: str, err: str) -> Iterator[str]:
    """What is wrong with the answer to a command line."""
    if code not in (0, 1, 2, 3):
        yield f"exit code {code}: {err[-400:]}"
    elif "no fault of the file" in err or "Traceback" in out + err:
        yield f"a fault of ours is told: {err[-400:]}"
    if code > 1 and not err.strip():
        yield f"exit code {code} without a word"
    form = words[words.index("--format") + 1] if "--format" in words else ""
    shown = (err + (out if form in ("", "text", "json") else "")).replace("\n", "")
    if not shown.isprintable():
        yield f"writes {sorted({ascii(c) for c in shown if not c.isprintable()})} to a terminal"
    if code < 2:
        try:
            if form == "json" and "-o" not in words:
                json.loads(out, parse_constant=lambda name: 1 / 0)
            if "out.xlsx" in words or "out.docx" in words:
                with zipfile.ZipFile(words[words.index("-o") + 1]) as archive:
                    assert archive.testzip() is None
            elif "-o" in words and words[0] == "brief":
                assert Path(words[words.index("-o") + 1]).stat().st_size > 100
        except Exception as e:
            yield f"its output cannot be read: {e!r}"


def measured(
    work: Callable[[], Any], name: str, again: Callable[[], float] | None = None
) -> tuple[Any, float, float, list[str]]:
    """What work gives (what a failed one gives, where it raises), its processor time, peak of memory, what is wrong.

    A warm process holds what others loaded and freed: memory that is too much here is what `again` says it is.
    """
    used = _used()
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + SECONDS + 1, resource.RLIM_INFINITY))
    _reset_peak()
    wrong = []
    try:
        given = work()
    except BaseException:
        given = "failed" if name == "reading" else (-1, "", "failed")
        wrong.append(f"{name}: {traceback.format_exc(limit=-3)}")
    seconds, peak = _used() - used, max(_peak(), Elsewhere.megabytes)
    if seconds > SECONDS:
        wrong.append(f"{name}: {seconds:.1f} s")
    if peak > MEGABYTES and again:
        peak = again()
    if peak > MEGABYTES:
        wrong.append(f"{name}: {peak:.0f} MB")
    return given, seconds, peak, wrong


# The peak that the kernel accounts to a process includes that of who started it; VmHWM is its own alone.
_ALONE = """
import os, re, sys
told = os.dup(1)
for stream in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
from wres_assure.__main__ import main
main()
with open("/proc/self/status") as status:
    os.write(told, re.search("VmHWM:.*?([0-9]+)", status.read())[1].encode())
"""


def alone(words: list[str]) -> float:
    """Megabytes at the peak of a command line in a process of its own, as people run it."""
    _remove_outputs()
    done = subprocess.run([sys.executable, "-c", _ALONE, *words], env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                          stdout=subprocess.PIPE, check=True)  # fmt: skip
    return int(done.stdout) / 1024


def _used() -> float:
    return time.process_time() + Elsewhere.seconds


def _reset_peak() -> None:
    Elsewhere.megabytes = 0.0
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """The peak of this process alone since it was reset, in MB; 0 where the system does not tell it.

    Less what was loaded beforehand beyond PANDAS: a command of its own loads what it needs, at most that.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) / 1024 - LOADED["beforehand"]


# Templates run in a process of their own, which takes half a second to start. Here it is forked from one that has
# loaded what it needs, and does the same within the same limits.
_SERVER = """
import json, os, sys
from wres_assure.render.briefing import allowed, custom, html
allowed.held("<p style='color:red'>x</p>")
for line in sys.stdin:
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(theirs, 1)
        folder, given = json.loads(line)
        os.chdir(folder)
        custom._limit()
        with open(1, "w") as out:
            out.write(json.dumps(custom._answer(json.loads(given))))
        os._exit(0)
    os.close(theirs)
    with open(ours) as pipe:
        answer = pipe.read()
    used = os.wait4(process, 0)[2]
    print(json.dumps([answer, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]), flush=True)
"""


class Elsewhere:
    """What the process of templates took since it was last asked."""

    seconds = megabytes = 0.0
    server: subprocess.Popen[bytes] | None = None

    @classmethod
    def ran(cls, command: list[str], input: bytes, timeout: float, **others: Any) -> Any:
        """As subprocess.run of one page."""
        if cls.server is None:
            cls.server = subprocess.Popen([sys.executable, "-c", _SERVER], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, env=others["env"])  # fmt: skip
        server = cls.server
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps([os.getcwd(), input.decode()]).encode() + b"\n")
        server.stdin.flush()
        if not select.select([server.stdout], [], [], timeout)[0]:
            server.kill()
            cls.server = None
            cls.seconds += timeout
            raise subprocess.TimeoutExpired(command, timeout)
        answer, seconds, megabytes = json.loads(server.stdout.readline())
        cls.seconds, cls.megabytes = cls.seconds + seconds, max(cls.megabytes, megabytes)
        return SimpleNamespace(stdout=answer.encode())


def prepared() -> None:
    """Loads what commands load, makes what inputs are made from, and lets the rulebook be read once."""
    ours = rulebook.load()
    load, sources = rulebook.load, compile.sources
    known = sources(ROOT / "rules", [])

    def read_once(folder: Path, errors: list[str]) -> Any:
        return dict(known) if folder == ROOT / "rules" else sources(folder, errors)

    def loaded(folder: str | None = None) -> rulebook.Rulebook:
        return load(folder) if folder else ours

    compile.sources = read_once
    custom.subprocess = SimpleNamespace(run=Elsewhere.ran, **{name: getattr(subprocess, name) for name in (
        "PIPE", "DEVNULL", "TimeoutExpired")})  # type: ignore[assignment]  # fmt: skip
    mutations.sources()
    good(Path())
    sample = str(SAMPLES / STORIES[0] / "return.xlsx")
    for form in ("html", "md"):
        run(["brief", sample, "--format", form, "-o", f"out.{form}"])
    for name in ("docx", "pdf"):  # loaded, and not used: the typesetter's threads would not be there after a fork
        importlib.import_module(f"wres_assure.render.briefing.{name}")
    for words in (["check", sample], ["score", sample], ["findings", sample, "-o", "out.xlsx"],
                  ["annotate", sample, "-o", "outa.xlsx"], ["check", "wide.csv"], ["rules", "lint"],
                  ["rules", "show", "CON-03a"], ["rules", "coverage"], ["diff", "good.json", "good.json"],
                  ["rules", "docs", "-o", "out"], ["rules", "test"]):  # fmt: skip
        code, _, err = run(words)
        assert code in (0, 1), (words, code, err)
    _remove_outputs()
    for name, module in list(sys.modules.items()):
        if name.startswith("wres_assure") and getattr(module, "load", None) is load:
            module.load = loaded  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()


def good(folder: Path) -> None:
    """What is given with an input besides, whole."""
    (folder / "good.yaml").write_text(mutations.narrative(), encoding="utf-8")
    (folder / "good.csv").write_bytes(mutations.survey())
    (folder / "good_peers.csv").write_bytes(mutations.several_facts(3))
    (folder / "good.json").write_text(mutations.results()[0], encoding="utf-8")
    (folder / "wide.csv").write_bytes(mutations.wide())
    (folder / "good_rules").mkdir(exist_ok=True)
    rule = mutations.our_rules()[40]
    (folder / "good_rules" / "own.yaml").write_text(json.dumps([rule], default=str), encoding="utf-8")


# --- every input ----------------------------------------------------------------------------------------------------


def every(numbers: Iterable[int], work: Callable[[int], Judged]) -> Iterator[Judged]:
    """What becomes of every input, in processes that are forked for TOGETHER of them at a time.

    An input that ends its process, or after which nothing is heard for long, is told by its number, and the next has a
    process of its own.
    """
    left = list(numbers)
    while left:
        group = [n for n in left[:TOGETHER] if n // TOGETHER == left[0] // TOGETHER]
        answers, ended = _in_process(group, work)
        yield from answers
        left = left[len(answers) :]
        if ended:
            yield _ended(left[0], ended)
            left = left[1:]


def _ended(number: int, how: str) -> Judged:
    return Judged(number, IN_TURN[number // TOGETHER % len(IN_TURN)], "", "ended", [], 0.0, 0.0, [how])


def _in_process(group: list[int], work: Callable[[int], Judged]) -> tuple[list[Judged], str]:
    """What a process says of a group of inputs, and how it ended where that was before the last."""
    sys.stdout.flush()
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(ours)
        code = 1
        try:
            _work(group, work, theirs)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(theirs)
    said, ended = bytearray(), ""
    while not ended:
        ready, _, _ = select.select([ours], [], [], HANGS)
        if not ready:
            os.kill(process, signal.SIGKILL)
            ended = f"nothing was heard for {HANGS:.0f} s"
        elif piece := os.read(ours, 1 << 16):
            said += piece
        else:
            break
    os.close(ours)
    _, status = os.waitpid(process, 0)
    answers = [Judged(*json.loads(line)) for line in said.splitlines()]
    if len(answers) == len(group):
        return answers, ""
    how = os.waitstatus_to_exitcode(status)
    return answers, ended or f"its process ended by {signal.Signals(-how).name if how < 0 else how}"


def _work(group: list[int], work: Callable[[int], Judged], pipe: int) -> None:
    _reset_peak()
    LOADED["beforehand"] = max(0.0, _peak() - PANDAS)
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + 1_500_000_000, resource.RLIM_INFINITY))
    for number in group:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            os.chdir(folder)
            found = work(number)
            os.chdir("/")
        os.write(pipe, json.dumps(found).encode() + b"\n")


# --- the table ------------------------------------------------------------------------------------------------------


def table(found: list[Judged]) -> str:
    """A row a kind, and by which codes what was refused."""
    lines = [
        "| kind | inputs | read | refused | judged | commands | slowest | most memory | failures |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
    for name, of in [*((kind, by_kind[kind]) for kind in KINDS if by_kind[kind]), ("**all**", found)]:
        slow, large = max(of, key=lambda one: one.seconds), max(of, key=lambda one: one.megabytes)
        counts = (
            len(of),
            sum(one.outcome == "read" for one in of),
            sum(one.outcome != "read" for one in of),
            sum(any(code in (0, 1) for code in one.codes) for one in of),
            sum(len(one.codes) for one in of),
        )
        numbers = " | ".join(f"{count:,}" for count in counts)
        lines.append(f"| {name} | {numbers} | {slow.seconds:.2f} s ({slow.number}) | "
                     f"{large.megabytes:.0f} MB ({large.number}) | {sum(bool(one.wrong) for one in of)} |")  # fmt: skip
    lines += ["", "By which codes they were refused, and how the commands about those that were read ended:", ""]
    for kind in KINDS:
        refused = Counter(one.outcome for one in by_kind[kind] if one.outcome != "read")
        ends = Counter(code for one in by_kind[kind] if one.outcome == "read" for code in one.codes)
        by_code = ", ".join(f"`{code}` {count:,}" for code, count in refused.most_common()) or "none"
        by_end = ", ".join(f"{code}: {count:,}" for code, count in sorted(ends.items()))
        if by_kind[kind]:
            lines.append(f"- {kind}: {by_code}; exit codes {by_end or 'none'}")
    return "\n".join(lines)


def _logged(path: Path | None) -> list[Judged]:
    if path is None or not path.exists():
        return []
    return [Judged(*json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--step", type=int, default=1, help="every so many of them alone")
    options.add_argument("--kind", choices=KINDS, help="inputs of this kind alone")
    options.add_argument("--only", type=int, help="the number of one input")
    options.add_argument("--keep", type=Path, help="a folder to write that input to")
    options.add_argument("--log", type=Path, help="a line for each input; what stands there is not run again")
    options.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    given = options.parse_args()
    given.log = given.log and given.log.absolute()
    numbers = [n for n in (range(0, given.count, given.step) if given.only is None else (given.only,))
               if given.kind in (None, IN_TURN[n // TOGETHER % len(IN_TURN)])]  # fmt: skip
    if given.only is not None and given.keep:
        what = mutations.made(given.only, given.seed)
        mutations.keep(what, given.keep)
        good(given.keep)
        lines = commands(what, random.Random(f"{given.seed}:{given.only}:asked"))
        print(f"{what.kind}, {what.way}, {what.path}", *(" ".join(next(lines)) for _ in range(2)), sep="\n")
    began, found = time.perf_counter(), _logged(given.log)
    done = {one.number for one in found}
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        os.chdir(folder)
        prepared()
        for one in every((n for n in numbers if n not in done), lambda number: judged(number, given.seed)):
            found.append(one)
            if given.log:
                with given.log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one) + "\n")
            for said in one.wrong:
                print(f"input {one.number} ({one.kind}, {one.way}) of seed {given.seed}: {said}", flush=True)
        os.chdir("/")
    shown = table(found)
    print(shown, f"{len(found):,} inputs of seed {given.seed} in {time.perf_counter() - began:,.0f} s", sep="\n\n")
    if given.write:
        RESULTS.write_text(f"""# Mutated inputs

Written by `python tests/bench/fuzz.py --count {given.count} --seed {given.seed} --write`. Each readable input was
judged through two commands drawn by lot, each other through one. Processor time and memory are of the worst command,
the number of its input behind; memory is that of a process that has loaded what a command needs, or, where that is
beyond {MEGABYTES} MB, of the same command in a process of its own. A failure is an exception, exit code 4,
more than {SECONDS} s or {MEGABYTES} MB, an answer that is not plain, or a file left behind.

{shown}
""", encoding="utf-8")  # fmt: skip
    return min(sum(bool(one.wrong) for one in found), 1)


if __name__ == "__main__":
    sys.exit(main())

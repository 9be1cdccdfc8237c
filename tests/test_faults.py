"""The list of faults that `make mutants` puts into the code fits the code and the tests it names."""

from __future__ import annotations

import re

import pytest
import yaml

from bench.faults import ROOT, Fault, faults
from conftest import PACKAGE


def test_each_fault_has_a_name_of_its_own() -> None:
    names = [fault.fault for fault in faults()]
    assert len(set(names)) == len(names) >= 50


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.fault)
def test_a_fault_can_be_put_in_and_the_test_that_must_notice_it_is_there(fault: Fault) -> None:
    source = (PACKAGE / fault.file).read_text(encoding="utf-8")
    compile(fault.put_into(source), fault.file, "exec")
    path, _, name = fault.noticed_by.partition("::")
    tests = (ROOT / path).read_text(encoding="utf-8")
    assert not name or re.search(rf"^def {name}\(", tests, re.M)


EQUIVALENT = yaml.safe_load((ROOT / "tests" / "bench" / "mutants_equivalent.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mutant", EQUIVALENT, ids=lambda mutant: f"{mutant['module']} {mutant['where']}")
def test_a_mutant_that_changes_nothing_is_one_of_the_code_as_it_stands(mutant: dict[str, str]) -> None:
    source = [line.strip() for line in (PACKAGE / mutant["module"]).read_text(encoding="utf-8").splitlines()]
    was = [line[1:] for line in mutant["diff"].splitlines() if line.startswith("-")]
    assert was and set(was) <= set(source)
    assert len(mutant["reason"]) > 20

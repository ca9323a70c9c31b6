"""The key policies of templates, held against those that moto stores for them.

What moto stored for some random templates is recorded, and compared in every run; where moto is installed, new ones
are made. `KMSLINT_TEMPLATES=1000` takes that many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from cases import FIXTURES, ROOT
from cloudformation_comparison import Outcome, compared
from cloudformation_generator import Generated
from cloudformation_oracle import HAS_MOTO, Answer

RECORDED = FIXTURES / "cloudformation" / "recorded_templates.jsonl"
"""Written by `tools/cloudformation_templates.py --record`."""
TEMPLATES = os.environ.get("KMSLINT_TEMPLATES", "100")


@cache
def recorded() -> list[tuple[Generated, Answer]]:
    entries = map(json.loads, RECORDED.read_text(encoding="utf-8").splitlines())
    return [(Generated(own, given, tuple(faults)), Answer(*answer)) for own, given, faults, *answer in entries]


@pytest.mark.parametrize("is_given", [True, False], ids=["given", "open"])
def test_the_recorded_policies_are_kmslints(is_given: bool) -> None:
    wrong, outcomes = [], Counter[Outcome]()
    for number, (generated, answer) in enumerate(recorded()):
        if answer.error:
            assert generated.faults, "moto makes nothing of what it is known to understand"
            continue
        found = compared(generated, answer, is_given, is_yaml=number % 2 == 1)
        outcomes[found.outcome] += not generated.faults
        if found.outcome is Outcome.WRONG and not generated.faults:
            wrong.append(f"{number} {found.key}\nkmslint {found.ours}\nmoto    {answer.policies.get(found.key)}")
    assert not wrong, "\n\n".join(wrong[:5])
    assert outcomes.total() >= 240
    assert outcomes[Outcome.EQUAL] >= outcomes.total() * (0.8 if is_given else 0.4)


def test_the_policies_of_new_templates_are_motos() -> None:
    if not HAS_MOTO:
        pytest.skip("MOTO IS NOT INSTALLED: no random template was compared with it (pip install -e '.[oracle]')")
    command = [sys.executable, "tools/cloudformation_templates.py", "--templates", TEMPLATES, "--seed", "7"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"

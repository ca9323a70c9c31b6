"""The oracle: an independent policy simulator in a process of its own, asked in its own terms.

It is developed under the AGPL: it is started as a program and fed with lines, and nothing of it is imported, copied
or shipped. It knows little of KMS, so requests are first put into words that it understands (`in_its_words`); what
cannot be put so is listed in incomparable.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Final

from request_parts import CROSS_ACCOUNT, LISTS, Json, caller_of, is_foreign, listed, names_no_key, whole_context

DECISIONS: Final = {
    "Allowed": "allowed",
    "ImplicitlyDenied": "implicitly-denied",
    "ExplicitlyDenied": "explicitly-denied",
}
"""The oracle's decisions, and kmslint's words for them."""

_EVERYTHING: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_POLICIES: Final = ("resourcePolicy", "session", "scps", "rcps", *LISTS)


def in_its_words(request: Json) -> Json:
    """The request as the oracle must hear it, so that it comes to what AWS documents."""
    caller = caller_of(request["principal"])
    asked = {name: value for name, value in request.items() if name not in ("context", "grants")}
    # It derives no condition keys from the caller, and reads no values but texts and lists of texts.
    asked["context"] = {key: _as_text(value) for key, value in whole_context(request).items()}
    if caller.kind == "service":
        # Only key policies and RCPs apply to services.
        asked = {name: value for name, value in asked.items() if name not in (*LISTS, "session", "scps")}
    if caller.kind == "root":
        # It takes the root user for an identity that needs IAM policies (E1 #1).
        asked["identityPolicies"] = [_EVERYTHING]
    if request["resource"] == "*":
        # The request that AWS makes of it; with "*" an IAM policy for one key would do (E1 #12).
        asked["resource"] = f"arn:aws:kms:us-east-1:{request['account']}:account/all"
    if names_no_key(request):
        # Key policies have no say in actions on aliases and in those without a key, nor have RCPs: they restrict keys.
        asked = {name: value for name, value in asked.items() if name not in ("resourcePolicy", "rcps")}
    not_across = is_foreign(request) and request["action"].lower() not in {name.lower() for name in CROSS_ACCOUNT}
    retires = request["action"].lower() == "kms:retiregrant"
    if (not_across or retires) and asked.get("resourcePolicy"):
        # From another account this cannot be done, whatever is allowed (E1 #2); no key policy allows RetireGrant.
        asked["resourcePolicy"] = _denials_of(asked["resourcePolicy"])
    if retires:
        asked.pop("rcps", None)  # they have no effect on it (E1 #13)
    return asked


def _as_text(value: Any) -> Any:
    """A value of the context as text; a list of one is that one, as the oracle knows lists only with set operators."""
    if isinstance(value, list):
        return _as_text(value[0]) if len(value) == 1 else [_as_text(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _denials_of(document: Json) -> Json:
    return {**document, "Statement": [one for one in listed(document["Statement"]) if one["Effect"] == "Deny"]}


class Oracle:
    """A running oracle. Use it in a `with`."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            ["node", "oracle.mjs"], cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def decide(self, requests: Sequence[Json]) -> list[str]:
        """The decisions on some requests, in order, in kmslint's words; what went wrong, where it gave none."""
        writer = Thread(target=self._write, args=(requests,))
        writer.start()
        answers = list(self._read(len(requests)))
        writer.join()
        return answers

    def _write(self, requests: Sequence[Json]) -> None:
        assert self._process.stdin is not None
        for request in requests:
            self._process.stdin.write(json.dumps(in_its_words(request)) + "\n")
        self._process.stdin.flush()

    def _read(self, count: int) -> Iterator[str]:
        assert self._process.stdout is not None
        for _ in range(count):
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError("the oracle ended before it had answered")
            answer = json.loads(line)
            yield DECISIONS.get(answer["decision"], f"{answer['decision']}: {answer.get('error')}")

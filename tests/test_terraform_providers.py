"""In whose account a provider works, and which providers share one: of a root module, and of those it calls."""

from __future__ import annotations

import pytest

from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.syntax.tree import Mapping
from kmslint.terraform.declarations import declarations
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.providers import Handed, Providers
from kmslint.terraform.scope import Scope

ONE, TWO = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{TWO}:role/deploy"


def provider(*lines: str) -> str:
    return 'provider "aws" {\n  ' + "\n  ".join(lines) + "\n}\n"


def assuming(kind: str, role: str) -> str:
    return f"{kind} {{\n    {role}\n  }}"


def providers(text: str, module: str = "", handed: Handed | None = None) -> Providers:
    """Those of a module with these blocks."""
    file = read_hcl(Source("main.tf", f'variable "flag" {{}}\nvariable "open" {{}}\n{text}'))
    blocks = [block for block in file.body.blocks if block.type.text == "provider"]
    return Providers(blocks, ModuleNames(declarations([file])).evaluate, Scope(module=module), handed)


def called(callers: Providers, text: str = "", handed: str = "", module: str = "module.m") -> Providers:
    """Those of a module that is called with some providers, or with none."""
    node = read_hcl(Source("call.tf", f"providers = {{\n{handed}\n}}\n")).body.get("providers")
    assert isinstance(node, Mapping)
    return providers(text, module, Handed(callers, node))


@pytest.mark.parametrize(
    ("lines", "account"),
    [
        ((f'allowed_account_ids = ["{ONE}"]', assuming("assume_role", f'role_arn = "{ROLE}"')), ONE),
        ((f'allowed_account_ids = ["{ONE}", "{TWO}"]',), None),
        (('allowed_account_ids = ["x"]',), None),
        (('allowed_account_ids = ["x"]', assuming("assume_role", f'role_arn = "{ROLE}"')), TWO),
        (("allowed_account_ids = null", assuming("assume_role", f'role_arn = "{ROLE}"')), TWO),
        (("allowed_account_ids = []",), None),
        ((f'allowed_account_ids = "{ONE}"',), None),
        ((f'allowed_account_ids = [var.flag ? "{ONE}" : "{TWO}"]',), None),
        ((f'allowed_account_ids = var.flag ? ["{ONE}"] : []',), None),
        (("allowed_account_ids = [var.open]",), "${var.open}"),
        ((assuming("assume_role_with_web_identity", f'role_arn = "{ROLE}"'),), TWO),
        ((assuming("assume_role", 'role_arn = "deploy"'),), None),
        ((assuming("assume_role", "role_arn = null"),), None),
        ((assuming("assume_role", "role_arn = var.open"),), None),
        ((assuming("assume_role", ""),), None),
        (
            (
                assuming("assume_role", 'role_arn = "deploy"'),
                assuming("assume_role_with_web_identity", f'role_arn = "{ROLE}"'),
            ),
            TWO,
        ),
        ((assuming("assume_role", 'role_arn = "arn:aws:iam::${var.open}:role/deploy"'),), "${var.open}"),
        ((assuming("endpoints", f'role_arn = "{ROLE}"'),), None),
        (('alias = "far"', f'allowed_account_ids = ["{ONE}"]'), None),
        (("alias = null", f'allowed_account_ids = ["{ONE}"]'), ONE),
    ],
)
def test_the_account_of_the_default_provider(lines: tuple[str, ...], account: str | None) -> None:
    found = providers(provider(*lines)).configured_account()
    assert (found if found is None else str(found)) == account


ROOT = (
    provider(f'allowed_account_ids = ["{ONE}"]')
    + provider('alias = "far"', 'region = "x"', f'allowed_account_ids = ["{ONE}"]')
    + provider('alias = "other"', f'allowed_account_ids = ["{TWO}"]')
    + provider('alias = "open"', 'profile = "p"')
)
PLAIN = provider('region = "x"') + provider('alias = "far"', 'region = "y"')


@pytest.mark.parametrize(
    ("text", "alias", "account", "region"),
    [
        (ROOT, "", "", ""),
        (ROOT, "far", "", "far"),
        (ROOT, "other", "other", "other"),
        (ROOT, "open", "open", "open"),
        (ROOT, "missing", "missing", "missing"),
        (PLAIN, "far", "", "far"),
        (provider('alias = "far"'), "far", "", "far"),
        (provider('alias = "far"', 'profile = "p"'), "far", "far", "far"),
        *(
            (provider(line) + provider('alias = "far"', line), "far", "", "far")
            for line in ('profile = "p"', assuming("assume_role", f'role_arn = "{ROLE}"'))
        ),
        *(
            (provider('alias = "far"', line), "far", "far", "far")
            for line in (
                'access_key = "a"',
                'forbidden_account_ids = ["1"]',
                'secret_key = "a"',
                'shared_config_files = ["a"]',
                'shared_credentials_file = "a"',
                'shared_credentials_files = ["a"]',
                'token = "a"',
                assuming("assume_role_with_web_identity", f'role_arn = "{ROLE}"'),
                'dynamic "assume_role" {\n    for_each = var.open\n  }',
            )
        ),
        (provider('alias = "far"', assuming("endpoints", 'sts = "x"')), "far", "", "far"),
    ],
)
def test_scopes_of_a_root_module(text: str, alias: str, account: str, region: str) -> None:
    """Both are empty for what is the root module's default provider, or works in its account."""
    found = providers(text)
    assert (found.account_scope(alias), found.region_scope(alias)) == (account, region)


@pytest.mark.parametrize(
    ("root", "own", "handed", "alias", "account", "region"),
    [
        (ROOT, "", "", "", "", ""),
        (ROOT, "", "aws = aws.far", "", "", "far"),
        (ROOT, "", "aws = aws.other", "", "other", "other"),
        (ROOT, "", 'aws = "aws.other"', "", "other", "other"),
        (ROOT, "", "aws.here = aws.other", "here", "other", "other"),
        (ROOT, "", '"aws.here" = aws.other', "here", "other", "other"),
        (ROOT, "", "aws.here = aws", "here", "", ""),
        (ROOT, "", "aws = aws.other\naws.here = aws.far", "here", "", "far"),
        (ROOT, "", "awscc = awscc.other", "", "other", "other"),
        (ROOT, "", "aws = aws.far\nawscc = awscc.other", "", "", "far"),
        (ROOT, "", "google = google.other", "", "", ""),
        (ROOT, "", "", "here", "module.m aws.here", "module.m aws.here"),
        # A block without arguments only says that the provider is handed over.
        (ROOT, provider('alias = "here"'), "aws.here = aws.other", "here", "other", "other"),
        (ROOT, provider('version = "~> 5"'), "aws = aws.other", "", "other", "other"),
        (ROOT, provider('region = "z"'), "", "", "module.m aws", "module.m aws"),
        (PLAIN, provider('region = "z"'), "", "", "", "module.m aws"),
        (PLAIN, provider('alias = "here"', 'region = "z"'), "", "here", "", "module.m aws.here"),
        (PLAIN, provider('alias = "here"', 'profile = "z"'), "", "here", "module.m aws.here", "module.m aws.here"),
        # The same spelling may mean something else in another module.
        (
            provider("profile = var.open"),
            provider("profile = var.open", 'alias = "here"'),
            "",
            "here",
            "module.m aws.here",
            "module.m aws.here",
        ),
    ],
)
def test_scopes_of_a_module(root: str, own: str, handed: str, alias: str, account: str, region: str) -> None:
    found = called(providers(root), own, handed)
    assert (found.account_scope(alias), found.region_scope(alias)) == (account, region)


def test_providers_are_handed_on() -> None:
    middle = called(providers(ROOT), handed="aws.a = aws.other\naws.b = aws.far")
    inner = called(middle, handed="aws = aws.a\naws.c = aws.b", module="module.m.module.n")
    assert [inner.account_scope(alias) for alias in ("", "c", "d")] == ["other", "", "module.m.module.n aws.d"]


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        (ROOT, {"": ONE, "other": TWO}),
        (provider(f'allowed_account_ids = ["{ONE}"]'), {}),
        (provider('alias = "a"', assuming("assume_role", f'role_arn = "{ROLE}"')), {"a": TWO}),
        (PLAIN, {}),
    ],
)
def test_accounts_of_other_providers(text: str, accounts: dict[str, str]) -> None:
    assert {scope: str(account) for scope, account in providers(text).other_accounts()} == accounts


def test_accounts_of_the_providers_of_a_module() -> None:
    own = provider(f'allowed_account_ids = ["{TWO}"]', 'region = "z"')
    found = called(providers(PLAIN), own).other_accounts()
    assert [(scope, str(account)) for scope, account in found] == [("module.m aws", TWO)]


WEB = assuming("assume_role_with_web_identity", 'role_arn = "arn:aws:iam::111122223333:role/web"')
DEPLOY = assuming("assume_role", f'role_arn = "{ROLE}"')


@pytest.mark.parametrize(
    ("lines", "role"),
    [
        ((DEPLOY,), ROLE),
        ((WEB,), "arn:aws:iam::111122223333:role/web"),
        ((WEB, DEPLOY), ROLE),
        ((DEPLOY, DEPLOY), None),
        ((WEB, WEB), None),
        ((assuming("assume_role", 'role_arn = "deploy"'),), None),
        ((assuming("assume_role", "role_arn = var.open"),), None),
        ((assuming("assume_role", ""),), None),
        ((assuming("endpoints", f'role_arn = "{ROLE}"'),), None),
        (('dynamic "assume_role" {\n    for_each = [1]\n    content {}\n  }',), None),
        (('region = "x"',), None),
    ],
)
def test_the_role_that_a_provider_takes_on(lines: tuple[str, ...], role: str | None) -> None:
    found = providers(provider('alias = "a"', *lines))
    assumed = found.assumed_role("a")
    assert (assumed if assumed is None else str(assumed)) == role
    assert found.assumed_role("b") is None
    through = called(found, handed="aws = aws.a").assumed_role("")
    assert (through if through is None else str(through)) == role

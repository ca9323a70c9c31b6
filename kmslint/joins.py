"""What the templates of one run have to do with each other: whom a key of one names, and who of another names it.

Stacks are judged each by itself, for nobody says into which account they go. An identity of another template is
seen beside a key only if one of the two certainly names the other: by an export, or by a name that one template
alone gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kmslint.cloudformation.elsewhere import at_home, names_in
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Language
from kmslint.model.policy import PrincipalType
from kmslint.values import Text

_Name = tuple[str, str]
"""What a principal or a policy is: `role`, `path/name`."""


class _Neighbour(NamedTuple):
    """An identity of another template."""

    estate: Estate
    identity: Identity


def join(estates: Sequence[Estate]) -> tuple[Estate, ...]:
    """The estates, with the identities of others in those whose keys they have to do with."""
    joinable = [one for one in estates if one.language is Language.CLOUDFORMATION and not one.in_other_accounts]
    times = Counter(estate.path for estate in joinable)
    # A file of several templates has no name for each of them.
    joinable = [one for one in joinable if times[one.path] == 1]
    if len(joinable) < 2:
        return tuple(estates)
    policies = _Policies(joinable)
    complete = {id(estate): policies.seen_in(estate) for estate in joinable}
    neighbours = _Neighbours(complete.values())
    joined = {key: _with(estate, neighbours) for key, estate in complete.items()}
    return tuple(joined.get(id(estate), estate) for estate in estates)


def _with(estate: Estate, neighbours: _Neighbours) -> Estate:
    if not estate.keys:
        return estate
    found = (*neighbours.naming(estate), *neighbours.named_by(estate))
    once = {(neighbour.estate.path, neighbour.identity.address): neighbour for neighbour in found}
    seen = tuple(_seen_from(estate, neighbour) for neighbour in once.values())
    return estate._replace(identities=(*estate.identities, *seen))


def _seen_from(home: Estate, neighbour: _Neighbour) -> Identity:
    path, identity = neighbour.estate.path, at_home(neighbour.identity, home.path, neighbour.estate.path)
    groups = tuple(f"{path}:{group}" for group in identity.groups)
    return identity._replace(address=f"{path}:{identity.address}", groups=groups, elsewhere=True)


class _Neighbours:
    """The identities of all templates, by what they name and how they are called."""

    def __init__(self, estates: Iterable[Estate]) -> None:
        self._by_key: dict[str, list[_Neighbour]] = {}
        """By the template whose resources their policies name."""
        self._by_address: dict[str, _Neighbour] = {}
        self._by_name: dict[_Name, list[_Neighbour]] = {}
        for estate in estates:
            for identity in estate.identities:
                self._add(_Neighbour(estate, identity))

    def _add(self, neighbour: _Neighbour) -> None:
        identity = neighbour.identity
        self._by_address[f"{neighbour.estate.path}:{identity.address}"] = neighbour
        name = _name(identity.arn)
        if name is not None:
            self._by_name.setdefault(name, []).append(neighbour)
        named = {name.rpartition(":")[0] for policy in identity.policies for name in names_in(policy.document)}
        for path in named - {""}:
            self._by_key.setdefault(path, []).append(neighbour)

    def naming(self, estate: Estate) -> Iterator[_Neighbour]:
        """Those whose policies name something of the estate, with the groups they are in."""
        for neighbour in self._by_key.get(estate.path, ()):
            yield neighbour
            for group in neighbour.identity.groups:
                yield self._by_address[f"{neighbour.estate.path}:{group}"]

    def named_by(self, estate: Estate) -> Iterator[_Neighbour]:
        """Those that a key policy of the estate names."""
        own = {_name(identity.arn) for identity in estate.identities}
        for _, document in estate.key_documents():
            for statement in document.statements:
                for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
                    if principal.type is PrincipalType.AWS and isinstance(principal.value, Text):
                        yield from self._named(principal.value, own)

    def _named(self, principal: Text, own: set[_Name | None]) -> Iterator[_Neighbour]:
        for address in names_in(principal):
            if address in self._by_address:
                yield self._by_address[address]
        name = _name(principal)
        found = self._by_name.get(name, []) if name is not None and name not in own else []
        if len(found) == 1:
            yield found[0]


class _Policies:
    """The managed policies of all templates, by the ARN that their names give them."""

    def __init__(self, estates: Iterable[Estate]) -> None:
        self._found: dict[str, list[tuple[Estate, IdentityPolicy]]] = {}
        for estate in estates:
            for policy in estate.policies:
                if policy.arn is not None:
                    self._found.setdefault(_spelling(str(policy.arn)), []).append((estate, policy))

    def seen_in(self, estate: Estate) -> Estate:
        """The estate with the policies of others that its identities attach."""
        return estate._replace(identities=tuple(self._complete(identity, estate) for identity in estate.identities))

    def _complete(self, identity: Identity, estate: Estate) -> Identity:
        policies, unseen = list(identity.policies), []
        for missing in identity.unseen_policies:
            found = self._found.get(_spelling(missing.hole.label), ())
            if len(found) == 1 and found[0][0] is not estate:
                policies.append(at_home(found[0][1], estate.path, found[0][0].path))
            else:
                unseen.append(missing)
        if len(policies) == len(identity.policies):
            return identity
        return identity._replace(policies=tuple(policies), unseen_policies=tuple(unseen))


def _name(arn: Text) -> _Name | None:
    """The kind, path and name of a principal whose name is written out."""
    parsed = parse_arn(arn)
    literal = parsed.resource.literal if parsed is not None and parsed.service.literal == "iam" else None
    kind, slash, name = (literal or "").partition("/")
    return (kind, name) if slash and kind in (IdentityKind.ROLE.value, IdentityKind.USER.value) else None


def _spelling(arn: str) -> str:
    """An ARN without its partition, which some spell out and some do not."""
    return arn.replace("arn:${AWS::Partition}:", "arn:aws:", 1)

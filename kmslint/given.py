"""What a run is told of the deployment, applied to what was found: accounts, the deployer, variables and parameters.

The command line counts over the configuration.
"""

from __future__ import annotations

from kmslint.discovery import Discovered
from kmslint.estates import Read, read_estates
from kmslint.given_variables import NO_PARAMETERS, GivenParameters, GivenVariables, given_variables
from kmslint.model.trust import NOBODY_TRUSTED, Trust
from kmslint.selection import accounts_by_path
from kmslint.settings import Settings
from kmslint.watch import Watch, unwatched


def read_given(discovered: Discovered, settings: Settings, root: str, watch: Watch = unwatched) -> Read:
    """The estates, as they are deployed. Raises UsageError for values that are none, or that nobody asks for."""
    read = read_estates(
        discovered,
        settings.account,
        _variables(settings, root),
        settings.joined,
        settings.deployer,
        _parameters(settings, root),
        watch,
        accounts_by_path(settings),
    )
    trust = Trust(
        frozenset(settings.trusted_accounts), frozenset(settings.organizations), settings.durable_administrators
    )
    return (
        read
        if trust == NOBODY_TRUSTED
        else read._replace(estates=tuple(estate._replace(trust=trust) for estate in read.estates))
    )


def _variables(settings: Settings, root: str) -> GivenVariables:
    """The values for variables. Raises UsageError for what is none."""
    below = None if settings.below is None else _variables(settings.below, root)
    return given_variables(settings.variables, settings.variable_files, root, below)


def _parameters(settings: Settings, root: str) -> GivenParameters:
    """The values for parameters. Raises UsageError for what is none."""
    below = NO_PARAMETERS if settings.below is None else _parameters(settings.below, root)
    configured = tuple(value._replace(configured=True) for value in below.values)
    if not settings.parameters and not settings.parameter_files:
        return GivenParameters(configured)
    from kmslint.given_parameters import given_parameters  # few runs are given any

    given = given_parameters(settings.parameters, settings.parameter_files, root)
    return GivenParameters((*configured, *given.values))

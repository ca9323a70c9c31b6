"""How messages say that a verdict rests on a presumption about the account."""

from kmslint.access.lockout import Lockout
from kmslint.access.naming import enumerate_names
from kmslint.engine.finding import Confidence
from kmslint.model.estate import Estate


def presumption(lockout: Lockout, estate: Estate) -> str:
    """` (taking 111122223333 to be the key's account)`; empty where nothing is presumed."""
    if not lockout.presumed:
        return ""
    return f" (taking {enumerate_names(sorted(estate.accounts.ids))} to be the key's account)"


def confidence(lockout: Lockout) -> Confidence:
    """Medium where the account is presumed."""
    return Confidence.MEDIUM if lockout.presumed else Confidence.HIGH

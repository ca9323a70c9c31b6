"""Values that CloudFormation does not take for a parameter.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
import warnings

from kmslint.cloudformation.template import Parameter
from kmslint.values import Text, Value

_PATTERN = 200
_VALUE = 4_096
"""Characters that CloudFormation takes at most."""
_OF_JAVA = re.compile(r"\\[pPhHvVRXQEGZzN]|&&|\[[^\]\\]*\[")
"""What Python has not, or reads differently: classes inside classes among others."""
_LOOPS = 2
"""Repetitions in a pattern: the time of Python's engine is a power of the length of the value by their number."""


def refusal(parameter: Parameter, value: Value) -> str:
    """Why CloudFormation refuses a value, without showing it; empty if it takes it or nobody can tell."""
    literal = value.literal if isinstance(value, Text) else None
    if literal is None or parameter.is_stored:
        return ""
    each = [element.strip() for element in literal.split(",")] if parameter.is_list else [literal]
    if parameter.allowed is not None and not parameter.guards and not set(each) <= set(parameter.allowed):
        return f'a value is given for "{parameter.name}" that its AllowedValues leave out: CloudFormation refuses it'
    if not parameter.is_list and _certainly_differs(parameter.pattern, literal):
        return f'a value is given for "{parameter.name}" that its AllowedPattern leaves out: CloudFormation refuses it'
    return ""


def _certainly_differs(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern nowhere.

    False for patterns that may take long, or mean something else in Java: it is the template that brings them.
    """
    if len(pattern) > _PATTERN or len(value) > _VALUE or _OF_JAVA.search(pattern):
        return False
    if "(" in pattern or len(re.findall(r"[*+?{]", pattern)) > _LOOPS:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.search(pattern, value, re.ASCII) is None
    except (re.error, OverflowError):
        return False

"""Terraform's functions by name: the pure ones. Any other stays a named unknown.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from kmslint.terraform.address_functions import ADDRESS_FUNCTIONS
from kmslint.terraform.arn_functions import ARN_FUNCTIONS
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.calls import call as call_function
from kmslint.terraform.conversion_functions import CONVERSION_FUNCTIONS
from kmslint.terraform.document_functions import DOCUMENT_FUNCTIONS
from kmslint.terraform.encoding_functions import ENCODING_FUNCTIONS
from kmslint.terraform.file_functions import FILE_FUNCTIONS
from kmslint.terraform.list_functions import LIST_FUNCTIONS
from kmslint.terraform.map_functions import MAP_FUNCTIONS
from kmslint.terraform.number_functions import NUMBER_FUNCTIONS
from kmslint.terraform.path_functions import PATH_FUNCTIONS
from kmslint.terraform.set_functions import SET_FUNCTIONS
from kmslint.terraform.text_functions import TEXT_FUNCTIONS
from kmslint.terraform.time_functions import TIME_FUNCTIONS
from kmslint.values import Value

LEFT_OPEN = {
    "abspath": "where the repository was checked out",
    "base64gzip": "the compressor of Go",
    "bcrypt": "random",
    "fileset": "the names of files that a run may put there, secrets among them",
    "issensitive": "what is sensitive",
    "list": "gone since Terraform 0.15",
    "map": "gone since Terraform 0.15",
    "plantimestamp": "the time of the run",
    "regex": "regular expressions of Go",
    "regexall": "regular expressions of Go",
    "rsadecrypt": "a secret",
    "timestamp": "the time of the run",
    "uuid": "random",
}
"""Functions that are not evaluated, and what their results hang on."""

OF_FILES = FILE_FUNCTIONS.keys() | {"templatefile", "templatestring"}
"""Functions that read files, or render templates: see file_functions.py and rendering.py."""

FUNCTIONS: dict[str, Function] = {
    **ADDRESS_FUNCTIONS,
    **ARN_FUNCTIONS,
    **CONVERSION_FUNCTIONS,
    **DOCUMENT_FUNCTIONS,
    **ENCODING_FUNCTIONS,
    **LIST_FUNCTIONS,
    **MAP_FUNCTIONS,
    **NUMBER_FUNCTIONS,
    **PATH_FUNCTIONS,
    **SET_FUNCTIONS,
    **TEXT_FUNCTIONS,
    **TIME_FUNCTIONS,
}

SHALLOW = frozenset({"contains", "element", "index", "jsonencode", "keys", "length", "lookup", "values"})
"""Functions that look at the elements of a list or map, but into none of them."""


def call(name: str, given: Given) -> Value:
    """The result of a call; Unknown, naming the call, for a function that is not known here."""
    function = FUNCTIONS.get(name.removeprefix("core::"))
    return given.unknown() if function is None else call_function(function, given)

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
from kmslint.terraform.list_functions import LIST_FUNCTIONS
from kmslint.terraform.map_functions import MAP_FUNCTIONS
from kmslint.terraform.number_functions import NUMBER_FUNCTIONS
from kmslint.terraform.set_functions import SET_FUNCTIONS
from kmslint.terraform.text_functions import TEXT_FUNCTIONS
from kmslint.terraform.time_functions import TIME_FUNCTIONS
from kmslint.values import Value

LEFT_OPEN = {
    "abspath": "the directory Terraform is started in",
    "base64gzip": "the compressor of Go",
    "basename": "the operating system's paths",
    "bcrypt": "random",
    "dirname": "the operating system's paths",
    "file": "a file",
    "filebase64": "a file",
    "filebase64sha256": "a file",
    "filebase64sha512": "a file",
    "fileexists": "a file",
    "filemd5": "a file",
    "fileset": "files",
    "filesha1": "a file",
    "filesha256": "a file",
    "filesha512": "a file",
    "issensitive": "what is sensitive",
    "list": "gone since Terraform 0.15",
    "map": "gone since Terraform 0.15",
    "pathexpand": "the user's home",
    "plantimestamp": "the time of the run",
    "regex": "regular expressions of Go",
    "regexall": "regular expressions of Go",
    "rsadecrypt": "a secret",
    "templatefile": "a file",
    "templatestring": "a template that is computed",
    "timestamp": "the time of the run",
    "uuid": "random",
}
"""Functions that are not evaluated, and what their results hang on."""

FUNCTIONS: dict[str, Function] = {
    **ADDRESS_FUNCTIONS,
    **ARN_FUNCTIONS,
    **CONVERSION_FUNCTIONS,
    **DOCUMENT_FUNCTIONS,
    **ENCODING_FUNCTIONS,
    **LIST_FUNCTIONS,
    **MAP_FUNCTIONS,
    **NUMBER_FUNCTIONS,
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

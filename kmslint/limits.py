"""Every bound on what one input may cost, in one place.

The input is a stranger's: whatever grows with it stops at a bound, and the bound is named in what is
reported. The numbers leave room above anything AWS or Terraform accept.
"""

from typing import Final

FILE_BYTES: Final = 10_000_000
"""A larger file is not read (AWS takes templates of 1 MB)."""

PLAN_BYTES: Final = 50_000_000
"""A larger Terraform plan is not read. Plans repeat every resource, and most of one is passed over."""

DEPTH: Final = 100
"""Nesting of lists, maps, blocks, expressions and intrinsic functions."""

NODES: Final = 250_000
"""Nodes of one document, aliases counted each time they are used."""

MERGED_PAIRS: Final = 10_000
"""Pairs that YAML merge keys may add to one map."""

DOCUMENTS: Final = 100
"""Documents in one YAML file."""

UNREADABLE_BLOCKS: Final = 100
"""Blocks of one HCL file that nobody can read; the rest of the file is then not read either."""

REFUSALS: Final = 100
"""Declarations of one module that are named as ones Terraform refuses: twins, overrides of nothing."""

HCL_CHARACTERS: Final = 60_000
"""Characters of HCL that tree-sitter reads at once: its time is quadratic in the errors of one block.
A longer file is read block by block, a longer block by the second reader."""

HCL_SECONDS: Final = 10
"""CPU seconds after which no further block of an HCL file is read."""

SECOND_READER_CHARACTERS: Final = 100_000
"""Characters of one HCL file that are handed to the second, slow reader."""

CONFIG_BYTES: Final = 1_000_000
"""A larger configuration file is not read."""

CONFIG_ENTRIES: Final = 1_000
"""Entries of one list or map in a configuration."""

CONFIG_CHARACTERS: Final = 1_000
"""Characters of one value in a configuration."""

CONFIG_PROBLEMS: Final = 20
"""Mistakes in a configuration that are named at once."""

FILES: Final = 50_000
"""Files looked at below the given paths."""

READ_FILE_BYTES: Final = 1_000_000
"""A file that an expression reads (`file`, `templatefile`) may have so many bytes."""

READ_FILES: Final = 200
"""Files that the expressions of one module may read."""

LOOP_NODES: Final = 250_000
"""Nodes that all loops (`Fn::ForEach`) of one template may make, long texts counted as several."""

LOOP_DEPTH: Final = 5
"""Loops inside each other: as many as AWS allows."""

INCLUDED_CHARACTERS: Final = 2_000_000
"""Characters of the files that one template includes, each time counted (AWS: 1 MB with the template)."""

PARAMETER_FILE_BYTES: Final = 250_000
"""A larger file of parameters is not read (AWS takes 200 parameters, which seldom have more than a line each)."""

STEPS: Final = 200_000
"""Evaluation steps of one template or module."""

EXPRESSION_STEPS: Final = 50_000
"""How many of them one argument or name of Terraform may take: what stands beside it is evaluated all the same."""

TEXT: Final = 1_000_000
"""Length of a text that an expression may build."""

ELEMENTS: Final = 10_000
"""Elements of a list or map that an expression may build."""

POLICY_CHARACTERS: Final = 131_072
"""Length of a policy document, as a text or as the values that make one (AWS: 32,768 bytes for a key policy)."""

ALLOWED_VALUES: Final = 8
"""Values of a parameter that nobody set which are tried one by one: two such parameters in one statement come to
`BRANCHES` ways. A parameter with more of them is a list to pick from (regions, types of instances), not a branch."""

ALLOWED_CHARACTERS: Final = 200
"""Characters of such a value: findings spell it out."""

TRIED: Final = 1_000
"""Statements, each counted for every way, in which such values are tried in a template and those nested in it."""

CHOICES: Final = 6
"""Open conditions combined in one statement or value; beyond it the value is unknown."""

PARTS: Final = 1_000
"""Statements that one with more open conditions is read as, an entry of its lists each."""

BRANCHES: Final = 64
"""Ways in which a key policy is looked at, as far as its open conditions make a difference; the rest is unknown."""

FACT_STEPS: Final = 10_000
"""Steps on the way to see whether open conditions can come out so at once."""

FACT_STEPS_IN_ALL: Final = 5_000_000
"""Such steps for one template and those nested in it."""

MODULES: Final = 500
"""Instances of modules below one root module."""

MODULE_DEPTH: Final = 20
"""Modules that call modules."""

CALLED_CHARACTERS: Final = 5_000_000
"""Characters of fetched modules below one root module, counted for each call."""

STACKS: Final = 200
"""Nested stacks below one template."""

STACK_DEPTH: Final = 20
"""Stacks nested in nested stacks, and exports that are made of imports."""

NESTED_CHARACTERS: Final = 5_000_000
"""Characters of nested templates below one template, counted for each stack."""

INSTANCES: Final = 2_000
"""Instances that all `count` and `for_each` of one root module and of those it calls are told apart by."""

REPEATED_RESOURCES: Final = 3_000
"""Resources of keys and permissions in modules that one root module calls more than once."""

IGNORES: Final = 10_000
"""Suppressions in one file; those behind it are not heeded."""

IGNORED_RULES: Final = 100
"""Rules that one suppression names."""

REASON: Final = 1_000
"""Length of the reason of a suppression."""

BASELINE_BYTES: Final = 5_000_000
"""A larger baseline is not read, and none is written."""

BASELINE_ENTRIES: Final = 10_000
"""Entries of a baseline. An old repository has some hundred findings; whoever has more narrows what is looked for."""

BASELINE_TEXT: Final = 2_000
"""Characters of a path, a name or a subject in a baseline; of longer ones a mark tells the rest."""

PICTURE_EFFORT: Final = 15_000
"""What the pictures of one report may cost (some seconds): principals, times statements that are asked for each."""

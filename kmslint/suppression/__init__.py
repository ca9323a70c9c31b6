"""Suppressions: what people have looked at and left as it is, said in the files themselves, with a reason.

They are read only from files that name kmslint, once all rules have run; nothing that a rule sees depends on them.
"""

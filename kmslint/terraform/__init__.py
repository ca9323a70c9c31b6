"""Terraform: the files of a module -> its estate. Expressions become values with holes; nothing is run."""
